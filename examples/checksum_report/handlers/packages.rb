# frozen_string_literal: true

module ChecksumReport
  # The checksum lists of a Debian system below a root folder, in the order of their names.
  class Packages
    def initialize(root, limit = nil)
      @root = root || "/"
      @limit = limit
    end

    def names
      files = Dir[File.join(@root, "var/lib/dpkg/info/*.md5sums")].sort
      files.first(@limit || files.size).map { |file| File.basename(file, ".md5sums") }
    end

    # Yields each file of a package: its path below the root, and the checksum it came with.
    def each_file(name)
      File.foreach(File.join(@root, "var/lib/dpkg/info/#{name}.md5sums"), chomp: true) do |line|
        sum, path = line.split("  ", 2)
        yield path, sum
      end
    end

    def path(file)
      File.join(@root, file)
    end
  end
end

# frozen_string_literal: true

require "digest"

module PackageAudit
  # dpkg's record of what is installed: stanzas of `Field: value`, a blank line between them, folded lines indented.
  class StatusFile
    # `depends` and `recommends` hold one array of names per requirement; any of them satisfies it. Versions are left
    # out: dpkg keeps what is installed consistent.
    Package = Struct.new(:name, :section, :installed_kib, :depends, :recommends, :provides, keyword_init: true)

    DEFAULT_PATH = "/var/lib/dpkg/status"
    FIELDS = /^(Package|Status|Section|Architecture|Installed-Size|Pre-Depends|Depends|Recommends|Provides):[ \t]*(.*)$/

    attr_reader :path, :sha256, :packages

    def self.read(path)
      new(path, File.read(path, encoding: Encoding::UTF_8))
    rescue Errno::ENOENT, Errno::EISDIR, Errno::EACCES => e
      raise TaskerCore::PermanentError.new("can't read the package status file: #{e.message}",
                                           error_code: "STATUS_FILE_UNREADABLE", context: { status_file: path })
    end

    def initialize(path, text)
      @path = path
      @sha256 = Digest::SHA256.hexdigest(text)
      @packages = installed(text.scrub).sort_by(&:name)
    end

    private

    def installed(text)
      stanzas = text.split(/\n{2,}/).map { |stanza| stanza.gsub(/\n[ \t]+/, " ").scan(FIELDS).to_h }
      present = stanzas.select { |fields| fields["Status"]&.end_with?(" installed") }
      present.group_by { |fields| fields["Package"] }.flat_map { |_, same| same.map { |fields| package(fields, same) } }
    end

    # One package may be installed for several architectures; then they are told apart as dpkg does it.
    def package(fields, same)
      name = same.size == 1 ? fields["Package"] : fields.values_at("Package", "Architecture").join(":")
      Package.new(name: name, section: fields.fetch("Section", "unknown"), installed_kib: fields["Installed-Size"].to_i,
                  depends: fields.values_at("Pre-Depends", "Depends").flat_map { |text| requirements(text) },
                  recommends: requirements(fields["Recommends"]),
                  provides: [fields["Package"], *requirements(fields["Provides"]).flatten].uniq)
    end

    # "libc6 (>= 2.36), awk | mawk" is [["libc6"], ["awk", "mawk"]].
    def requirements(text)
      text.to_s.split(",").map { |requirement| requirement.split("|").map { |one| one.strip[/\A[^\s:(]+/] }.compact }
    end
  end
end

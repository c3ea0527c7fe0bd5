# frozen_string_literal: true

module PackageAudit
  # Which installed package needs which. Packages are numbers inside: their index in the list. Every question is
  # answered by a walk over the whole graph, once per package: that is the work that is worth a second core.
  class DependencyGraph
    def initialize(packages)
      @size = packages.size
      @providers = providers(packages)
      @requirements = packages.each_with_index.map { |package, index| satisfied(package.depends, index) }
      @needs = first_choices(@requirements)
      recommended = packages.each_with_index.map { |package, index| satisfied(package.recommends, index) }
      @wants = @needs.zip(first_choices(recommended)).map { |needed, others| needed | others }
      @users = users
      @reachable = useful_without(none)
    end

    # How many packages have a requirement that this one satisfies.
    def fan_in(package)
      @users[package].map(&:first).uniq.size
    end

    # What this package can't be installed without, itself included. Of several that satisfy a requirement the first
    # counts.
    def closure(package)
      members(walk([package], @needs, none))
    end

    # The same with all that is recommended: what apt installs unless it is told otherwise.
    def wide_closure(package)
      members(walk([package], @wants, none))
    end

    # What can't stay when this package goes, itself included: whatever has a requirement that nothing else satisfies,
    # and so on.
    def broken_without(package)
      members(removal(package))
    end

    # What is of no use when this package has gone, itself included: what breaks, and what only that wanted.
    def freed_without(package)
      gone = removal(package)
      useful = useful_without(gone)
      (0...@size).select { |other| gone[other] || (@reachable[other] && !useful[other]) }
    end

    private

    # By name: the package of that name first, then those that only provide it.
    def providers(packages)
      found = Hash.new { |hash, name| hash[name] = [] }
      packages.each_with_index { |package, index| found[package.provides.first] << index }
      packages.each_with_index { |package, index| package.provides.drop(1).each { |name| found[name] << index } }
      found
    end

    # Per requirement the packages that satisfy it, in the order of preference. Left out is what nothing satisfies, and
    # what the package satisfies itself.
    def satisfied(requirements, index)
      requirements.map { |names| names.flat_map { |name| @providers.fetch(name, []) }.uniq }
                  .reject { |packages| packages.empty? || packages.include?(index) }.uniq
    end

    def first_choices(requirements)
      requirements.map { |all| all.map(&:first).uniq }
    end

    # Per package: [user, number of the requirement] of all that it satisfies.
    def users
      found = Array.new(@size) { [] }
      @alternatives = []
      @requirements.each_with_index do |all, user|
        all.each do |packages|
          packages.each { |package| found[package] << [user, @alternatives.size] }
          @alternatives << packages.size
        end
      end
      found
    end

    # Marks what breaks: a requirement is lost with the last package that satisfied it.
    def removal(package)
      gone = none
      gone[package] = true
      left = @alternatives.dup
      queue = [package]
      while (removed = queue.pop)
        @users[removed].each do |user, requirement|
          left[requirement] -= 1
          next if gone[user] || left[requirement].positive?

          gone[user] = true
          queue << user
        end
      end
      gone
    end

    # Marks what is still wanted by something that is there for its own sake: that nothing else wants.
    def useful_without(gone)
      @own_sake ||= (0...@size).to_a - @wants.flatten
      useful = walk(@own_sake.reject { |package| gone[package] }, @wants, gone.dup)
      useful.each_index { |package| useful[package] = false if gone[package] }
    end

    def walk(queue, edges, seen)
      queue.each { |package| seen[package] = true }
      while (package = queue.pop)
        edges[package].each do |other|
          next if seen[other]

          seen[other] = true
          queue << other
        end
      end
      seen
    end

    def none
      Array.new(@size, false)
    end

    def members(marks)
      marks.each_index.select { |package| marks[package] }
    end
  end
end

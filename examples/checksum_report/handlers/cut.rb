# frozen_string_literal: true

require_relative "packages"

module ChecksumReport
  # Cuts the list of packages into shares. A cursor may hold anything: here the names of the packages.
  class Cut < TaskerCore::StepHandler::Batchable
    def call(context)
      names = Packages.new(context.get_input("root"), context.get_input("packages")).names
      return no_batches_outcome(reason: "no package has a list of checksums") if names.empty?

      shares = names.each_slice(config[:batch_size]).with_index(1).map do |share, number|
        { batch_id: format("%03d", number), packages: share }
      end
      create_batches_outcome(worker_template_name: "verify", cursor_configs: shares, total_items: names.size)
    end
  end
end

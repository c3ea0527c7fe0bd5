# frozen_string_literal: true

require "digest"
require_relative "packages"

module ChecksumReport
  # Verifies the packages of one batch. What it found so far goes with each checkpoint, so that a worker that dies loses a
  # few packages' work and counts nothing twice.
  class Verify < TaskerCore::StepHandler::Batchable
    EMPTY = { files: 0, bytes: 0, changed: [], missing: [] }.freeze

    def call(context)
      batch = get_batch_context(context)
      total = batch.cursor[:packages].size
      upto = [(batch.checkpoint_cursor || 0) + config[:packages_per_checkpoint], total].min
      found = verify_upto(upto, batch, Packages.new(context.get_input("root")))
      return checkpoint_yield(cursor: upto, items_processed: upto, accumulated_results: found) if upto < total

      batch_worker_success(items_processed: total, items_succeeded: total, results: found)
    end

    private

    def verify_upto(upto, batch, packages)
      found = (batch.accumulated_results || EMPTY).to_h.transform_keys(&:to_sym)
      names = batch.cursor[:packages][(batch.checkpoint_cursor || 0)...upto]
      names.reduce(found) { |so_far, name| verify(packages, name, so_far) }
    end

    def verify(packages, name, found)
      files = []
      packages.each_file(name) { |path, sum| files << check(packages.path(path), path, sum) }
      {
        files: found[:files] + files.size,
        bytes: found[:bytes] + files.sum { |file| file[:bytes] },
        changed: found[:changed] + files.filter_map { |file| file[:path] if file[:state] == :changed },
        missing: found[:missing] + files.filter_map { |file| file[:path] if file[:state] == :missing }
      }
    end

    def check(file, path, sum)
      state = Digest::MD5.file(file).hexdigest == sum ? :good : :changed
      { path: path, state: state, bytes: File.size(file) }
    rescue SystemCallError
      { path: path, state: :missing, bytes: 0 }
    end
  end
end

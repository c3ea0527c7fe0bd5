# frozen_string_literal: true

module Bench
  # Our side: the tasker binary with the handlers of the benchmark.
  class Engine
    # Steps in one line, each depending on the one before.
    def self.line(count, callable: "Noop")
      steps = (1..count).map do |number|
        depends = number == 1 ? "" : ", dependencies: [s#{number - 1}]"
        "  - {name: s#{number}, handler: {callable: #{callable}}#{depends}}\n"
      end
      "name: line\nsteps:\n#{steps.join}"
    end

    DIAMOND = <<~YAML
      name: diamond
      steps:
        - {name: start, handler: {callable: Noop}}
        - {name: left, handler: {callable: Noop}, dependencies: [start]}
        - {name: right, handler: {callable: Noop}, dependencies: [start]}
        - {name: finish, handler: {callable: Noop}, dependencies: [left, right]}
    YAML

    def initialize(stage)
      @stage = stage
    end

    # The arguments that run a template on so many workers, its store in a new folder unless said otherwise.
    def command(template, workers:, store: nil)
      store ||= "sqlite:#{File.join(@stage.fresh_folder, "tasker.db")}"
      [@stage.tasker, "run-workflow", template, "-H", handlers, "-w", workers.to_s, "--store", store]
    end

    # Seconds for so many tasks, from the start of the binary to its end.
    def bulk(template, tasks, workers:, context: '{"n":1}', store: nil, concurrency: 64)
      inputs = @stage.write("inputs.jsonl", "#{context}\n" * tasks)
      @stage.time(*command(template, workers: workers, store: store), "--inputs", inputs, "--concurrency", concurrency.to_s,
                  "-o", "jsonl", "--quiet")
    end

    def handlers
      @stage.file("handlers", "bench_handlers.rb")
    end
  end
end

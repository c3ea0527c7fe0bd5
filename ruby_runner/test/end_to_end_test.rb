# frozen_string_literal: true

require_relative "test_helper"

# The real process, treated badly.
class EndToEndTest < Minitest::Test
  def test_a_terminating_signal_kills_by_that_signal_and_answers_nothing
    %w[TERM HUP INT].each do |name|
      with("class Waits; def process(*) = sleep; end") do |runner|
        runner.request("step/process", runner.step("Waits", report_started: true))
        assert_equal "step/started", runner.read["method"]
        runner.signal(name)
        assert_nil runner.read, name
        assert_equal Signal.list[name], runner.wait.termsig
      end
    end
  end

  def test_an_idle_worker_dies_by_the_signal_too
    with("") do |runner|
      runner.signal("TERM")
      assert_nil runner.read
      assert_equal Signal.list["TERM"], runner.wait.termsig
    end
  end

  def test_a_signal_while_files_load_is_answered_with_where_they_stand_and_ends_the_worker
    with_folder("a.rb" => "class A; end", "b.rb" => "# slow\n$stderr.puts 'here'; sleep\n") do |folder|
      RunnerProcess.open do |runner|
        runner.request("initialize", "protocol_versions" => [1], "handlers" => [folder])
        runner.wait_for_error("here")
        runner.signal("TERM")
        error = runner.read.fetch("error")
        assert_equal(-32_005, error["code"])
        assert_match(/b\.rb was still loading after .+; it stood at .*b\.rb:2\z/, error["message"])
        assert_equal "SIGTERM", error["data"]["interrupted"]
        assert_equal [2, "b.rb"], [error["data"]["line"], File.basename(error["data"]["file"])]
        assert_equal(%w[a.rb b.rb], error["data"]["files"].map { |file| File.basename(file["file"]) })
        assert_equal Signal.list["TERM"], runner.wait.termsig
      end
    end
  end

  def test_a_handler_cannot_make_an_error_of_a_signal
    source = <<~RUBY
      class Swallows
        def process(*)
          TaskerCore.current.heartbeat
          sleep
        rescue Exception => e
          raise "wrapped" if e.is_a?(SignalException)
        ensure
          $stderr.puts "cleaned up"
        end
      end
    RUBY
    with(source) do |runner|
      runner.request("step/process", runner.step("Swallows"))
      assert_equal "step/heartbeat", runner.read["method"]
      runner.signal("TERM")
      assert_nil runner.read
      assert_equal Signal.list["TERM"], runner.wait.termsig
      assert_equal "cleaned up\n", runner.errors
    end
  end

  def test_exit_bang_ends_the_process_without_an_answer
    with("class Leaves; def process(*) = exit!(0); end") do |runner|
      assert_nil runner.process("Leaves")
      assert_equal 0, runner.wait.exitstatus
    end
  end

  def test_exit_and_abort_are_errors_of_the_step
    source = <<~RUBY
      class Exits; def process(task, *) = exit(task.context[:status]); end
      class Aborts; def process(*) = abort("no way"); end
    RUBY
    with(source) do |runner|
      assert_equal "SystemExit: the handler called exit with status 0",
                   runner.process("Exits", "status" => 0)["error"]["message"]
      assert_equal "SystemExit: the handler called exit with status 1 (no way)",
                   runner.process("Aborts")["error"]["message"]
      assert runner.process("Exits", "status" => 3)["error"]["data"]["retryable"]
    end
  end

  def test_a_stack_overflow_is_answered_and_ends_the_worker
    with("class Deep; def process(*a) = process(*a); end") do |runner|
      assert_equal "SystemStackError", runner.process("Deep")["error"]["data"]["class"]
      assert_nil runner.read
      assert_equal 0, runner.wait.exitstatus
    end
  end

  def test_out_of_memory_is_answered_and_ends_the_worker
    with("class Big; def process(*) = raise(NoMemoryError, 'failed to allocate'); end") do |runner|
      assert_equal "NoMemoryError", runner.process("Big")["error"]["data"]["class"]
      assert_equal 0, runner.wait.exitstatus
    end
  end

  def test_a_forked_child_that_falls_through_answers_nothing
    source = <<~RUBY
      class Forks
        def process(*)
          child = fork
          return "child" if child.nil?
          Process.wait(child)
          $?.exitstatus
        end
      end
      class ForksAndRaises
        def process(task, *)
          child = fork or send(task.context[:how])
          Process.wait2(child).last.exitstatus
        end
        def fail = raise("in the child")
        def leave = exit(7)
      end
    RUBY
    with(source) do |runner|
      assert_equal 0, runner.process("Forks")["result"]["results"]
      assert_equal 1, runner.process("ForksAndRaises", "how" => "fail")["result"]["results"]
      assert_equal 7, runner.process("ForksAndRaises", "how" => "leave")["result"]["results"]
      runner.close_input
      assert_nil runner.read
      assert_match(/RuntimeError: in the child/, runner.errors)
    end
  end

  def test_a_daemon_left_behind_does_not_hold_the_wire
    source = <<~RUBY
      class Daemon
        def process(*)
          fork { $stdin.close; $stdout.reopen(File::NULL); $stderr.reopen(File::NULL); sleep }
        end
      end
    RUBY
    with(source) do |runner|
      daemon = runner.process("Daemon")["result"]["results"]
      runner.close_input
      assert_nil runner.read
      assert_equal 0, runner.wait.exitstatus
    ensure
      Process.kill(:KILL, daemon)
    end
  end

  def test_a_childs_log_lines_go_where_its_output_goes
    source = <<~RUBY
      class Logs
        include TaskerCore::Helpers
        def process(*) = Process.wait2(fork { logger.warn("from the child"); progress(1) }).last.exitstatus
      end
    RUBY
    with(source) do |runner|
      assert_equal 0, runner.process("Logs")["result"]["results"]
      runner.close_input
      assert_equal "warn: from the child\n", runner.errors
    end
  end

  def test_printing_by_any_means_stays_off_the_wire
    source = <<~RUBY
      require "open3"
      puts "at load"
      class Prints
        def process(*)
          puts "puts"
          $stdout.puts "stdout"
          STDOUT.write("STDOUT\\n")
          print "print\\n"
          IO.new(1, "w", autoclose: false).tap { |io| io.sync = true }.puts("fd 1")
          system("echo system")
          system("cat") # reads stdin
          pid = fork { puts "child" }
          Process.wait(pid)
          p $stdin.read
          "clean"
        end
      end
    RUBY
    with(source) do |runner|
      assert_equal "clean", runner.process("Prints")["result"]["results"]
      runner.close_input
      assert_nil runner.read
      ["at load", "puts", "stdout", "STDOUT", "print", "fd 1", "system", "child", "\"\""].each do |text|
        assert_includes runner.errors.lines.map(&:chomp), text
      end
    end
  end

  def test_a_long_message_survives_any_split
    with("class Size; def process(task, *) = task.context[:text].size; end") do |runner|
      line = JSON.generate("jsonrpc" => "2.0", "id" => 9, "method" => "step/process",
                           "params" => runner.step("Size", "text" => "é" * 500_000))
      [1_000_000, 65_536, 65_537, 4_095, 9_999].each do |size|
        bytes = "#{line}\n".b
        0.step(bytes.bytesize - 1, size) { |at| runner.send_bytes(bytes.byteslice(at, size)) }
        assert_equal 500_000, runner.read["result"]["results"]
      end
    end
  end

  def test_numbers_and_key_order_survive
    with("class Echo; def process(task, *) = task.context; end") do |runner|
      text = "{\"z\":#{2**200},\"a\":124.75999999999999,\"m\":[0.1,1.0e+22,-0.0,5e-324]}"
      runner.send_line("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"step/process\",\"params\":{\"handler\":\"Echo\",\"task\":{\"context\":#{text}}}}")
      assert_includes runner.read_line,
                      "\"results\":{\"z\":#{2**200},\"a\":124.75999999999999,\"m\":[0.1,1.0e+22,-0.0,5.0e-324]}"
    end
  end

  def test_json_deeper_than_the_limit_is_refused_in_both_directions
    with("class Deep; def process(task, *) = task.context[:n].times.reduce(1) { |inner, _| [inner] }; end") do |runner|
      assert_equal 100.times.reduce(1) { |inner, _| [inner] }, runner.process("Deep", "n" => 100)["result"]["results"]
      error = runner.process("Deep", "n" => 101)["error"]
      assert_equal(-32_003, error["code"])
      assert_match(/nested deeper than 100 levels/, error["message"])
      runner.send_line("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"ping\",\"params\":{\"a\":#{"[" * 200_000}#{"]" * 200_000}}}")
      assert_equal(-32_700, runner.read["error"]["code"])
      assert runner.call("ping")["result"]
    end
  end

  def test_a_new_object_serves_each_step
    source = <<~RUBY
      class Counts
        def initialize(config: {}) = @config = config
        def process(*) = [@count = (@count || 0) + 1, @config[:unit], @config["unit"]]
      end
    RUBY
    with(source) do |runner|
      definition = { "handler" => { "initialization" => { "unit" => "m" } } }
      2.times { assert_equal [1, "m", "m"], runner.process("Counts", step_definition: definition)["result"]["results"] }
    end
  end

  def test_the_engine_is_gone
    with("class One; def process(*) = 1; end") do |runner|
      runner.close_output
      runner.request("step/process", runner.step("One"))
      assert_equal 0, runner.wait.exitstatus
    end
  end

  def test_an_exception_that_cannot_be_told_is_answered_all_the_same
    source = <<~RUBY
      class Odd < StandardError
        def backtrace = raise("again")
      end
      class Raises; def process(*) = raise(Odd); end
      class One; def process(*) = 1; end
    RUBY
    with(source) do |runner|
      error = runner.process("Raises")["error"]
      assert_equal [-32_002, "Odd: (telling of it raised RuntimeError)"], error.values_at("code", "message")
      assert_equal ["Odd", [], true], error["data"].values_at("class", "backtrace", "retryable")
      assert_equal 1, runner.process("One")["result"]["results"]
    end
  end

  def test_a_handler_that_closes_the_wire_ends_its_worker_which_says_why
    source = <<~RUBY
      class Closes
        def process(*)
          Dir.children("/proc/self/fd").map(&:to_i).select { |fd| fd > 2 }.each do |fd|
            IO.for_fd(fd).close if File.readlink("/proc/self/fd/\#{fd}").start_with?("pipe:")
          rescue SystemCallError
            nil # the folder's own
          end
        end
      end
    RUBY
    with(source) do |runner|
      runner.request("step/process", runner.step("Closes"))
      assert_nil runner.read
      runner.wait_for_error("the wire to the engine is gone")
      assert_equal 1, runner.wait.exitstatus
    end
  end

  def test_the_runner_works_with_rubygems_too
    RunnerProcess.open(ruby_options: []) do |runner|
      answer = runner.load("require 'minitest'\nclass V; def process(*) = Gem::VERSION == Gem::VERSION; end")
      assert_equal ["V"], answer["result"]["handlers"].map { |handler| handler["name"] }
      assert runner.process("V")["result"]["results"]
    end
  end

  def test_what_a_step_used_is_reported
    source = "class Works; def process(*) = (deadline = Process.times.utime + 0.02; nil until Process.times.utime > deadline; 1); end"
    with(source) do |runner|
      result = runner.process("Works")["result"]
      assert_operator result["usage"]["cpu_us"], :>, 10_000
      assert_operator result["usage"]["max_rss_kb"], :>, 5_000
      assert_operator result["timing"]["process_us"], :>, 10_000
    end
  end

  private

  def with_folder(files)
    Dir.mktmpdir do |folder|
      files.each { |name, text| File.write(File.join(folder, name), text) }
      yield folder
    end
  end

  def with(source)
    RunnerProcess.open do |runner|
      runner.load(source)
      yield runner
    end
  end
end

# frozen_string_literal: true

# The soak's handler file: loaded by every worker.
require_relative "plan"

module Soak
  PLAN = Plan.new(Integer(ENV.fetch("SOAK_SEED")), Integer(ENV.fetch("SOAK_STEPS")))

  # What was done, one line per event in a file that all workers append to: "S s7 1 4711 n-1 1764057600.123456" when an
  # execution starts, the same with "E" when it ends by itself, and
  # with "X" when an exception ends it.
  module Effects
    def self.write(kind, step, attempt, nonce)
      at = format("%.6f", Process.clock_gettime(Process::CLOCK_REALTIME))
      @file ||= File.open(ENV.fetch("SOAK_EFFECTS"), File::WRONLY | File::APPEND)
      @file.syswrite("#{kind} #{step} #{attempt} #{Process.pid} #{nonce} #{at}\n")
    end
  end

  # The means to break the wire from inside.
  module Wire
    def self.write(text)
      ObjectSpace.each_object(TaskerCore::Runner::Wire).first.instance_variable_get(:@output).syswrite(text)
    end

    def self.request_id
      ObjectSpace.each_object(TaskerCore::Runner::Attention).first.instance_variable_get(:@request_id)
    end

    def self.answer(results)
      JSON.generate({ jsonrpc: "2.0", id: request_id, result: { results: results, metadata: {} } })
    end
  end

  # One step of the soak: leaves its effect, and goes wrong where the plan says so.
  class Step
    def process(_task, _sequence, step)
      attempt = step.attempt
      nonce = "#{Process.pid}-#{attempt}-#{step.name}"
      result = { step: step.name, nonce: nonce, attempt: attempt }
      Effects.write("S", step.name, attempt, nonce)
      fault = PLAN.fault(step.name, attempt)
      value = fault ? send(fault, result) : result
      Effects.write("E", step.name, attempt, nonce) unless @forked
      value
    rescue Exception # rubocop:disable Lint/RescueException -- whatever it is, this execution is over
      Effects.write("X", step.name, attempt, nonce)
      Kernel.raise
    end

    private

    def die(signal)
      Process.kill(signal, Process.pid)
      sleep
    end

    def kill(_result) = die(:KILL)
    def segv(_result) = die(:SEGV)
    def exit_bang(_result) = exit!(0)
    def exit(_result) = Kernel.exit(3)
    def raise(_result) = Kernel.raise(IOError, "as planned")
    def permanent(_result) = Kernel.raise(TaskerCore::Errors::PermanentError, "as planned")
    def no_memory(_result) = Kernel.raise(NoMemoryError, "as planned")
    def stack(result) = stack(result) + 1
    def hang(_result) = sleep
    def huge(_result) = "x" * 9_000_000
    def not_json(_result) = { out: $stderr }

    def half_answer(result)
      text = Wire.answer(result)
      Wire.write(text[0, text.length / 2])
      die(:KILL)
    end

    # The answer is complete, so it counts; the effect is, too.
    def answer_then_die(result)
      Effects.write("E", result[:step], result[:attempt], result[:nonce])
      Wire.write("#{Wire.answer(result)}\n")
      die(:KILL)
    end

    def garbage(_result)
      Wire.write("this is not JSON\n")
      sleep
    end

    def unknown_id(_result)
      Wire.write("#{JSON.generate({ jsonrpc: "2.0", id: 999_999_999, result: {} })}\n")
      sleep
    end

    # Hears neither the cancel nor TERM.
    def deaf(_result)
      trap("TERM", "IGNORE")
      Thread.handle_interrupt(Object => :never) { sleep }
    end

    def freeze(_result) = die(:STOP)

    def noise(result)
      puts "noise " * 100
      $stderr.write("x" * 20_000)
      system("echo more noise")
      result
    end

    def memory(result)
      result if ("m" * 60_000_000).bytesize.positive?
    end

    # The child falls through into the runner.
    def fork(result)
      child = Process.fork
      @forked = child.nil?
      Process.wait(child) if child
      result
    end

    def slow(result)
      sleep(0.05)
      result
    end
  end

  case PLAN.boot(Process.pid)
  when :slow then sleep(0.4)
  when :broken then exit!(7)
  end
end

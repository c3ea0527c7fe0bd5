# frozen_string_literal: true

# The handlers of bin/bench.

# Does nothing. (A result of nil would be warned of.)
class Noop
  def process(_task, _sequence, _step)
    true
  end
end

# Keeps a core busy for 5 ms of its own time.
class FiveMilliseconds
  def process(_task, _sequence, _step)
    busy_until = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) + 0.005
    rounds = 0
    rounds += 1 while Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) < busy_until
    rounds
  end
end

# Leaves a line for each time it runs, in a file that all workers append to.
class LeavesTrace
  def process(task, _sequence, step)
    sleep(0.002)
    @file ||= File.open(ENV.fetch("BENCH_TRACE"), File::WRONLY | File::APPEND | File::CREAT)
    @file.syswrite("#{task.task_uuid} #{step.name} #{step.attempt}\n")
    true
  end
end

#include "worker/pool_fixture.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace tasker::worker;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("worker pool");

TEST_CASE("a program that can't be started is told once, and not tried again") {
  PoolFixture f;
  f.launcher.refusal = "can't start \"ruby\": No such file or directory";
  f.submit("a");
  REQUIRE(f.no_worker);
  CHECK(f.no_worker->message ==
        "can't start \"ruby\": No such file or directory; Ruby 3.0 or newer must be in PATH (on Debian: apt-get "
        "install ruby)");
  f.launcher.refusal.reset();
  f.tick_after(1h);
  CHECK(f.launcher.children.empty());
  f.pool->stop();
  CHECK(std::holds_alternative<NotStarted>(f.answers.at("a").first));
}

TEST_CASE("handler files that do not load end the hope at the first report, with file, line and times") {
  PoolFixture f;
  f.submit("a");
  f.child().error(
      -32005, "x.rb:3: SyntaxError: unexpected end",
      R"({"file":"x.rb","line":3,"class":"SyntaxError","backtrace":["x.rb:3"],"files":[{"file":"y.rb","ms":1.5}]})");
  CHECK(f.child().group_signals == std::vector{SIGKILL});
  f.child().prints("last words\n");
  f.child().dies(SIGKILL);
  REQUIRE(f.no_worker);
  CHECK(f.no_worker->message == "x.rb:3: SyntaxError: unexpected end");
  CHECK(f.no_worker->file == "x.rb");
  CHECK(f.no_worker->line == 3);
  CHECK(f.no_worker->file_ms.at(0).second == 1.5);
  CHECK(f.no_worker->last_words == "last words\n");
  f.tick_after(1h);
  CHECK(f.launcher.children.size() == 1);
}

TEST_CASE("a worker that ends before it is ready is replaced; after five within a minute the breaker opens") {
  PoolFixture f;
  f.submit("a");
  for (std::size_t boot = 0; boot < 5; ++boot) {
    CHECK(!f.no_worker);
    REQUIRE(f.launcher.children.size() == boot + 1);
    f.child(boot).exits(1);
    f.tick_after(2s);
  }
  REQUIRE(f.no_worker);
  CHECK(f.no_worker->message == "the worker ended before it was ready: exit 1");
  CHECK(f.launcher.children.size() == 5);
  f.tick_after(30s);
  CHECK(f.launcher.children.size() == 6);  // one probe
  f.child(5).says_hello();
  CHECK(f.child(5).methods().back() == "step/process");
}

TEST_CASE("a boot that hangs is asked where it stands at its deadline, and killed when it does not say") {
  PoolFixture f;
  f.submit("a");
  CHECK(f.pool->next_due() == f.clock.steady() + 30s);
  f.tick_after(30s);
  CHECK(f.child().signals == std::vector{SIGTERM});
  CHECK(f.child().group_signals.empty());
  CHECK(f.pool->next_due() == f.clock.steady() + 2s);
  f.tick_after(2s);
  CHECK(f.child().group_signals == std::vector{SIGKILL});
  f.child().dies(SIGKILL);
  f.tick_after(120ms);
  CHECK(f.launcher.children.size() == 2);
}

TEST_CASE("a boot that is over its deadline and says where it stands is told with that, and tried again") {
  PoolFixture f;
  f.submit("a");
  for (std::size_t boot = 0; boot < 5; ++boot) {
    REQUIRE(f.launcher.children.size() == boot + 1);
    f.tick_after(30s);
    f.child(boot).error(-32005, "slow.rb was still loading after 29.9 s; it stood at slow.rb:7",
                        R"({"file":"slow.rb","line":7,"interrupted":"SIGTERM","backtrace":["slow.rb:7"],)"
                        R"("files":[{"file":"a.rb","ms":2},{"file":"slow.rb","ms":29900}]})");
    f.child(boot).dies(SIGTERM);
    f.tick_after(2s);
    if (boot < 2) CHECK(!f.no_worker);
  }
  REQUIRE(f.no_worker == std::nullopt);  // five in more than a minute: the breaker has nothing to say
  CHECK(f.launcher.children.size() == 6);
}

TEST_CASE("a step whose process was killed for memory failed for want of memory, with what it had and what to do") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  tasker::worker::ExitStatus status{std::nullopt, SIGKILL, 0};
  status.memory = tasker::worker::ExitStatus::Memory::OverItsLimit;
  status.memory_limit_bytes = 64 << 20;
  status.last_rss_kb = 200 << 10;
  f.child().events.on_gone(status);
  const auto& error = *f.outcome<WorkerLost>("a").error;
  CHECK(error.kind == tasker::ErrorKind::OutOfMemory);
  CHECK(error.message == "worker 100 was killed out of memory: it had 200 MiB, --max-memory is 64 MiB");
  CHECK(error.worker->memory_kb == 200 << 10);
  CHECK(error.worker->advice.starts_with("raise --max-memory"));
}

TEST_CASE("a runner in another process than the one that was started is refused: it could not be watched") {
  PoolFixture f;
  f.submit("a");
  f.child().result(R"({"protocol_version":1,"runner":{"pid":99999},"handlers":[],"features":[]})");
  f.child().dies(SIGKILL);
  REQUIRE(f.no_worker);
  CHECK(f.no_worker->message.starts_with("\"ruby\" started the runner in another process (99999 instead of 100)"));
}

TEST_CASE("what a preload prints before the hello is noise for the log") {
  PoolFixture f;
  f.submit("a");
  f.child().says("Booting the app...");
  f.child().says_hello();
  CHECK(f.observer.words.front() == "worker.log 1: Booting the app...");
  CHECK(f.child().methods() == Names{"initialize", "initialized", "step/process"});
}

TEST_CASE("a step's answer carries its results as text, its cost and its worker") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  CHECK(f.announced == 1);
  CHECK(f.started == Names{"a"});
  f.clock.advance(5ms);
  f.child().result(
      R"({"output":[1],"results":{"z":4738381338321616896,"a":124.75999999999999},"metadata":{"m":1},"usage":{"cpu_us":12,"max_rss_kb":14000}})");
  const auto& succeeded = f.outcome<Succeeded>("a");
  CHECK(succeeded.results.text() == R"({"z":4738381338321616896,"a":124.75999999999999})");
  CHECK(succeeded.output->text() == "[1]");
  const AttemptReport& report = f.answers.at("a").second;
  CHECK(report.worker_pid == 100);
  CHECK(report.duration == 5ms);
  CHECK(report.cpu_us == 12);
  CHECK(report.max_rss_kb == 14000);
}

TEST_CASE("a request longer than a line may be is a failure with both sizes, and is not sent") {
  PoolFixture f(1, TemplateBuilder().step("a").step("b"),
                [](PoolConfig& config) { config.worker.limits.max_bytes = 1000; });
  f.submit("a");
  f.child().says_hello();
  const ErrorInfo& error = *f.outcome<Failed>("a").error;
  CHECK(error.kind == ErrorKind::ResultTooLarge);
  CHECK(!error.retryable);
  CHECK(error.message.find("but a line may have 1000 at most; let the steps before it return less") !=
        std::string::npos);
  CHECK(f.child().methods() == Names{"initialize", "initialized"});
}

TEST_CASE("a further worker is started only when steps have been waiting for as long as its boot is worth") {
  PoolFixture f(3, TemplateBuilder().step("a").step("b").step("c"),
                [](PoolConfig& config) { config.growth_patience = 10ms; });
  f.submit("a");
  f.submit("b");
  f.submit("c");
  CHECK(f.launcher.children.size() == 1);
  CHECK(f.pool->next_due() == f.clock.steady() + 10ms);
  f.tick_after(9ms);
  CHECK(f.launcher.children.size() == 1);
  f.tick_after(1ms);
  CHECK(f.launcher.children.size() == 3);
}

TEST_CASE("steps that are done before a further worker could boot need none") {
  PoolFixture f(2, TemplateBuilder().step("a").step("b").step("c"),
                [](PoolConfig& config) { config.growth_patience = 10ms; });
  f.submit("a");
  f.child().says_hello();
  f.submit("b");
  f.clock.advance(6ms);
  f.child().result(kOk);
  f.submit("c");
  f.clock.advance(6ms);
  f.child().result(kOk);
  f.tick_after(20ms);
  CHECK(f.launcher.children.size() == 1);
}

TEST_CASE("a worker that boots when all is done is ended at once, and its interrupted boot is no failure") {
  PoolFixture f;
  f.submit("a");
  f.pool->stop();
  CHECK(f.child().group_signals == std::vector{SIGTERM});
  f.child().error(-32005, "x.rb: interrupted by SIGTERM", R"({"file":"x.rb","class":"SignalException"})");
  f.child().dies(SIGKILL);
  CHECK(!f.no_worker);
  CHECK(f.pool->all_gone());
}

TEST_CASE("workers are started as work asks for them, in parallel, no more than there are slots") {
  PoolFixture f(2);
  f.submit("a");
  CHECK(f.launcher.children.size() == 1);
  f.submit("b");
  f.submit("c");
  CHECK(f.launcher.children.size() == 2);
  f.child(0).says_hello();
  f.child(1).says_hello();
  CHECK(f.started == Names{"a", "b"});
  f.child(1).result(kOk);
  CHECK(f.started == Names{"a", "b", "c"});
  CHECK(f.child(1).methods().back() == "step/process");
}

TEST_CASE("what a handler prints before its answer lands in its step's log, an unfinished line too") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().prints("hello\nhalf");
  f.child().says(
      R"({"jsonrpc":"2.0","method":"log","params":{"id":2,"level":"warn","message":"careful","fields":{}}})");
  f.child().says(R"({"jsonrpc":"2.0","method":"step/progress","params":{"id":2,"percent":50,"message":"half way"}})");
  f.child().says(R"({"jsonrpc":"2.0","method":"step/progress","params":{"id":2,"percent":1e300,"message":"far"}})");
  f.child().result(kOk);
  f.child().prints("idle\n");
  CHECK(f.logs == Names{"a output: hello", "a warn: careful", "a 50% half way", "a 100% far", "a output: half"});
  CHECK(f.observer.words.back() == "worker.log 1: idle");
}

TEST_CASE("a handler's error keeps class, message, backtrace, cause and what it says about a retry") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().error(
      -32002, "boom",
      R"({"class":"Shop::Declined","message":"card declined","backtrace":["a.rb:1"],"cause":{"class":"IOError"},"retryable":false,"retry_after":null,"error_code":"E1","context":{"k":1},"usage":{"cpu_us":5}})");
  const ErrorInfo& error = *f.outcome<Failed>("a").error;
  CHECK(error.kind == ErrorKind::PermanentError);
  CHECK(error.class_name == "Shop::Declined");
  CHECK(error.message == "card declined");
  CHECK(error.backtrace == Names{"a.rb:1"});
  CHECK(error.cause.text() == R"({"class":"IOError"})");
  CHECK(error.error_code == "E1");
  CHECK(!error.retry_after);
  CHECK(f.answers.at("a").second.cpu_us == 5);
}

TEST_CASE("a worker that dies in a step: the step is lost with the evidence, the worker replaced") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().prints("segfault at 0\n");
  f.child().dies(SIGSEGV);
  const WorkerLost& lost = f.outcome<WorkerLost>("a");
  CHECK(lost.error->message == "worker 100 was killed by SIGSEGV in the middle of the step");
  CHECK(lost.error->worker->signal == "SIGSEGV");
  CHECK(lost.error->worker->last_words == "segfault at 0\n");
  CHECK(f.launcher.children.size() == 1);  // never from inside an exit
  CHECK(f.wakes > 0);
  f.submit("b");
  f.tick_after(0s);
  CHECK(f.launcher.children.size() == 2);
}

TEST_CASE("exit 0 in the middle of a step is not success") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().exits(0);
  CHECK(f.outcome<WorkerLost>("a").error->message == "worker 100 ended with exit 0 in the middle of the step");
}

TEST_CASE("a request of which something never reached the worker did not start its step") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().stuck = 100;
  f.child().dies(SIGKILL);
  CHECK(std::holds_alternative<NotStarted>(f.answers.at("a").first));
}

TEST_CASE(
    "a line that is no message, an answer nobody asked for, a line without end: the worker is killed, with a quote") {
  for (const std::string said : {"garbage", R"({"jsonrpc":"2.0","id":77,"result":1})"}) {
    PoolFixture f;
    f.submit("a");
    f.child().says_hello();
    f.child().says(said);
    CHECK(f.child().group_signals == std::vector{SIGKILL});
    f.child().result(kOk);  // nothing is believed any more
    f.child().dies(SIGKILL);
    const std::string message = f.outcome<WorkerLost>("a").error->message;
    CHECK(message.find(said == "garbage"
                           ? "expected a JSON value at byte 0): garbage; it was killed"
                           : "answered request 77, which is not open; it was killed") != std::string::npos);
  }
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().says_bytes(std::string(9 << 20, 'x'));
  f.child().dies(SIGKILL);
  CHECK(f.outcome<WorkerLost>("a").error->message.starts_with(
      "worker 100 wrote a line longer than 8388608 bytes; it begins: xxxx"));
}

TEST_CASE("at the deadline: cancel and nudge, then TERM to the group, then KILL, each after its grace") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.tick_after(599s);
  CHECK(f.child().signals.empty());
  f.tick_after(1s);
  CHECK(f.child().methods().back() == "$/cancelRequest");
  CHECK(f.child().signals == std::vector{SIGURG});
  f.tick_after(100ms);
  CHECK(f.child().signals == std::vector{SIGURG, SIGURG});
  f.tick_after(4900ms);
  CHECK(f.child().group_signals == std::vector{SIGTERM});
  f.tick_after(2s);
  CHECK(f.child().group_signals == std::vector{SIGTERM, SIGKILL});
  f.child().dies(SIGKILL);
  CHECK(f.outcome<TimedOut>("a").error->kind == ErrorKind::Timeout);
  CHECK(f.outcome<TimedOut>("a").error->message ==
        "timed out after 10 m 00 s; worker 100 was killed by SIGKILL in the middle of the step");
}

TEST_CASE("the nudge waits until the cancel's last byte is in the pipe") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().stuck = 10;
  f.tick_after(600s);
  CHECK(f.child().signals.empty());
  f.child().stuck = 0;
  f.tick_after(100ms);
  CHECK(f.child().signals == std::vector{SIGURG});
}

TEST_CASE("a step that acknowledges the cancel has timed out, and its worker goes on") {
  PoolFixture f;
  f.submit("a");
  f.submit("b");
  f.child().says_hello();
  f.tick_after(600s);
  f.child().says(
      R"({"jsonrpc":"2.0","id":2,"error":{"code":-32800,"message":"cancelled","data":{"started":true,"class":"TaskerCore::Cancelled","backtrace":["slow.rb:4"]}}})");
  CHECK(f.outcome<TimedOut>("a").error->backtrace == Names{"slow.rb:4"});
  CHECK(f.outcome<TimedOut>("a").error->message == "timed out after 10 m 00 s");
  CHECK(f.started == Names{"a", "b"});
}

TEST_CASE(
    "a complete answer that is in the pipe at the deadline counts; one after the cancel counts as late, and its worker "
    "is retired") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().in_pipe = "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":" + kOk + "}\n";
  f.tick_after(600s);
  CHECK(!f.answers.at("a").second.late);
  CHECK(f.child().methods().back() == "step/process");
  f.submit("b");
  f.tick_after(600s);
  f.child().says("{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":" + kOk + "}");
  CHECK(std::holds_alternative<Succeeded>(f.answers.at("b").first));
  CHECK(f.answers.at("b").second.late);
  CHECK(f.child().stdin_closed);
}

TEST_CASE("more time that a handler asks for moves its deadline") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.clock.advance(599s);
  f.child().says(R"({"jsonrpc":"2.0","method":"step/extend_deadline","params":{"id":2,"seconds":60}})");
  f.tick_after(59s);
  CHECK(f.child().signals.empty());
  f.tick_after(1s);
  CHECK(f.child().signals == std::vector{SIGURG});
}

TEST_CASE("time in which the machine stood still moves every deadline") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.clock.advance(1h);
  f.pool->shift_deadlines(1h);
  f.pool->tick(f.clock.steady());
  CHECK(f.child().signals.empty());
}

TEST_CASE("a queued step is given back at once; a running one only when it may be interrupted") {
  PoolFixture f;
  f.submit("a");
  f.submit("b");
  f.child().says_hello();
  f.pool->cancel(f.dispatches["b"], CancelReason::TaskCancelled, CancelUrgency::IfQueued);
  f.pool->cancel(f.dispatches["a"], CancelReason::TaskCancelled, CancelUrgency::IfQueued);
  CHECK(std::holds_alternative<NotStarted>(f.answers.at("b").first));
  CHECK(f.answers.count("a") == 0);
  f.pool->cancel(f.dispatches["a"], CancelReason::TaskCancelled, CancelUrgency::Graceful);
  CHECK(f.child().methods().back() == "$/cancelRequest");
  f.pool->cancel(f.dispatches["a"], CancelReason::TaskCancelled, CancelUrgency::Immediate);
  CHECK(f.child().group_signals == std::vector{SIGKILL});
  f.child().dies(SIGKILL);
  CHECK(f.outcome<Cancelled>("a").reason == CancelReason::TaskCancelled);
  f.pool->cancel(12345, CancelReason::TaskCancelled, CancelUrgency::Immediate);  // unknown: ignored
}

TEST_CASE("an at_most_once step counts as started only once the worker has said so") {
  PoolFixture f(1, TemplateBuilder().step("a").at_most_once());
  f.submit("a");
  f.child().says_hello();
  CHECK(f.started.empty());
  f.child().dies(SIGKILL);
  REQUIRE(f.outcome<NotStarted>("a").death);  // one of three that end it
  CHECK(f.outcome<NotStarted>("a").death->message == "worker 100 was killed by SIGKILL in the middle of the step");
  f.submit("a");
  f.tick_after(1s);
  f.child(1).says_hello();
  f.child(1).says(R"({"jsonrpc":"2.0","method":"step/started","params":{"id":2}})");
  CHECK(f.started == Names{"a"});
  f.child(1).dies(SIGKILL);
  CHECK(std::holds_alternative<WorkerLost>(f.answers.at("a").first));
}

TEST_CASE("a worker that announces other handlers than the first one is not used") {
  PoolFixture f(2);
  f.submit("a");
  f.submit("b");
  f.child(0).says_hello({"H"});
  f.child(1).says_hello({"H", "Random"});
  CHECK(f.child(1).group_signals == std::vector{SIGKILL});
  CHECK(f.started == Names{"a"});
}

TEST_CASE("results that nest deeper than the limit fail their step and no worker") {
  PoolFixture f;
  f.submit("a");
  f.child().says_hello();
  f.child().result("{\"results\":" + std::string(101, '[') + std::string(101, ']') + "}");
  CHECK(f.outcome<Failed>("a").error->kind == ErrorKind::ResultUnserializable);
  CHECK(f.outcome<Failed>("a").error->message == "the results are nested deeper than 100 levels");
  CHECK(f.child().group_signals.empty());
}

TEST_CASE("stop gives queued steps back, lets workers finish, and starts none any more") {
  PoolFixture f;
  f.submit("a");
  f.submit("b");
  f.child().says_hello();
  f.pool->stop();
  CHECK(std::holds_alternative<NotStarted>(f.answers.at("b").first));
  CHECK(!f.child().stdin_closed);  // a cancel may still have to be said
  f.child().result(kOk);
  CHECK(std::holds_alternative<Succeeded>(f.answers.at("a").first));
  CHECK(f.child().stdin_closed);
  f.child().exits(0);
  CHECK(f.pool->all_gone());
  f.tick_after(1h);
  CHECK(f.launcher.children.size() == 1);
}

TEST_SUITE_END();

// A task's context, and what requests have in common: put once for each process, referred to afterwards, whole where
// that can't be.
#include "worker/pool_fixture.hpp"

using namespace tasker;
using namespace tasker::test;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

const std::string kKeeps = R"("context_ref")";

std::string big(std::size_t bytes) { return R"({"text":")" + std::string(bytes, 'x') + R"("})"; }

/// One worker that takes three requests, and a context of 10,000 bytes.
struct Big : PoolFixture {
  explicit Big(std::size_t bytes = 10'000, std::size_t workers = 1)
      : PoolFixture(workers, TemplateBuilder().step("a").step("b").step("c"),
                    [](PoolConfig& config) { config.flight = {.most = 3, .unmeasured = 3}; }) {
    set_context(big(bytes));
  }
  bool whole(std::size_t line, std::size_t of = 0) {
    return child(of).lines.at(line).find("xxxx") != std::string::npos;
  }
  bool refers(std::size_t line, int ref, std::size_t of = 0) {
    return child(of).lines.at(line).find("\"context_ref\":" + std::to_string(ref) + ",") != std::string::npos;
  }
  void errors(int id, int code) {
    child().says(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"error":{"code":)" + std::to_string(code) +
                 R"(,"message":"no","data":{"started":false}}})");
  }
};

}  // namespace

TEST_SUITE_BEGIN("travels once");

TEST_CASE("the first request brings the context, the others refer to it") {
  Big f;
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  f.submit("b");
  CHECK(f.child().methods() == Names{"initialize", "initialized", "context/put", "step/process", "step/process"});
  CHECK(f.whole(2));
  CHECK((!f.whole(3) && f.refers(3, 1)));
  CHECK((!f.whole(4) && f.refers(4, 1)));
}

TEST_CASE("a runner that does not say that it keeps contexts gets whole requests") {
  Big f;
  f.submit("a");
  f.child().says_hello();
  f.submit("b");
  CHECK(f.child().methods() == Names{"initialize", "initialized", "step/process", "step/process"});
  CHECK((f.whole(2) && f.whole(3)));
}

TEST_CASE("a small context travels inside its requests") {
  Big f(500);
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  CHECK(f.child().methods() == Names{"initialize", "initialized", "step/process"});
}

TEST_CASE("a put counts with its request for what fits into the pipe; a reference alone may follow") {
  Big f(70'000);
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  f.submit("b");
  // The put takes more than the pipe holds: behind it nothing fits.
  CHECK(f.child().lines.size() == 4);
  f.child().result(kOk);
  CHECK(f.child().lines.size() == 5);
  f.submit("c");
  CHECK(f.child().lines.size() == 6);
  CHECK((f.refers(4, 1) && f.refers(5, 1)));
}

TEST_CASE("the answer lets a context go: the next task's takes its place") {
  Big f(5'000'000);
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  f.child().result(kOk);
  f.next_task();
  f.submit("a");
  CHECK(f.child().methods() == Names{"initialize", "initialized", "context/put", "step/process", "context/drop",
                                     "context/put", "step/process"});
  CHECK(f.refers(6, 2));
}

TEST_CASE("a worker dies with a context on it: the next one gets it anew") {
  Big f;
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  f.submit("b");
  f.child().dies(SIGKILL);
  f.submit("c");
  f.tick_after(1s);
  f.child(1).says_hello({"H"}, kKeeps);
  CHECK(f.child(1).methods() == Names{"initialize", "initialized", "context/put", "step/process"});
  CHECK(f.whole(2, 1));
  CHECK(f.refers(3, 1, 1));
}

TEST_CASE("the request that brought the context is taken back: those behind it may still refer to it") {
  Big f;
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  f.pool->cancel(f.dispatches.at("a"), CancelReason::TaskCancelled, CancelUrgency::Graceful);
  f.errors(2, -32800);
  f.submit("b");
  CHECK(f.child().methods().back() == "step/process");
  CHECK((!f.whole(f.child().lines.size() - 1) && f.refers(f.child().lines.size() - 1, 1)));
}

TEST_CASE("a runner that does not know a reference: the step is given back, and travels whole from then on") {
  Big f;
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  f.errors(2, -32009);
  CHECK(std::holds_alternative<NotStarted>(f.answers.at("a").first));
  f.submit("a");
  CHECK(f.whole(4));
  f.child().result(kOk);
  CHECK(std::holds_alternative<Succeeded>(f.answers.at("a").first));
}

TEST_CASE("a runner that misses the context of a whole request is ended: it would be sent it for ever") {
  Big f;
  f.submit("a");
  f.child().says_hello();
  f.errors(2, -32009);
  CHECK(f.child().group_signals == std::vector{SIGKILL});
}

TEST_CASE("the definition of a step travels before its first request; another step brings its own") {
  Big f(100);
  f.submit("a");
  f.child().says_hello({"H"}, R"("definition_ref")");
  f.submit("a");
  f.submit("b");
  CHECK(f.child().methods() == Names{"initialize", "initialized", "definition/put", "step/process", "step/process",
                                     "definition/put", "step/process"});
  const auto says = [&](std::size_t line, const std::string& text) {
    return f.child().lines.at(line).find(text) != std::string::npos;
  };
  CHECK((says(2, "\"ref\":1,") && says(2, "step_definition")));
  for (const std::size_t line : {3u, 4u})
    CHECK((says(line, "\"definition_ref\":1,") && !says(line, "step_definition")));
  CHECK((says(5, "\"ref\":2,") && says(6, "\"definition_ref\":2,")));
}

TEST_CASE("a runner that keeps contexts only gets whole definitions, and the other way round") {
  Big f;
  f.submit("a");
  f.child().says_hello({"H"}, kKeeps);
  CHECK(f.child().methods() == Names{"initialize", "initialized", "context/put", "step/process"});
  CHECK(f.child().lines.at(3).find("step_definition") != std::string::npos);
  Big g;
  g.submit("a");
  g.child().says_hello({"H"}, R"("definition_ref")");
  CHECK(g.child().methods() == Names{"initialize", "initialized", "definition/put", "step/process"});
  CHECK(g.whole(3));
}

TEST_CASE("a runner that does not know a definition gets whole requests from then on") {
  Big f(100);
  f.submit("a");
  f.child().says_hello({"H"}, R"("definition_ref")");
  f.errors(2, -32009);
  CHECK(std::holds_alternative<NotStarted>(f.answers.at("a").first));
  f.submit("a");
  CHECK(f.child().lines.back().find("definition_ref") == std::string::npos);
  CHECK(f.child().lines.back().find("step_definition") != std::string::npos);
  f.child().result(kOk);
  CHECK(std::holds_alternative<Succeeded>(f.answers.at("a").first));
}

TEST_CASE("a workflow of many steps: the definitions used least go, and come back when they are needed") {
  TemplateBuilder builder;
  for (int i = 0; i < 257; ++i) builder.step("s" + std::to_string(i));
  PoolFixture f(1, builder);
  f.submit("s0");
  f.child().says_hello({"H"}, R"("definition_ref")");
  f.child().result(kOk);
  for (int i = 1; i < 257; ++i) {
    f.submit("s" + std::to_string(i));
    f.child().result(kOk);
  }
  const auto last = [&](std::size_t back) { return f.child().methods().at(f.child().lines.size() - back); };
  CHECK((last(3) == "definition/drop" && last(2) == "definition/put"));
  f.submit("s2");
  CHECK(last(2) == "step/process");
  f.child().result(kOk);
  f.submit("s0");
  CHECK((last(3) == "definition/drop" && last(2) == "definition/put"));
}

TEST_SUITE_END();

#include "support/store_conformance.hpp"
#include "tasker/store.hpp"

using namespace tasker;
using namespace tasker::test;

namespace {
std::unique_ptr<Store> memory(Post post) { return open_store("memory:", std::move(post)); }
}  // namespace

TEST_SUITE_BEGIN("memory store");

TASKER_STORE_RULES(memory)

// Its own.
TEST_CASE("it ends with the process") {
  ManualPost post;
  CHECK_FALSE(memory(post)->is_durable());
}

TEST_CASE("a store that can't be had is refused with the way out") {
  const auto refusal = [](const std::string& url) -> std::string {
    try {
      open_store(url, ManualPost());
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "opened";
  };
  CHECK(refusal("sqlite:") == "store \"sqlite:\": a path is expected after \"sqlite:\", e.g. sqlite:tasks.db.");
  CHECK(refusal("memroy:").starts_with("store \"memroy:\": unknown scheme \"memroy\"; did you mean \"memory\"?"));
  CHECK(refusal("redis:x") ==
        "store \"redis:x\": unknown scheme \"redis\". A store is written SCHEME:REST, as memory: or sqlite:PATH.");
  CHECK(refusal("memory").starts_with("store \"memory\"; did you mean \"memory:\"?"));
  CHECK(refusal("tasks.db").starts_with("store \"tasks.db\" has no scheme; did you mean \"sqlite:tasks.db\"?"));
  CHECK(refusal("").starts_with("store \"\" has no scheme."));
  CHECK(refusal("memory:x").find("nothing is expected after \"memory:\"") != std::string::npos);
}

TEST_SUITE_END();

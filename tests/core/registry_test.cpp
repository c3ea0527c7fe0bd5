#include <atomic>
#include <thread>

#include "tasker/handler_registry.hpp"
#include "tasker/step_handler.hpp"

using namespace tasker;

namespace {

std::shared_ptr<StepHandler> handler() {
  return make_function_handler([](const StepContext&) { return Succeeded{}; });
}

}  // namespace

TEST_SUITE_BEGIN("handler registry");

TEST_CASE("an unknown name is answered with the nearest known one") {
  HandlerRegistry registry;
  registry.bind("ChargeCard", handler());
  CHECK(registry.find("ChargCard") == nullptr);
  CHECK(registry.unknown_message("ChargCard") == "unknown handler \"ChargCard\"; did you mean \"ChargeCard\"?");
  CHECK(registry.unknown_message("Zebra") == "unknown handler \"Zebra\"");
}

TEST_CASE("a name is bound once; an empty one never") {
  HandlerRegistry registry;
  registry.bind("a", handler());
  CHECK_THROWS_WITH(registry.bind("a", handler()), "a handler named \"a\" is bound already");
  CHECK_THROWS_WITH(registry.bind("", handler()), "a handler needs a name");
}

TEST_CASE("a snapshot does not change when handlers are bound afterwards") {
  HandlerRegistry registry;
  registry.bind("a", handler());
  const auto before = registry.snapshot();
  registry.rebind({{"a", handler()}, {"b", handler()}});
  CHECK(before->size() == 1);
  CHECK(registry.snapshot()->size() == 2);
  CHECK(before->at("a") != registry.find("a"));
}

TEST_CASE("readers see all of a rebinding or nothing of it, from any thread") {
  HandlerRegistry registry;
  std::atomic<bool> done{false};
  std::atomic<int> torn{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto table = registry.snapshot();
        if (!table->empty() && table->at("left") != table->at("right")) ++torn;
      }
    });
  }
  for (int i = 0; i < 500; ++i) {
    const auto both = handler();
    registry.rebind({{"left", both}, {"right", both}});
  }
  done = true;
  for (auto& reader : readers) reader.join();
  CHECK(torn == 0);
}

TEST_SUITE_END();

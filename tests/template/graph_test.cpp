#include "template/graph.hpp"

#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;

namespace {

using Edges = std::vector<std::vector<std::uint32_t>>;

/// A template out of `name: dependency, dependency` lines.
std::string graph(const std::vector<std::pair<std::string, std::string>>& steps) {
  std::string out = "name: t\nsteps:\n";
  for (const auto& [name, dependencies] : steps) {
    out += "  - {name: " + name + ", handler: A, dependencies: [" + dependencies + "]}\n";
  }
  return out;
}

}  // namespace

TEST_SUITE("template graph") {
  TEST_CASE("an unknown dependency is named with the nearest step") {
    CHECK(errors(graph({{"validate", ""}, {"charge", "validat, refund"}})) ==
          Lines{"w.yaml:4:47: step \"charge\" depends on unknown step \"validat\"; did you mean \"validate\"?",
                "w.yaml:4:56: step \"charge\" depends on unknown step \"refund\""});
  }

  TEST_CASE("duplicate step names are reported with the first one's place") {
    CHECK(errors(graph({{"a", ""}, {"b", "a"}, {"a", ""}})) ==
          Lines{"w.yaml:5:5: duplicate step name \"a\": the step at line 3, column 5 has it already"});
  }

  TEST_CASE("a step that waits for itself is reported as that, not as a cycle") {
    CHECK(errors(graph({{"a", "a"}})) == Lines{"w.yaml:3:42: step \"a\" depends on itself"});
  }

  TEST_CASE("a cycle is printed as a path, each step followed by the one it waits for") {
    CHECK(errors(graph({{"start", ""}, {"a", "start, b"}, {"b", "c"}, {"c", "a"}})) ==
          Lines{"w.yaml:4:49: dependency cycle, each step followed by the one it waits for: a -> b -> c -> a"});
  }

  TEST_CASE("each group of entangled steps is told once, by a short cycle") {
    CHECK(errors(graph({{"a", "b, d"}, {"b", "c"}, {"c", "a"}, {"d", "a"}, {"x", "y, a"}, {"y", "x"}})) ==
          Lines{"w.yaml:3:45: dependency cycle, each step followed by the one it waits for: a -> d -> a",
                "w.yaml:7:42: dependency cycle, each step followed by the one it waits for: x -> y -> x"});
  }

  TEST_CASE("the middle of a very long cycle is left out") {
    std::vector<std::pair<std::string, std::string>> steps;
    for (int i = 0; i < 30; ++i) steps.emplace_back("s" + std::to_string(i), "s" + std::to_string((i + 1) % 30));
    const Lines found = errors(graph(steps));
    REQUIRE(found.size() == 1);
    CHECK(
        found[0].ends_with("s8 -> s9 -> ... 10 more ... -> s20 -> s21 -> s22 -> s23 -> s24 -> s25 -> s26 -> s27 -> "
                           "s28 -> s29 -> s0"));
  }

  TEST_CASE("a dependency that is written twice counts once, in written order") {
    const auto task_template = loaded(graph({{"a", ""}, {"b", ""}, {"c", "b, a, b"}}));
    CHECK(task_template->steps[2].dependencies == std::vector<std::uint32_t>{1, 0});
  }

  TEST_CASE("a dependency may stand before the step it names") {
    CHECK(loaded(graph({{"b", "a"}, {"a", ""}}))->steps[0].dependencies == std::vector<std::uint32_t>{1});
  }

  TEST_CASE("a chain and a cycle of 200,000 steps need no stack") {
    constexpr std::uint32_t kSteps = 200'000;
    Edges chain(kSteps);
    for (std::uint32_t i = 1; i < kSteps; ++i) chain[i] = {i - 1};
    CHECK(find_cycles(chain).empty());
    chain[0] = {kSteps - 1};
    const Edges cycles = find_cycles(chain);
    REQUIRE(cycles.size() == 1);
    CHECK(cycles[0].size() == kSteps);
    CHECK(cycles[0][0] == 0);
    CHECK(cycles[0][1] == kSteps - 1);
  }

  TEST_CASE("thousands of separate cycles are found in linear time") {
    constexpr std::uint32_t kSteps = 100'000;
    Edges pairs(kSteps);
    for (std::uint32_t i = 0; i < kSteps; ++i) pairs[i] = {i ^ 1};
    CHECK(find_cycles(pairs).size() == kSteps / 2);
  }

  TEST_CASE("a file full of unknown names gets suggestions for the first of them and stays quick") {
    std::vector<std::pair<std::string, std::string>> steps;
    for (int i = 0; i < 3'000; ++i) steps.emplace_back("s" + std::to_string(i), "z" + std::to_string(i));
    const Lines found = errors(graph(steps));
    REQUIRE(found.size() == 3'000);
    CHECK(found.front() == "w.yaml:3:43: step \"s0\" depends on unknown step \"z0\"; did you mean \"s0\"?");
    CHECK(found.back() == "w.yaml:3002:46: step \"s2999\" depends on unknown step \"z2999\"");
  }

  TEST_CASE("more steps than the limit are refused with both numbers") {
    LoadOptions few;
    few.limits.max_steps = 2;
    CHECK(errors(graph({{"a", ""}, {"b", ""}, {"c", ""}}), few) == Lines{"w.yaml:2:1: 3 steps; the limit is 2"});
  }
}

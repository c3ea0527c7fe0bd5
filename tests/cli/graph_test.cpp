#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/graph/graph_render.hpp"
#include "cli/graph/lane_graph.hpp"
#include "cli/run/plan.hpp"
#include "support/template_builder.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;

namespace {

const Style kPlain;

std::string lanes(TemplateBuilder builder, bool unicode = true) {
  std::string out = "\n";
  const SharedTemplate built = builder.build();
  for (LaneRow& row : draw_lanes(graph_of(*built), unicode).rows) {
    while (row.lanes.ends_with(' ')) row.lanes.pop_back();
    out += row.lanes + (row.step < 0 ? "" : " " + built->steps[static_cast<std::size_t>(row.step)].name) + "\n";
  }
  return out;
}

TemplateBuilder diamond() {
  TemplateBuilder builder;
  builder.step("start").step("left", {"start"}).step("right", {"start"}).step("end", {"left", "right"});
  builder.value().name = "diamond";
  return builder;
}

}  // namespace

TEST_CASE("a line of steps is a line") {
  CHECK(lanes(TemplateBuilder().step("a").step("b", {"a"}).step("c", {"b"})) == R"(
● a
● b
● c
)");
}

TEST_CASE("a diamond opens and closes") {
  CHECK(lanes(diamond()) == R"(
● start
├─╮
● │ left
│ ● right
├─╯
● end
)");
}

TEST_CASE("steps that wait for the same one share its lane") {
  CHECK(lanes(TemplateBuilder().step("a").step("b").step("c").step("x", {"a", "b", "c"}).step("y", {"a", "c"})) == R"(
● a
├─╮
│ │ ● b
├─│─╯
│ │ ● c
├─┼─╯
● │ x
  ● y
)");
}

TEST_CASE("a line that passes over another lane does not touch it") {
  CHECK(lanes(TemplateBuilder()
                  .step("a")
                  .step("b", {"a"})
                  .step("c", {"a"})
                  .step("d", {"a"})
                  .step("e", {"b", "d"})
                  .step("f", {"c", "e"})) == R"(
● a
├─┬─╮
● │ │ b
│ ● │ c
│ │ ● d
├─│─╯
● │ e
├─╯
● f
)");
}

TEST_CASE("branches without a common end are drawn one after the other") {
  CHECK(lanes(TemplateBuilder().step("a").step("b").step("c", {"a"})) == R"(
● a
● c
● b
)");
}

TEST_CASE("where only ASCII can be shown the drawing is ASCII") {
  CHECK(lanes(diamond(), false) == R"(
* start
|-.
* | left
| * right
|-'
* end
)");
}

TEST_CASE("the drawing names steps and handlers") {
  CHECK(graph_ascii(graph_of(*diamond().build()), kPlain) ==
        "diamond 1.0.0, 4 steps in 3 levels\n"
        "\n"
        "  ●    start  start\n"
        "  ├─╮\n"
        "  ● │  left   left\n"
        "  │ ●  right  right\n"
        "  ├─╯\n"
        "  ●    end    end\n");
}

TEST_CASE("a graph that is too wide to draw is listed by levels") {
  TemplateBuilder builder;
  builder.step("root");
  for (int i = 0; i < 40; ++i) builder.step("leaf" + std::to_string(i), {"root"});
  const std::string text = graph_ascii(graph_of(*builder.build()), kPlain);
  CHECK(text.find("   1  root ") != std::string::npos);
  CHECK(text.find("   2  leaf0 ") != std::string::npos);
  CHECK(text.find("      leaf39") != std::string::npos);
  CHECK(text.find("after root") != std::string::npos);
}

TEST_CASE("a workflow without steps is drawn without steps") {
  TemplateBuilder builder;
  CHECK(graph_ascii(graph_of(*builder.build()), kPlain) == "test 1.0.0, 0 steps in 0 levels\n\n");
}

TEST_CASE("Mermaid gets its labels escaped and its edges by number") {
  TemplateBuilder builder;
  builder.step("say \"hi\" <b> #1").step("end;", {"say \"hi\" <b> #1"});
  builder.value().steps[0].type = StepType::Decision;
  builder.value().name = "a: \"b\"";
  CHECK(graph_mermaid(graph_of(*builder.build())) ==
        "---\ntitle: \"a: \\\"b\\\"\"\n---\nflowchart TD\n"
        "  s0{\"say #quot;hi#quot; #lt;b#gt; #35;1\"}\n"
        "  s1[\"end;\"]\n"
        "  s0 -.-> s1\n");
}

TEST_CASE("dot gets its names quoted") {
  TemplateBuilder builder;
  builder.step("a \"b\" \\").step("c", {"a \"b\" \\"});
  CHECK(graph_dot(graph_of(*builder.build())) ==
        "digraph \"test\" {\n"
        "  rankdir=TB;\n"
        "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
        "  \"a \\\"b\\\" \\\\\";\n"
        "  \"c\";\n"
        "  \"a \\\"b\\\" \\\\\" -> \"c\";\n"
        "}\n");
}

TEST_CASE("the plan lists levels, handlers and what each step waits for") {
  TemplateBuilder builder = diamond();
  builder.attempts(1);
  CHECK(plan_text(*builder.build(), kPlain) ==
        "diamond 1.0.0, 4 steps in 3 levels\n"
        "   1  start  start    up to 3 attempts\n"
        "   2  left   left     up to 3 attempts, after start\n"
        "      right  right    up to 3 attempts, after start\n"
        "   3  end    end      one attempt, after left, right\n");
}

TEST_CASE("the plan as JSON has the shape of the manual") {
  const auto plan = nlohmann::json::parse(plan_json(*diamond().build(), "dry_run"));
  CHECK(plan["status"] == "dry_run");
  CHECK(plan["exit_code"] == 0);
  REQUIRE(plan["steps"].size() == 4);
  CHECK(plan["steps"][3]["name"] == "end");
  CHECK(plan["steps"][3]["handler"] == "end");
  CHECK(plan["steps"][3]["dependencies"] == nlohmann::json::array({"left", "right"}));
  CHECK(plan["steps"][3]["level"] == 3);
}

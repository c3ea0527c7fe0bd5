#include <doctest/doctest.h>

#include <algorithm>

#include "cli/graph/graph_render.hpp"
#include "cli/graph/layout.hpp"
#include "support/template_builder.hpp"

using namespace tasker;
using namespace tasker::cli;
using namespace tasker::test;

namespace {

Layout laid_out(TemplateBuilder builder) {
  const Graph graph = graph_of(*builder.build());
  return lay_out(graph, std::vector<double>(graph.nodes.size(), 100), LayoutSizes{});
}

bool overlap(const Layout::Box& a, const Layout::Box& b) {
  return a.y == b.y && std::abs(a.x - b.x) < (a.width + b.width) / 2;
}

TemplateBuilder tangle() {
  TemplateBuilder builder;
  builder.step("a").step("b").step("c", {"a"}).step("d", {"a", "b"}).step("e", {"b"}).step("f", {"c", "e", "a"});
  builder.step("g", {"f", "b"});
  return builder;
}

}  // namespace

TEST_CASE("layout: what waits stands below what it waits for, and no box covers another") {
  const Layout layout = laid_out(tangle());
  REQUIRE(layout.boxes.size() == 7);
  for (const Layout::Line& line : layout.lines) CHECK(layout.boxes[line.from].y < layout.boxes[line.to].y);
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    const auto& box = layout.boxes[i];
    CHECK(box.x - box.width / 2 >= 0);
    CHECK(box.x + box.width / 2 <= layout.width);
    CHECK(box.y + LayoutSizes{}.box_height <= layout.height);
    for (std::size_t j = 0; j < i; ++j) CHECK_FALSE(overlap(box, layout.boxes[j]));
  }
}

TEST_CASE("layout: a line over several layers passes beside the boxes between") {
  const Layout layout = laid_out(tangle());
  for (const Layout::Line& line : layout.lines) {
    for (std::size_t i = 1; i + 1 < line.points.size(); ++i) {
      for (const Layout::Box& box : layout.boxes) {
        const bool at_its_height =
            line.points[i].second >= box.y && line.points[i].second <= box.y + LayoutSizes{}.box_height;
        CHECK_FALSE((at_its_height && std::abs(line.points[i].first - box.x) < box.width / 2));
      }
    }
  }
}

TEST_CASE("layout: a line of steps is upright, the ends of a diamond stand above each other") {
  const Layout line = laid_out(TemplateBuilder().step("a").step("b", {"a"}).step("c", {"b"}));
  CHECK(line.boxes[0].x == doctest::Approx(line.boxes[2].x));
  const Layout diamond = laid_out(TemplateBuilder().step("a").step("b", {"a"}).step("c", {"a"}).step("d", {"b", "c"}));
  CHECK(diamond.boxes[0].x == doctest::Approx(diamond.boxes[3].x));
}

TEST_CASE("layout: nothing to draw, and a graph whose long lines would fill the memory") {
  CHECK(laid_out(TemplateBuilder()).boxes.empty());
  TemplateBuilder builder;
  builder.step("s0");
  builder.step("s1", {"s0"});
  for (int i = 2; i < 300; ++i) builder.step("s" + std::to_string(i), {"s0", "s" + std::to_string(i - 1)});
  const Layout layout = laid_out(std::move(builder));
  CHECK(layout.lines.size() == 597);
  CHECK(layout.lines.back().points.size() <= 2 * 299 + 2);
}

TEST_CASE("svg: whatever a step is called, it is text") {
  TemplateBuilder builder;
  builder.step("<script>alert('x')</script> & \"q\"\x1b[31m")
      .step("end", {"<script>alert('x')</script> & \"q\"\x1b[31m"});
  builder.value().name = "a <b>";
  const std::string svg = graph_svg(graph_of(*builder.build()));
  CHECK(svg.find("<script") == std::string::npos);
  CHECK(svg.find('\x1b') == std::string::npos);
  CHECK(svg.find("&lt;script&gt;") != std::string::npos);
  CHECK(svg.find("a &lt;b&gt;") != std::string::npos);
  CHECK(svg.starts_with("<svg xmlns="));
  CHECK(svg.ends_with("</svg>\n"));
}

TEST_CASE("drawings of a task tell states, times and attempts") {
  TemplateBuilder builder;
  builder.step("a").step("b", {"a"});
  TaskRecord record;
  record.task.task_template = builder.build();
  record.state = TaskState::Error;
  record.started_at = WallTime{};
  record.steps.resize(2);
  record.steps[0].name = "a";
  record.steps[0].state = StepState::Complete;
  record.steps[1].name = "b";
  record.steps[1].template_index = 1;
  record.steps[1].dependencies = {0};
  record.steps[1].state = StepState::InProgress;
  record.steps[1].attempts = 2;
  record.steps[1].started_at = WallTime{};
  const Graph graph = graph_of(record, WallTime{} + std::chrono::seconds(3));
  CHECK(graph_ascii(graph, Style{}) ==
        "test 1.0.0, 2 steps in 2 levels, error for 3.0 s\n\n"
        "  ●  a  complete                        a\n"
        "  ●  b  in_progress, 3.0 s, 2 attempts  b\n");
  CHECK(graph_mermaid(graph).find("s1[\"b<br/>in_progress, 3.0 s, 2 attempts\"]") != std::string::npos);
  CHECK(graph_mermaid(graph).find("  class s0 complete\n") != std::string::npos);
  CHECK(graph_dot(graph).find("\"b\" [label=\"b\\nin_progress, 3.0 s, 2 attempts\", style=\"rounded,filled\"") !=
        std::string::npos);
  CHECK(graph_svg(graph).find("in_progress, 3.0 s, 2 attempts") != std::string::npos);
}

// `--inputs`: many tasks from one stream, with the real binary, real Ruby and real pipes.
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

struct Folder {
  Folder() : folder("bulk") {
    folder.write(
        "handlers/h.rb",
        "class Even\n  def call(context)\n    raise TaskerCore::PermanentError, 'odd' if context.context[:n].odd?\n"
        "    sleep(context.context[:wait] || 0)\n    context.context[:n]\n  end\nend\n");
    folder.write("even.yaml", "name: even\nsteps:\n  - {name: a, handler: {callable: Even}}\n");
  }
  std::vector<std::string> command(std::vector<std::string> more) const {
    std::vector<std::string> all = {"run", "even.yaml", "--inputs", "-", "-w", "1"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  Finished run(std::vector<std::string> more, const std::string& input) const {
    return run_tasker(command(std::move(more)), {.input = input, .directory = folder.path(), .env = {}});
  }
  WorkFolder folder;
};

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(json::parse(line));
  return out;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_SUITE_BEGIN("bulk");

TEST_CASE("bulk: lines that are no objects are answered with their number and counted; the rest goes on") {
  const Folder here;
  const Finished ended = here.run({"-o", "json"}, "{\"n\": 2}\nnonsense\n\n[1]\n{\"n\": 4}\r\n\xff\n{\"n\": 6}");
  CHECK(ended.exit_code == 1);
  std::map<int, json> by_line;
  for (const json& line : lines_of(ended.out)) by_line[line["line"]] = line;
  REQUIRE(by_line.size() == 6);
  for (const int line : {1, 5, 7}) CHECK(by_line[line]["state"] == "complete");
  for (const int line : {2, 4, 6}) {
    CHECK(by_line[line]["exit_code"] == 3);
    CHECK(by_line[line]["error"]["kind"] == "input_invalid");
  }
  CHECK(has(ended.err, "6 tasks: 3 complete, 3 failed"));
}

TEST_CASE("bulk: all complete is 0, one that failed is 1") {
  const Folder here;
  CHECK(here.run({}, "{\"n\": 2}\n{\"n\": 4}\n").exit_code == 0);
  CHECK(here.run({}, "{\"n\": 2}\n{\"n\": 5}\n").exit_code == 1);
  CHECK(here.run({}, "").exit_code == 0);
}

TEST_CASE("bulk: --fail-fast admits no line after a failed task, and finishes those under way") {
  const Folder here;
  const Finished ended =
      here.run({"--fail-fast", "--concurrency", "1", "-o", "jsonl", "--quiet"}, "{\"n\": 2}\n{\"n\": 3}\n{\"n\": 4}\n");
  CHECK(ended.exit_code == 1);
  const auto results = lines_of(ended.out);
  REQUIRE(results.size() == 2);
  CHECK(results[0]["line"] == 1);
  CHECK(results[1]["line"] == 2);
}

TEST_CASE("bulk: --quiet leaves the results, and nothing on stderr") {
  const Folder here;
  const Finished ended = here.run({"--quiet", "-o", "jsonl"}, "{\"n\": 2}\n{\"n\": 4}\n");
  CHECK(ended.err.empty());
  for (const json& line : lines_of(ended.out)) CHECK(line["event"] == "task.result");
}

TEST_CASE("bulk: from a pipe that stays open results come as tasks end; an interrupt tells how to go on") {
  const Folder here;
  EngineProcess process(here.command({"-o", "json", "--run-id", "r1", "--store", "sqlite:t.db"}),
                        {.input = "", .directory = here.folder.path(), .env = {}, .talks = true});
  for (int line = 1; line <= 3; ++line) {
    process.send("{\"n\": 2}\n");
    process.wait_for("\"line\":" + std::to_string(line) + ",");
  }
  process.signal(SIGINT);
  CHECK(process.wait() == 130);
  CHECK(has(process.err(), "--run-id r1"));
  const Finished again = here.run({"-o", "json", "--run-id", "r1", "--store", "sqlite:t.db"},
                                  "{\"n\": 2}\n{\"n\": 2}\n{\"n\": 2}\n{\"n\": 8}\n");
  CHECK(again.exit_code == 0);
  CHECK(lines_of(again.out).size() == 1);
  CHECK(has(again.err, "3 had ended before"));
}

TEST_CASE("bulk: an endless pipe ends when nobody reads the results any more") {
  const Folder here;
  const std::string command = "yes '{\"n\": 2}' | '" + tasker_binary() +
                              "' run even.yaml --inputs - -o jsonl 2>err | head -n 200 | wc -l; wc -c <err";
  EngineProcess process({"-c", command}, {.input = "", .directory = here.folder.path(), .env = {}, .program = "sh"});
  CHECK(process.wait() == 0);
  CHECK(has(process.out(), "200\n"));
}

TEST_CASE("bulk: on a terminal one line says how far it is, and is gone at the end") {
  const Folder here;
  std::string input;
  for (int i = 0; i < 8; ++i) input += "{\"n\": 2, \"wait\": 0.1}\n";
  here.folder.write("in.jsonl", input);
  const std::string command =
      "script -qec \"'" + tasker_binary() + "' run even.yaml --inputs in.jsonl -w 1 -o jsonl >/dev/null\" /dev/null";
  EngineProcess process({"-c", command}, {.input = "", .directory = here.folder.path(), .env = {}, .program = "sh"});
  CHECK(process.wait() == 0);
  CHECK(has(process.out(), " in flight, "));
  CHECK(has(process.out(), "\r\x1b[K8 tasks: 8 complete, 0 failed"));
}

TEST_SUITE_END();

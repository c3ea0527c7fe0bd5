#include "cli/options_reader.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>

#include "cli/command_error.hpp"

using namespace tasker::cli;
using namespace std::chrono_literals;

namespace {

using Variables = std::map<std::string, std::string, std::less<>>;

Environment environment(Variables variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

RunOptions read(const std::vector<std::string>& flags, Variables variables = {}) {
  std::vector<std::string> words{"run", "x.yaml"};
  words.insert(words.end(), flags.begin(), flags.end());
  return read_run_options(parse_command_line(words), environment(std::move(variables)));
}

std::string refusal(const std::vector<std::string>& flags, Variables variables = {}) {
  try {
    read(flags, std::move(variables));
  } catch (const CommandError& error) {
    CHECK(error.code() == ExitCode::Usage);
    return error.message();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a value that can't be is refused by the name of its flag") {
  CHECK(refusal({"-w", "two"}) == "--workers: \"two\" is no whole number from 1 to 1000");
  CHECK(refusal({"-w", "0"}) == "--workers: \"0\" is no whole number from 1 to 1000");
  CHECK(refusal({"-w", "3.5"}) == "--workers: \"3.5\" is no whole number from 1 to 1000");
  CHECK(refusal({"-w", "99999999999999"}) == "--workers: \"99999999999999\" is no whole number from 1 to 1000");
  CHECK(refusal({"--timeout", "soon"}) ==
        "--timeout: \"soon\" is no duration: write 90s, 5m, 1h30m, 250ms or plain seconds");
  CHECK(refusal({"--timeout", "0"}).find("is no duration") != std::string::npos);
  CHECK(refusal({"--idle-ttl", "4000d"}) == "--idle-ttl: \"4000d\" is longer than the longest duration, 3650d");
  CHECK(refusal({"-o", "jsn"}) == "--output: \"jsn\" is not one of text, json or jsonl; did you mean \"json\"?");
  CHECK(refusal({"--store", ""}) == "--store is empty");
  CHECK(refusal({"--strict=perhaps"}) == "--strict: \"perhaps\" is no switch: true or false");
}

TEST_CASE("a value that can't be is refused by the name of its variable") {
  CHECK(refusal({}, {{"TASKER_WORKERS", "many"}}) == "TASKER_WORKERS: \"many\" is no whole number from 1 to 1000");
}

TEST_CASE("the template and the input can't both be standard input") {
  const CommandLine line = parse_command_line({"run", "-", "-i", "-"});
  CHECK_THROWS_AS(read_run_options(line, environment({})), CommandError);
  const CommandLine call = parse_command_line({"handler", "call", "A", "-", "-i", "-"});
  CHECK_THROWS_AS(read_handler_options(call, environment({})), CommandError);
  const CommandLine twice = parse_command_line({"validate", "-", "-"});
  CHECK_THROWS_AS(read_validate_options(twice, environment({})), CommandError);
}

TEST_CASE("defaults stand where nothing is given") {
  const RunOptions options = read({});
  CHECK(options.template_path == "x.yaml");
  CHECK(options.input == "{}");
  CHECK(options.workers.count == 0);
  CHECK(options.workers.handlers.empty());
  CHECK(options.workers.environment == "production");
  CHECK_FALSE(options.store.url.has_value());
  CHECK(options.common.output == OutputFormat::Text);
  CHECK_FALSE(options.timeout.has_value());
  CHECK_FALSE(options.strict);
}

TEST_CASE("a variable stands in for its flag, the flag wins over it") {
  const Variables variables{{"TASKER_WORKERS", "3"},   {"TASKER_ENV", "test"}, {"TASKER_HANDLERS", "a::b"},
                            {"TASKER_OUTPUT", "json"}, {"TASKER_STRICT", "1"}, {"TASKER_TIMEOUT", "2m"}};
  const RunOptions options = read({}, variables);
  CHECK(options.workers.count == 3);
  CHECK(options.workers.environment == "test");
  CHECK(options.workers.handlers == std::vector<std::string>{"a", "b"});
  CHECK(options.common.output == OutputFormat::Json);
  CHECK(options.strict);
  CHECK(options.timeout == 2min);
  const RunOptions overridden = read({"-w", "5", "-H", "c", "--strict=false"}, variables);
  CHECK(overridden.workers.count == 5);
  CHECK(overridden.workers.handlers == std::vector<std::string>{"c"});
  CHECK_FALSE(overridden.strict);
}

TEST_CASE("how long workers are waited for is a duration each, or the runtime's own") {
  const Patience patience = read({"--boot-timeout", "2m", "--step-timeout", "90", "--cancel-grace", "1s",
                                  "--term-grace", "500ms", "--drain-grace", "10s"})
                                .workers.patience;
  CHECK(patience.boot == 2min);
  CHECK(patience.step == 90s);
  CHECK(patience.cancel == 1s);
  CHECK(patience.term == 500ms);
  CHECK(patience.drain == 10s);
  CHECK(read({}, {{"TASKER_BOOT_TIMEOUT", "1m"}}).workers.patience.boot == 1min);
  CHECK_FALSE(read({}).workers.patience.boot.has_value());
}

TEST_CASE("when workers are let go: counts, sizes and durations, and never by default") {
  const WorkerLimits limits =
      read({"--max-steps", "500", "--max-rss", "256M", "--worker-ttl", "1h", "--idle-ttl", "30s", "--watch"})
          .workers.limits;
  CHECK(limits.max_steps == 500);
  CHECK(limits.max_rss_bytes == 256 << 20);
  CHECK(limits.worker_ttl == 1h);
  CHECK(limits.idle_ttl == 30s);
  CHECK(limits.watch);
  CHECK(read({}, {{"TASKER_MAX_RSS", "1g"}}).workers.limits.max_rss_bytes == 1 << 30);
  const WorkerLimits none = read({}).workers.limits;
  CHECK(none.max_steps == 0);
  CHECK(none.max_rss_bytes == 0);
  CHECK(none.idle_ttl == 0s);
  CHECK_FALSE(none.watch);
  CHECK_THROWS_WITH(read({"--max-steps", "0"}), "--max-steps: \"0\" is no whole number from 1");
  CHECK_THROWS_WITH(read({"--max-rss", "lots"}),
                    "--max-rss: \"lots\" is no size: write 512k, 256M, 1.5G or plain bytes");
}

TEST_CASE("limits and the environment of workers are refused where they can't be") {
  CHECK(refusal({"--max-memory", "lots"}) ==
        "--max-memory: \"lots\" is no size: write 512k, 256M, 1.5G or plain bytes");
  CHECK(refusal({"--max-memory", "0"}).find("is no size") != std::string::npos);
  CHECK(refusal({"--max-files", "3"}) == "--max-files: \"3\" is no whole number from 16");
  CHECK(refusal({"--clean-env", "--pass-env", "A=b"}) ==
        "--pass-env: \"A=b\" is no name of a variable; write NAME, or PREFIX* for all that begin so");
  CHECK(refusal({"--pass-env", "A"}) == "--pass-env needs --clean-env: without it workers get the whole environment");
}

TEST_CASE("--preload, and how much a task may grow, are read from flags and variables") {
  const RunOptions none = read({});
  CHECK_FALSE(none.workers.preload);
  CHECK(none.workers.steps.batches_per_step == 100'000);
  const RunOptions flags = read({"--preload", "--max-branches", "3", "--max-batches", "200000", "--max-task-steps", "5",
                                 "--max-task-edges", "7"});
  CHECK(flags.workers.preload);
  CHECK(flags.workers.steps.steps_per_decision == 3);
  CHECK(flags.workers.steps.batches_per_step == 200'000);
  CHECK(flags.workers.steps.steps_per_task == 5);
  CHECK(flags.workers.steps.dependencies_per_result == 7);
  const RunOptions variables = read({}, {{"TASKER_PRELOAD", "1"}, {"TASKER_MAX_BATCHES", "9"}});
  CHECK(variables.workers.preload);
  CHECK(variables.workers.steps.batches_per_step == 9);
  CHECK(refusal({"--max-batches", "0"}).starts_with("--max-batches: \"0\" is no whole number from 1"));
}

TEST_CASE("limits and the environment of workers are read from flags and variables") {
  const RunOptions flags =
      read({"--clean-env", "--pass-env", "AWS_*", "--pass-env", "X", "--max-memory", "1G", "--max-files", "256"});
  CHECK(flags.workers.clean_env);
  CHECK(flags.workers.pass_env == std::vector<std::string>{"AWS_*", "X"});
  CHECK(flags.workers.max_memory_bytes == 1'073'741'824);
  CHECK(flags.workers.open_files == 256);
  const RunOptions variables = read({}, {{"TASKER_CLEAN_ENV", "1"}, {"TASKER_PASS_ENV", "A:B_*"}});
  CHECK(variables.workers.pass_env == std::vector<std::string>{"A", "B_*"});
}

TEST_CASE("NO_COLOR counts whatever it says") {
  CHECK(read({}, {{"NO_COLOR", "whatever"}}).common.no_color);
  CHECK_FALSE(read({}).common.no_color);
}

TEST_CASE("a handler command takes the handler first, then the template") {
  const auto line = parse_command_line({"handler", "show", "A", "x.yaml"});
  const HandlerOptions show = read_handler_options(line, environment({}));
  CHECK(show.handler == "A");
  CHECK(show.template_path == "x.yaml");
  const auto listing = parse_command_line({"handler", "list", "x.yaml"});
  const HandlerOptions list = read_handler_options(listing, environment({}));
  CHECK(list.handler.empty());
  CHECK(list.template_path == "x.yaml");
}

TEST_CASE("a runner's command line stands behind --, its own flags included") {
  const ConformanceOptions options = read_conformance_options(
      parse_command_line({"rpc-conformance", "-H", "a.rb", "--only", "H1", "--only", "S2", "--timeout", "3s", "--",
                          "ruby", "--disable-gems", "runner.rb", "-o", "x"}),
      environment({}));
  CHECK(options.runner == std::vector<std::string>{"ruby", "--disable-gems", "runner.rb", "-o", "x"});
  CHECK(options.handlers == std::vector<std::string>{"a.rb"});
  CHECK(options.only == std::vector<std::string>{"H1", "S2"});
  CHECK(options.limit == 3s);
}

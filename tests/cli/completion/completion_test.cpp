#include "cli/completion/completion.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "cli/completion/lookup.hpp"
#include "cli/completion/ruby_classes.hpp"

using namespace tasker::cli;

namespace {

using Words = std::vector<std::string>;

/// What is offered and begins as the last word does.
Words offered(Words words) {
  const std::string current = words.back();
  words.pop_back();
  const Completion completion = complete(words, current);
  Words values;
  for (const Candidate& candidate : completion.known) {
    if (candidate.value.starts_with(completion.begin)) values.push_back(completion.prefix + candidate.value);
  }
  return values;
}

std::vector<Source> sources(Words words) {
  const std::string current = words.back();
  words.pop_back();
  return complete(words, current).sources;
}

bool offers(const Words& words, const std::string& value) {
  const Words all = offered(words);
  return std::find(all.begin(), all.end(), value) != all.end();
}

}  // namespace

TEST_CASE("completion: words that make no sense lead to nothing, not to an error") {
  CHECK(offered({"xyzzy", ""}).empty());
  CHECK(offered({"handler", "xyzzy", ""}).empty());
  CHECK(offered({"run", "--nonsense=", ""}).empty());
  CHECK(offered({"run", "x.yaml", "--nonsense="}).empty());
  CHECK(offered({"run", "--strict=x"}).empty());
  CHECK(complete({}, "").command == nullptr);
  CHECK(complete({"-", "--", "-="}, "--=").known.empty());
}

TEST_CASE("completion: commands, their other names, and the words of a group") {
  CHECK(offered({"gra"}) == Words{"graph"});
  CHECK(offered({"ru"}) == Words{"run-workflow", "run"});
  CHECK(offered({"handler", "s"}) == Words{"show"});
  CHECK(offered({"help", "val"}) == Words{"validate"});
  CHECK(offered({"task", "l"}) == Words{"list", "ls", "logs"});
}

TEST_CASE("completion: flags of the command at hand, each once unless it may be repeated") {
  CHECK(offers({"run", "--f"}, "--fail-fast"));
  CHECK_FALSE(offers({"graph", "--f"}, "--fail-fast"));
  CHECK_FALSE(offers({"run", "--fail-fast", "--f"}, "--fail-fast"));
  CHECK(offers({"run", "-H", "a", "--h"}, "--handlers"));
  CHECK(offers({"run", "x.yaml", ""}, "--strict"));
  CHECK(offered({"--h"}) == Words{"--help"});
}

TEST_CASE("completion: values that are words are offered, after a space or a sign") {
  CHECK(offered({"run", "-o", ""}) == Words{"text", "json", "jsonl"});
  CHECK(offered({"run", "--output=js"}) == Words{"--output=json", "--output=jsonl"});
  CHECK(offered({"task", "list", "--state", "c"}) == Words{"complete", "cancelled"});
  CHECK(offered({"handler", "new", "A", "--form", "batch"}) == Words{"batchable", "batch_worker"});
  CHECK(offered({"completion", ""}) == Words{"bash", "zsh", "fish"});
  CHECK(offered({"run", "--store", "s"}) == Words{"sqlite:"});
}

TEST_CASE("completion: values that only the machine knows are looked up") {
  CHECK(sources({"run", "x"}) == std::vector{Source::Templates});
  CHECK(sources({"run", "x.yaml", "-H", ""}) == std::vector{Source::Files});
  CHECK(sources({"run", "x.yaml", "--input", "@"}) == std::vector{Source::InputFiles});
  CHECK(sources({"task", "show", ""}) == std::vector{Source::Tasks});
  CHECK(sources({"task", "resolve-step", "3f2a", ""}) == std::vector{Source::Steps});
  CHECK(sources({"task", "logs", "3f2a", "--step="}) == std::vector{Source::Steps});
  CHECK(sources({"handler", "call", "O"}) == std::vector{Source::Handlers});
  CHECK(sources({"init", ""}) == std::vector{Source::Folders});
  CHECK(sources({"run", "-w", ""}).empty());
  CHECK(sources({"rpc-conformance", "--", ""}) == std::vector{Source::Files});
}

TEST_CASE("completion: what was given before is known to the look-up") {
  const Completion completion = complete({"task", "logs", "--store=sqlite:a.db", "3f2a", "--step"}, "");
  CHECK(completion.flag("store") == "sqlite:a.db");
  CHECK(completion.arguments == Words{"3f2a"});
}

TEST_CASE("completion: every argument and value of the table that names a kind leads somewhere") {
  const Words free = {"JSON", "N",     "DURATION", "SIZE",    "ID",           "KEY",  "TIME",
                      "NAME", "CLASS", "RULE",     "CONTEXT", "NAME|PREFIX*", "FILES"};
  for (const CommandSpec& command : command_table()) {
    for (const FlagSpec& flag : command.flags) {
      if (flag.value.empty() || std::find(free.begin(), free.end(), flag.value) != free.end()) continue;
      CAPTURE(flag.name);
      CHECK_FALSE(value_words(flag.value).empty());
    }
  }
}

TEST_CASE("completion: task commands are offered the tasks they can do something about") {
  CHECK(concerns_state("task show", "complete"));
  CHECK(concerns_state("task resume", "in_progress"));
  CHECK_FALSE(concerns_state("task cancel", "complete"));
  CHECK_FALSE(concerns_state("task retry", "in_progress"));
  CHECK(concerns_state("task retry", "error"));
  CHECK_FALSE(concerns_state("task resolve-step", "complete"));
}

TEST_CASE("completion: the classes of a Ruby file are found by their nesting") {
  CHECK(ruby_classes("# class Comment\n"
                     "module Orders\n"
                     "  class Charge\n"
                     "    class Declined < StandardError; end\n"
                     "    def process(*) = \"class Text\"\n"
                     "  end\n\n"
                     "  class Refund < Charge\n"
                     "  end\n"
                     "end\n"
                     "class Other::Thing; end\n"
                     "class << self\n"
                     "class lower\n"
                     "class") == Words{"Orders::Charge", "Orders::Charge::Declined", "Orders::Refund", "Other::Thing"});
  CHECK(ruby_classes("").empty());
}

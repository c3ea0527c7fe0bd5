#include "cli/run/input.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "cli/command_error.hpp"

using namespace tasker;
using namespace tasker::cli;

namespace {

std::string refusal(const std::string& text, const std::string& name = "in.json") {
  try {
    parse_input(text, name);
  } catch (const CommandError& error) {
    CHECK(error.code() == ExitCode::Invalid);
    CHECK(error.kind() == "input_invalid");
    REQUIRE(error.details().size() == 1);
    CHECK(error.details().front().file == name);
    return error.message();
  }
  return "no error";
}

std::string refusal_of(const std::string& given) {
  try {
    read_input(given);
  } catch (const CommandError& error) {
    CHECK(error.code() == ExitCode::Invalid);
    return error.message();
  }
  return "no error";
}

}  // namespace

TEST_CASE("what is no JSON is refused with line and column") {
  CHECK(refusal("{\"a\": 1,\n  \"ü\": nope}").find("in.json:2:8: the input is not usable JSON: ") == 0);
  CHECK(refusal("{\"a\": 1").find("in.json:1:") == 0);
  CHECK(refusal("{} {}").find("in.json:1:") == 0);
}

TEST_CASE("nothing at all is told as that") {
  CHECK(refusal("") == "in.json: the input is empty; an object is wanted, e.g. {}");
  CHECK(refusal(" \n").find("is empty") != std::string::npos);
}

TEST_CASE("what is JSON but no object is refused by its name") {
  CHECK(refusal("[1]") == "in.json: the input must be an object, not an array");
  CHECK(refusal("\"x\"") == "in.json: the input must be an object, not a string");
  CHECK(refusal("7") == "in.json: the input must be an object, not a number");
  CHECK(refusal("null") == "in.json: the input must be an object, not null");
  CHECK(refusal("true") == "in.json: the input must be an object, not a boolean");
}

TEST_CASE("200,000 levels deep is refused without following them") {
  std::string deep;
  for (int i = 0; i < 200'000; ++i) deep += "{\"a\":";
  CHECK(refusal(deep).find("100") != std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 are refused where they stand") {
  CHECK(refusal("{\"a\": \"\xff\"}").find("in.json:1:8: ") == 0);
}

TEST_CASE("an input above the limit is refused by its size") {
  CHECK(refusal("{\"a\": \"" + std::string(9 << 20, 'x') + "\"}") == "in.json: the input is larger than 8 MiB");
}

TEST_CASE("a file that is missing, a folder, or not named at all is refused") {
  CHECK(refusal_of("@/nowhere/in.json") == "/nowhere/in.json: can't open the input: No such file or directory");
  CHECK(refusal_of("@/tmp") == "/tmp: is a folder; the input must be a file");
  CHECK(refusal_of("@") == "@: no file is named; write @FILE");
}

TEST_CASE("who forgot the @ is told so") {
  const std::string path = std::filesystem::temp_directory_path() / ("tasker-input-" + std::to_string(getpid()));
  std::ofstream(path) << "{}";
  CHECK(refusal_of(path).find("; a file is given as @" + path) != std::string::npos);
  CHECK(read_input("@" + path).text() == "{}");
  std::remove(path.c_str());
}

TEST_CASE("an object is kept as it was written") {
  const std::string text =
      "{\"big\": 39402006196394479212279040100143613805, \"f\": 124.75999999999999, \"a\": 1, \"a\": 2}";
  CHECK(parse_input(text, "x").text() == text);
}

TEST_CASE("line and column count characters from one") {
  CHECK(position_of("ab", 0) == SourcePosition{1, 1});
  CHECK(position_of("üb\nx", 2) == SourcePosition{1, 2});
  CHECK(position_of("a\nbc", 3) == SourcePosition{2, 2});
  CHECK(position_of("a", 99) == SourcePosition{1, 2});
}

// What a process may put on the wire when it is broken or evil, in all sizes and split at all places: the same lines
// come out, and the same verdict.
#include "rpc/envelope.hpp"
#include "rpc/line_framer.hpp"

using namespace tasker;
using rpc::LineFramer;

namespace {

constexpr std::size_t kLimit = 64;

/// What came of a stream: each line with what it was taken for, and whether the limit was broken.
std::string reading(std::string_view stream, const std::vector<std::size_t>& cuts) {
  LineFramer framer(kLimit);
  std::string out;
  const auto read = [&](std::string_view line) {
    const rpc::Message message = rpc::parse_message(line, {.max_bytes = kLimit, .max_depth = 8});
    const auto* malformed = std::get_if<rpc::Malformed>(&message);
    out += std::to_string(line.size()) + (malformed ? " " + malformed->reason : " message") + "\n";
    return true;
  };
  std::size_t from = 0;
  for (const std::size_t cut : cuts) {
    framer.feed(stream.substr(from, cut - from), read);
    from = cut;
  }
  framer.feed(stream.substr(from), read);
  return out + (framer.overflowed() ? "too long" : "");
}

std::vector<std::string> hostile_lines() {
  std::vector<std::string> lines = {
      "",
      "\r",
      "\r\r",
      std::string(1, '\0'),
      "\xFF\xFE",
      "\xEF\xBB\xBF{}",
      "NaN",
      "{",
      "}",
      "[[[[[[[[[[[[[[[[[[",
      "{\"jsonrpc\":\"2.0\"}",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xC3\"}",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\\ud800\"}",
      "{\"jsonrpc\":\"2.0\",\"id\":18446744073709551617,\"result\":1}",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"result\":1}",
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}{\"jsonrpc\":\"2.0\"}",
      "HTTP/1.1 400 Bad Request\r",
      "\x1B[31mred\x1B[0m",
  };
  for (std::size_t size = kLimit - 3; size <= kLimit + 3; ++size) lines.emplace_back(size, 'x');
  return lines;
}

}  // namespace

TEST_SUITE_BEGIN("hostile lines");

TEST_CASE("each hostile line is judged the same wherever the stream is cut once, and the lines behind it, too") {
  const std::string good = "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n";
  for (const std::string& line : hostile_lines()) {
    const std::string stream = good + line + "\n" + good;
    const std::string whole = reading(stream, {});
    CAPTURE(line);
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) REQUIRE(reading(stream, {cut}) == whole);
  }
}

TEST_CASE("each hostile line is judged the same when every byte comes alone") {
  for (const std::string& line : hostile_lines()) {
    const std::string stream = line + "\n" + line + "\n";
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < stream.size(); ++i) cuts.push_back(i);
    CAPTURE(line);
    CHECK(reading(stream, cuts) == reading(stream, {}));
  }
}

TEST_CASE("lines of every size up to the limit pass, and none above it, cut anywhere") {
  for (std::size_t size = 0; size <= 2 * kLimit; ++size) {
    const std::string stream = std::string(size, 'y') + "\n";
    for (std::size_t cut = 0; cut <= stream.size(); cut += 7) {
      CAPTURE(size);
      CAPTURE(cut);
      CHECK((reading(stream, {cut}) == "too long") == (size > kLimit));
    }
  }
}

TEST_CASE("a message is whole or it is none: no prefix of one is taken for a message") {
  const std::string line = R"({"jsonrpc":"2.0","id":1,"result":{"results":[1,"a"]}})";
  for (std::size_t size = 0; size < line.size(); ++size) {
    CAPTURE(size);
    CHECK(std::holds_alternative<rpc::Malformed>(rpc::parse_message(line.substr(0, size), {})));
  }
  CHECK(std::holds_alternative<rpc::ResultMessage>(rpc::parse_message(line, {})));
}

TEST_SUITE_END();

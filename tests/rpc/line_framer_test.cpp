#include "rpc/line_framer.hpp"

using tasker::rpc::LineFramer;

namespace {

std::vector<std::string> lines_of(LineFramer& framer, std::string_view bytes) {
  std::vector<std::string> lines;
  framer.feed(bytes, [&](std::string_view line) { return lines.emplace_back(line), true; });
  return lines;
}
using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("line framer");

TEST_CASE("lines come out the same wherever the stream is cut") {
  const std::string stream = "first\n\nthird\r\nlast\n";
  for (std::size_t a = 0; a <= stream.size(); ++a) {
    for (std::size_t b = a; b <= stream.size(); ++b) {
      LineFramer framer(100);
      Lines all;
      for (const auto& part : {stream.substr(0, a), stream.substr(a, b - a), stream.substr(b)}) {
        for (auto& line : lines_of(framer, part)) all.push_back(line);
      }
      CHECK(all == Lines{"first", "", "third", "last"});
    }
  }
}

TEST_CASE("a line may be as long as the limit, and no byte longer, in one piece or in many") {
  LineFramer fits(8);
  CHECK(lines_of(fits, "12345678\n") == Lines{"12345678"});
  LineFramer whole(8);
  CHECK(lines_of(whole, "ok\n123456789\nnever\n") == Lines{"ok"});
  CHECK(whole.overflowed());
  LineFramer pieces(8);
  CHECK(lines_of(pieces, "12345").empty());
  CHECK(!pieces.overflowed());
  CHECK(lines_of(pieces, "6789").empty());
  CHECK(pieces.overflowed());
  CHECK(lines_of(pieces, "\nnever\n").empty());
}

TEST_CASE("an endless line costs no more memory than its limit") {
  LineFramer framer(1000);
  const std::string chunk(600, 'x');
  for (int i = 0; i < 100; ++i) lines_of(framer, chunk);
  CHECK(framer.overflowed());
  CHECK(framer.partial().size() <= 1000);
}

TEST_CASE("a reader that has seen enough stops the delivery") {
  LineFramer framer(100);
  Lines seen;
  framer.feed("a\nb\nc\n", [&](std::string_view line) { return seen.emplace_back(line), line != "b"; });
  CHECK(seen == Lines{"a", "b"});
}

TEST_SUITE_END();

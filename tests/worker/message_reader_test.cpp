#include "worker/message_reader.hpp"

using namespace tasker;
using namespace tasker::worker;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint kNow{1h};

struct Reader {
  std::vector<std::string> lines;
  MessageReader reader{{.max_bytes = 64, .max_depth = 10}, [this](const rpc::Message&, std::string_view line) {
                         lines.emplace_back(line);
                         return true;
                       }};
};

}  // namespace

TEST_SUITE_BEGIN("message reader");

TEST_CASE("lines come out whole, however their bytes come in") {
  Reader r;
  CHECK(!r.reader.feed("{\"a\":1}\n{\"b", kNow));
  CHECK(!r.reader.feed("\":2}\n", kNow));
  CHECK(r.lines == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"});
}

TEST_CASE("a line over the limit is told with its first bytes") {
  Reader r;
  const auto fault = r.reader.feed(std::string(65, 'x'), kNow);
  REQUIRE(fault);
  CHECK(fault->starts_with("wrote a line longer than 64 bytes; it begins: xxx"));
}

TEST_CASE("a line that is begun must end within 10 s; each further line has its own time") {
  Reader r;
  CHECK(r.reader.next_due() == TimePoint::max());
  r.reader.feed("{\"a\"", kNow);
  CHECK(r.reader.next_due() == kNow + 10s);
  r.reader.feed(":", kNow + 5s);  // a trickle does not help
  CHECK(!r.reader.overdue(kNow + 9s));
  CHECK(*r.reader.overdue(kNow + 10s) == "began a line and did not end it within 10 s; it begins: {\"a\":");
  r.reader.feed("1}\n{", kNow + 9s);
  CHECK(r.reader.next_due() == kNow + 19s);
  r.reader.feed("}\n", kNow + 9s);
  CHECK(r.reader.next_due() == TimePoint::max());
}

TEST_CASE("only time in which the engine's loop ran counts") {
  Reader r;
  r.reader.feed("{", kNow);
  r.reader.shift(1h);
  CHECK(!r.reader.overdue(kNow + 1h + 9s));
}

TEST_SUITE_END();

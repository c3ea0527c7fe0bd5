#include "cli/text/byte_size.hpp"

#include <doctest/doctest.h>

using tasker::cli::parse_size;

TEST_CASE("sizes as people write them") {
  CHECK(parse_size("512k") == 512 * 1024);
  CHECK(parse_size("256M") == 256 << 20);
  CHECK(parse_size("1.5G") == std::int64_t{3} << 29);
  CHECK(parse_size("2T") == std::int64_t{2} << 40);
  CHECK(parse_size("100") == 100);
  CHECK(parse_size("100B") == 100);
  CHECK(parse_size("1KiB") == 1024);
  CHECK(parse_size("1mb") == 1 << 20);
  CHECK(parse_size("0") == 0);
}

TEST_CASE("what is no size is refused") {
  for (const char* text : {"", "M", "-1", "1X", "1MM", "1 M", "1e3", "nan", "inf", "9999999T", "1iB2", "0x10"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_size(text).has_value());
  }
}

#include "store/row_codec.hpp"

#include <doctest/doctest.h>

#include "store/session.hpp"

using namespace tasker;
using namespace tasker::store;
using namespace tasker::test;

TEST_SUITE_BEGIN("row codec");

TEST_CASE("an error comes back from its text with every field") {
  conformance::check_same(error_from(error_text(full_error())), full_error());
  conformance::check_same(error_from(error_text(ErrorInfo{})), ErrorInfo{});
}

TEST_CASE("what an error holds as JSON keeps every digit and the order of its keys") {
  const std::string text = error_text(full_error());
  CHECK(text.find(full_error().cause.text()) != std::string::npos);
  CHECK(text.find(full_error().context.text()) != std::string::npos);
}

TEST_CASE("bytes that are not UTF-8 are replaced, not refused") {
  ErrorInfo error;
  error.message = "caf\xe9";
  error.worker = WorkerEvidence{.pid = 1, .exit_code = {}, .signal = "", .last_words = "\xff\x01."};
  const auto read = error_from(error_text(error));
  CHECK(read->message == "caf\xef\xbf\xbd");
  CHECK(read->worker->last_words == "\xef\xbf\xbd\x01.");
}

TEST_CASE("a cause as deep as a worker may send it is readable") {
  ErrorInfo error;
  std::string nested = "{}";
  for (int i = 0; i < 99; ++i) nested = "{\"cause\":" + nested + "}";
  error.cause = std::get<JsonText>(JsonText::parse(nested));
  CHECK(error_from(error_text(error))->cause == error.cause);
}

TEST_CASE("a stored error that is none is told as such") {
  CHECK_THROWS_WITH(error_from("[1"), doctest::Contains("a stored error is not readable: "));
  CHECK_THROWS_WITH(error_from("{\"kind\":\"gremlin\"}"), "a stored error is of the unknown kind \"gremlin\"");
}

TEST_CASE("NULL is no error, and the value null") {
  CHECK_FALSE(error_column(nullptr));
  CHECK_FALSE(error_from_column(std::nullopt));
  CHECK_FALSE(json_column(std::nullopt));
  CHECK(json_from_column(std::nullopt).is_null());
  CHECK(json_from_column("null").is_null());
}

TEST_SUITE_END();

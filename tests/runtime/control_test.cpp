#include "runtime/control.hpp"

#include <doctest/doctest.h>

using namespace tasker;

namespace {

/// Sends a request through its line and gives back what the engine was asked.
ControlRequest through(const ControlRequest& request) {
  ControlRequest heard;
  const std::string answer = answer_control(control_line(request), [&](const ControlRequest& asked) {
    heard = asked;
    return std::optional<std::string>();
  });
  CHECK(answer == R"({"ok":true})");
  return heard;
}

std::string answer_to(const std::string& line) {
  return answer_control(line, [](const ControlRequest&) { return std::optional<std::string>("no, \"thanks\""); });
}

}  // namespace

TEST_SUITE_BEGIN("control");

TEST_CASE("each request arrives as it was sent") {
  CHECK(std::get<CancelRequest>(through(CancelRequest{"u-1"})).task_uuid == "u-1");
  const auto retry = std::get<RetryRequest>(through(RetryRequest{"u-1", "charge \"it\""}));
  CHECK(retry.task_uuid == "u-1");
  CHECK(retry.step == "charge \"it\"");
  CHECK(std::get<RetryRequest>(through(RetryRequest{"u-1", ""})).step.empty());
  const auto resolve = std::get<ResolveRequest>(
      through(ResolveRequest{"u-1", "charge", JsonText::trusted(R"({"id": 123456789012345678901})")}));
  CHECK(resolve.step == "charge");
  CHECK(resolve.results.text() == R"({"id": 123456789012345678901})");
}

TEST_CASE("what the engine refuses, and what nobody understands, is answered with a sentence") {
  CHECK(answer_to(R"({"method":"cancel","task_uuid":"x"})") == R"({"ok":false,"message":"no, \"thanks\""})");
  CHECK(answer_to(R"({"method":"reboot"})") == R"({"ok":false,"message":"unknown method \"reboot\""})");
  CHECK(answer_to("{}") == R"({"ok":false,"message":"unknown method \"\""})");
  CHECK(answer_to("hello").find("no JSON object") != std::string::npos);
  CHECK(answer_to(R"({"method":"ping"})") == R"({"ok":true})");
}

TEST_SUITE_END();

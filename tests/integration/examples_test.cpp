// The examples as a user runs them: the real binary, real Ruby, and what comes out.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

namespace {

const std::string kExamples = project_root() + "/examples/";
const std::string kStatusFile = "/var/lib/dpkg/status";

struct Run {
  int exit_code;
  json result;

  const json& step(const std::string& name) const {
    const json& steps = result.at("steps");
    const auto found =
        std::find_if(steps.begin(), steps.end(), [&](const json& one) { return one.at("name") == name; });
    REQUIRE_MESSAGE(found != steps.end(), "no step ", name);
    return *found;
  }
  const json& results(const std::string& name) const { return step(name).at("results"); }
};

Run run_example(const std::string& name, const std::string& input, const std::string& workers = "2") {
  const Finished run =
      run_tasker({"run", kExamples + name + "/" + name + ".yaml", "-i", input, "-w", workers, "-o", "json"});
  CAPTURE(run.err);
  REQUIRE(json::accept(run.out));
  return {run.exit_code, json::parse(run.out)};
}

Run run_order(const std::string& file) {
  return run_example("order_fulfillment", "@" + kExamples + "order_fulfillment/" + file);
}

json audit(const std::string& status_file, const std::string& workers) {
  const Run run = run_example("package_audit", json{{"status_file", status_file}}.dump(), workers);
  CHECK(run.exit_code == 0);
  CHECK(run.result["state"] == "complete");
  return run.results("write_report");
}

void check_complete(const Run& run) {
  CHECK(run.exit_code == 0);
  CHECK(run.result["exit_code"] == 0);
  CHECK(run.result["state"] == "complete");
  for (const json& step : run.result["steps"]) {
    CAPTURE(step["name"]);
    CHECK(step["state"] == "complete");
    CHECK(step["error"].is_null());
  }
}

/// The step failed for good on its first attempt, and those after it were never started.
void check_permanent_failure(const Run& run, const std::string& failed, const std::string& error_code,
                             const std::vector<std::string>& dependants) {
  CHECK(run.exit_code == 1);
  CHECK(run.result["exit_code"] == 1);
  CHECK(run.result["state"] == "error");
  const json& step = run.step(failed);
  CHECK(step["state"] == "error");
  CHECK(step["attempts"] == 1);
  CHECK(step["history"].size() == 1);
  CHECK(step["error"]["kind"] == "permanent_error");
  CHECK(step["error"]["error_code"] == error_code);
  CHECK(step["error"]["retryable"] == false);
  for (const std::string& name : dependants) {
    CAPTURE(name);
    const json& dependant = run.step(name);
    CHECK(dependant["attempts"] == 0);
    CHECK(dependant["history"].empty());
    CHECK(dependant["error"]["kind"] == "blocked");
    CHECK(dependant["error"]["blocked_by"] == json::array({failed}));
  }
}

std::size_t installed_packages(const std::string& status_file) {
  std::ifstream file(status_file);
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    count += line.starts_with("Status: ") && line.ends_with(" installed") ? 1 : 0;
  }
  return count;
}

/// {"package": name, figure: value} each.
json ranking(const std::string& figure, const std::vector<std::pair<std::string, int>>& rows) {
  json list = json::array();
  for (const auto& [package, value] : rows) list.push_back({{"package", package}, {figure, value}});
  return list;
}

}  // namespace

TEST_SUITE_BEGIN("examples");

TEST_CASE("diamond: an even number goes through both branches") {
  const Run run = run_example("diamond", R"({"even_number":6})");
  check_complete(run);
  CHECK(run.results("start") == 36);
  CHECK(run.results("halve") == 18);
  CHECK(run.results("double") == 72);
  CHECK(run.results("finish") == json::parse(R"({"parts":{"halve":18,"double":72},"sum":90})"));
}

TEST_CASE("diamond: an odd number fails for good and blocks all the rest") {
  const Run run = run_example("diamond", R"({"even_number":7})");
  check_permanent_failure(run, "start", "NOT_EVEN", {"halve", "double", "finish"});
  CHECK(run.step("start")["error"]["message"] == "even_number must be an even integer, not 7");
}

TEST_CASE("order_fulfillment: an order is priced, reserved, charged, shipped and told about") {
  const Run run = run_order("order.json");
  check_complete(run);
  const json& order = run.results("validate_order");
  CHECK(order["subtotal_cents"] == 10650);
  CHECK(order["vat_cents"] == 2024);
  CHECK(order["total_cents"] == 12674);
  CHECK(run.results("reserve_inventory")["items"] == json::parse(R"({"TEA-250":3,"TEA-POT":1})"));
  const json& receipt = run.results("charge_card");
  CHECK(receipt["amount_cents"] == 12674);
  CHECK(receipt["currency"] == "EUR");
  CHECK(receipt["attempts"] == 1);
  CHECK_FALSE(receipt.contains("network"));
  const json& shipment = run.results("ship_order");
  CHECK(shipment["carrier"] == "Hermod Parcel");
  CHECK(shipment["weight_grams"] == 2720);
  CHECK(shipment["tracking_numbers"].size() == 2);
  CHECK(shipment["reservation_id"] == run.results("reserve_inventory")["reservation_id"]);
  const json& letter = run.results("notify_customer");
  CHECK(letter["to"] == "ada@example.com");
  CHECK(letter["subject"] == "Your order A-1042 is on its way");
  CHECK(letter["body"][1] == "3 x Darjeeling, 250 g: 37.50 EUR");
}

TEST_CASE("order_fulfillment: a declined card is final") {
  const Run run = run_order("declined.json");
  check_permanent_failure(run, "charge_card", "CARD_DECLINED", {"ship_order", "notify_customer"});
  const json& error = run.step("charge_card")["error"];
  CHECK(error["message"] == "card declined: insufficient funds");
  CHECK(error["context"] == json::parse(R"({"reason":"insufficient_funds"})"));
  CHECK(error["cause"]["class"] == "OrderFulfillment::PaymentGateway::Declined");
  CHECK(run.step("reserve_inventory")["state"] == "complete");
}

TEST_CASE("order_fulfillment: an outage of the gateway is waited out, and stays in the history") {
  const Run run = run_order("flaky.json");
  check_complete(run);
  const json& step = run.step("charge_card");
  CHECK(step["attempts"] == 2);
  CHECK(step["results"]["attempts"] == 2);
  REQUIRE(step["history"].size() == 2);
  const json& first = step["history"][0];
  CHECK(first["attempt"] == 1);
  CHECK(first["outcome"] == "handler_error");
  CHECK(first["error"]["message"] == "payment gateway: 503 Service Unavailable");
  CHECK(first["error"]["retryable"] == true);
  CHECK(first["error"]["retry_after"] == 0.05);
  CHECK(step["history"][1]["attempt"] == 2);
  CHECK(step["history"][1]["outcome"] == "complete");
  for (const std::string name : {"validate_order", "reserve_inventory", "ship_order", "notify_customer"}) {
    CAPTURE(name);
    CHECK(run.step(name)["attempts"] == 1);
  }
}

TEST_CASE("order_fulfillment: what isn't on the shelf isn't charged") {
  const Run run = run_order("no_stock.json");
  check_permanent_failure(run, "reserve_inventory", "OUT_OF_STOCK", {"charge_card", "ship_order", "notify_customer"});
  CHECK(run.step("reserve_inventory")["error"]["context"]["missing"] ==
        json::parse(R"([{"sku":"TEA-POT","wanted":4,"on_hand":3},{"sku":"MUG-GREEN","wanted":1,"on_hand":0}])"));
}

// All figures by hand, from the fixture.
TEST_CASE("package_audit: the figures of a small file") {
  const std::string file = kExamples + "package_audit/test/status";
  const json report = audit(file, "2");
  CHECK(report["status_file"] == file);
  CHECK(report["totals"] == json::parse(R"({"packages":7,"installed_kib":1045,"sections":4})"));
  CHECK(report["sections"] == json::parse(R"([{"section":"doc","packages":1,"installed_kib":500},
                                              {"section":"libs","packages":2,"installed_kib":340},
                                              {"section":"utils","packages":3,"installed_kib":135},
                                              {"section":"interpreters","packages":1,"installed_kib":70}])"));
  CHECK(report["largest_kib"] ==
        ranking("installed_kib",
                {{"docs", 500}, {"libc", 300}, {"app", 100}, {"gawk", 70}, {"libui", 40}, {"mawk", 25}, {"tool", 10}}));
  CHECK(report["most_needed"] ==
        ranking("fan_in", {{"libc", 5}, {"gawk", 1}, {"libui", 1}, {"mawk", 1}, {"app", 0}, {"docs", 0}, {"tool", 0}}));
  CHECK(report["breaks_most"] ==
        ranking("breaks", {{"libc", 5}, {"libui", 1}, {"app", 0}, {"docs", 0}, {"gawk", 0}, {"mawk", 0}, {"tool", 0}}));
  CHECK(report["pulls_in_most_kib"] ==
        ranking(
            "closure_kib",
            {{"docs", 500}, {"app", 440}, {"tool", 380}, {"gawk", 370}, {"libui", 340}, {"mawk", 325}, {"libc", 300}}));
  CHECK(report["pulls_in_most_with_recommended_kib"] ==
        ranking(
            "wide_closure_kib",
            {{"app", 940}, {"docs", 500}, {"tool", 380}, {"gawk", 370}, {"libui", 340}, {"mawk", 325}, {"libc", 300}}));
  CHECK(
      report["frees_most_kib"] ==
      ranking("freed_kib",
              {{"libc", 1045}, {"app", 640}, {"libui", 640}, {"docs", 500}, {"tool", 80}, {"gawk", 70}, {"mawk", 25}}));
}

TEST_CASE("package_audit: this machine's packages, the same with one worker and with two" *
          doctest::skip(!std::filesystem::exists(kStatusFile))) {
  const json report = audit(kStatusFile, "1");
  CHECK(report["totals"]["packages"] == installed_packages(kStatusFile));
  CHECK(report["largest_kib"].size() == std::min<std::size_t>(10, installed_packages(kStatusFile)));
  CHECK(audit(kStatusFile, "2") == report);
}

TEST_CASE("package_audit: a file that isn't there is told by name") {
  const Run run = run_example("package_audit", R"({"status_file":"/nowhere/status"})");
  check_permanent_failure(run, "partition_sections", "STATUS_FILE_UNREADABLE",
                          {"audit_0", "audit_1", "audit_2", "audit_3"});
  CHECK(run.step("partition_sections")["error"]["context"]["status_file"] == "/nowhere/status");
}

TEST_CASE("approval: the amount decides who is asked, and the record waits for them") {
  const auto asked = [](const std::string& input) {
    const Run run = run_example("approval", input);
    check_complete(run);
    return run.results("record");
  };
  CHECK(asked(R"({"item":"tea","amount_cents":900})") ==
        json::parse(R"({"item":"tea","approved":true,"asked":["petty cash"]})"));
  CHECK(asked(R"({"item":"gold","amount_cents":900000})") ==
        json::parse(R"({"item":"gold","approved":false,"asked":["manager","finance"]})"));
  const Run nothing = run_example("approval", R"({"item":"air","amount_cents":0})");
  check_complete(nothing);
  CHECK(nothing.result["steps"].size() == 1);
}

TEST_CASE("checksum_report: the files of installed packages are verified in batches") {
  const WorkFolder folder("checksums");
  for (int i = 0; i < 25; ++i) {
    const std::string number = std::to_string(100 + i);
    folder.write("etc/" + number, "hello");
    // md5 of "hello", but for one.
    folder.write("var/lib/dpkg/info/p" + number + ".md5sums",
                 (i == 3 ? "0" : "5") + ("d41402abc4b2a76b9719d911017c592  etc/" + number) + "\n");
  }
  const Run run = run_example("checksum_report", json{{"root", folder.path()}}.dump());
  check_complete(run);
  CHECK(run.step("verify_001")["attempts"] == 1);
  CHECK(run.step("verify_001")["history"].size() == 4);  // three checkpoints and the end
  CHECK(run.results("report") == json::parse(R"({"packages":25,"files":25,"bytes":125,"changed":["etc/103"],
                                                 "missing":[],"worker_count":2,"scenario":"with_batches"})"));
}

TEST_SUITE_END();

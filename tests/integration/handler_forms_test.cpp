// Forms of handlers, as the real binary sees them: what is refused before anything runs, and what carries a sum
// through.
#include <nlohmann/json.hpp>

#include "support/engine_process.hpp"
#include "support/paths.hpp"

using namespace tasker::test;
using nlohmann::json;

TEST_CASE("a handler of each form carries the sum on") {
  const Finished run = run_tasker({"run", project_root() + "/examples/handler_forms/handler_forms.yaml", "-i",
                                   R"({"start": 0})", "-o", "json", "--quiet"});
  CAPTURE(run.err);
  REQUIRE(run.exit_code == 0);
  const json result = json::parse(run.out);
  std::vector<int> sums;
  for (const json& step : result["steps"]) sums.push_back(step["results"]["sum"]);
  CHECK(sums == std::vector<int>{1, 3, 6, 12, 16, 21, 27});
}

TEST_CASE("a handler without an entry of its own needs a method, and says which it has") {
  const WorkFolder folder("methods");
  folder.write("handlers/payments.rb",
               "class Payments < TaskerCore::StepHandler::Base\n"
               "  def validate(context) = success(result: 1)\n"
               "  def refund(context) = success(result: 2)\n"
               "end\n");
  const std::string bad = folder.write("bad.yaml", "name: bad\nsteps: [{name: pay, handler: Payments}]\n");
  const Finished refused = run_tasker({"run", bad});
  CHECK(refused.exit_code == 3);
  CHECK(refused.err.find(R"(handler "Payments" has no entry of its own (step "pay"); name one of its methods as )"
                         R"(handler.method: refund, validate)") != std::string::npos);

  const std::string good =
      folder.write("good.yaml", "name: good\nsteps: [{name: pay, handler: {callable: Payments, method: refund}}]\n");
  const Finished run = run_tasker({"run", good, "-o", "json", "--quiet"});
  CAPTURE(run.out + run.err);
  CHECK(run.exit_code == 0);
}

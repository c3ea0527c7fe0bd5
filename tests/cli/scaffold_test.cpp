#include <doctest/doctest.h>

#include "cli/command_error.hpp"
#include "cli/options_reader.hpp"
#include "cli/scaffold/render.hpp"
#include "cli/schema/schema.hpp"

using namespace tasker::cli;
using namespace tasker::cli::scaffold;

namespace {

const std::string& text_of(const std::vector<NewFile>& files, const std::string& path) {
  for (const NewFile& file : files) {
    if (file.path == path) return file.text;
  }
  FAIL("no file " << path);
  return files.front().text;
}

HandlerNewOptions read_handler_new(std::vector<std::string> words) {
  words.insert(words.begin(), {"handler", "new"});
  return read_handler_new_options(parse_command_line(words), [](std::string_view) { return std::nullopt; });
}

}  // namespace

TEST_CASE("marks are filled, unknown ones and lonely braces stay") {
  CHECK(fill("a {{x}} b {{y}} {{x}}", {{"x", "1"}}) == "a 1 b {{y}} 1");
  CHECK(fill("{{x", {{"x", "1"}}) == "{{x");
  CHECK(fill("{a: {b: {}}}", {{"x", "1"}}) == "{a: {b: {}}}");
  CHECK(fill("", {}).empty());
  CHECK(fill("{{x}}", {{"x", "{{x}}"}}) == "{{x}}");
}

TEST_CASE("only a Ruby constant path names a handler") {
  CHECK(constant_path("Payments::ChargeCard") == std::vector<std::string>{"Payments", "ChargeCard"});
  CHECK(constant_path("A1_b") == std::vector<std::string>{"A1_b"});
  for (const char* wrong :
       {"", "charge", "Pay::charge", "::Pay", "Pay::", "Pay:Charge", "Pay Charge", "Pay::Ch-arge", "Ä"}) {
    CAPTURE(wrong);
    CHECK(!constant_path(wrong));
  }
}

TEST_CASE("files are named as Ruby names them") {
  CHECK(snake_case("ChargeCard") == "charge_card");
  CHECK(snake_case("HTTPServer") == "http_server");
  CHECK(snake_case("MyHTTP") == "my_http");
  CHECK(snake_case("Step2Done") == "step2_done");
  CHECK(snake_case("already_snake") == "already_snake");
}

TEST_CASE("a workflow is named after its folder") {
  CHECK(workflow_name("shop") == "shop");
  CHECK(workflow_name("MyShop") == "my_shop");
  CHECK(workflow_name("my shop (2)") == "my_shop_2");
  CHECK(workflow_name("2026") == "workflow_2026");
  CHECK(workflow_name("..") == "workflow");
  CHECK(workflow_name("") == "workflow");
}

TEST_CASE("a project has workflow, handlers, tests and a README, and no mark is left in it") {
  const auto files = project_files("shop");
  CHECK(text_of(files, "workflow.yaml")
            .starts_with("# yaml-language-server: $schema=workflow.schema.json\nname: shop\n"));
  CHECK(text_of(files, "workflow.schema.json") == schema_text("workflow"));
  CHECK(text_of(files, "README.md").starts_with("# shop\n"));
  CHECK(files.size() == 11);
  for (const NewFile& file : files) {
    CAPTURE(file.path);
    CHECK(file.text.find("{{") == std::string::npos);
    CHECK(file.text.ends_with("\n"));
  }
}

TEST_CASE("a handler stands in its modules, its test beside it") {
  const auto files = handler_files({"Pay", "Er", "Charge"}, "process", "app/handlers");
  CHECK(text_of(files, "app/handlers/pay/er/charge.rb")
            .starts_with("# frozen_string_literal: true\n\nmodule Pay\n  module Er\n    # Says what it does, in a "
                         "sentence.\n    class Charge\n      def process(task, sequence, step)\n"));
  CHECK(text_of(files, "app/handlers/pay/er/charge.rb").ends_with("    end\n  end\nend\n"));
  const std::string& test = text_of(files, "test/pay/er/charge_test.rb");
  CHECK(test.find("require_relative \"../../test_helper\"") != std::string::npos);
  CHECK(test.find("class PayErChargeTest < Minitest::Test") != std::string::npos);
  CHECK(test.find("Pay::Er::Charge") != std::string::npos);
}

TEST_CASE("every form of handler is filled in completely") {
  for (const std::string& form : handler_forms()) {
    CAPTURE(form);
    for (const NewFile& file : handler_files({"One"}, form, "handlers")) {
      CHECK(file.text.find("{{") == std::string::npos);
      CHECK(file.text.find("One") != std::string::npos);
    }
  }
}

TEST_CASE("handler new takes a form and a folder") {
  CHECK(read_handler_new({"Charge"}).form == "process");
  CHECK(read_handler_new({"Charge"}).folder == "handlers");
  const HandlerNewOptions options = read_handler_new({"Charge", "--form", "api", "--folder", "app"});
  CHECK(options.form == "api");
  CHECK(options.folder == "app");
  CHECK_THROWS_WITH_AS(
      read_handler_new({"Charge", "--form", "cal"}),
      "--form: \"cal\" is not one of process, call, decision, batchable, batch_worker or api; did you mean \"call\"?",
      CommandError);
  CHECK_THROWS_AS(read_handler_new({}), CommandError);
}

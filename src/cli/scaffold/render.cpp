#include "cli/scaffold/render.hpp"

#include <algorithm>
#include <array>

#include "cli/scaffold/texts.hpp"
#include "cli/schema/schema.hpp"

namespace tasker::cli::scaffold {

namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Form {
  std::string_view name;
  const char* const* handler;
  const char* const* test;
  std::string_view comment;
};

// Pointers to the texts, which other translation units initialize.
constexpr std::array<Form, 6> kForms{{
    {"process", &kHandlerProcess, &kHandlerProcessTest, "Says what it does, in a sentence."},
    {"call", &kHandlerCall, &kHandlerCallTest, "Says what it does, in a sentence."},
    {"decision", &kHandlerDecision, &kHandlerDecisionTest, "Chooses which of the steps behind it shall exist."},
    {"batchable", &kHandlerBatchable, &kHandlerBatchableTest, "Cuts the work into batches."},
    {"batch_worker", &kHandlerBatchWorker, &kHandlerBatchWorkerTest, "Works on one batch."},
    {"api", &kHandlerApi, &kHandlerApiTest, "Asks a server; the template's handler.initialization has its base_url."},
}};

const Form& form_named(std::string_view name) {
  return *std::find_if(kForms.begin(), kForms.end(), [&](const Form& form) { return form.name == name; });
}

std::string indented(std::string_view text, std::size_t levels) {
  std::string out;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    if (end > from) out.append(2 * levels, ' ').append(text.substr(from, end - from));
    out += '\n';
    from = end + 1;
  }
  return out;
}

/// The class within its modules.
std::string nested(const std::vector<std::string>& path, std::string_view text) {
  const std::size_t levels = path.size() - 1;
  std::string out = "# frozen_string_literal: true\n\n";
  for (std::size_t i = 0; i < levels; ++i) out.append(2 * i, ' ').append("module " + path[i] + "\n");
  out += indented(text, levels);
  for (std::size_t i = levels; i-- > 0;) out.append(2 * i, ' ').append("end\n");
  return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) out.append(out.empty() ? "" : separator).append(part);
  return out;
}

}  // namespace

std::string fill(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string out;
  std::size_t from = 0;
  while (from < text.size()) {
    const std::size_t open = text.find("{{", from);
    const std::size_t close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) break;
    const auto value = values.find(std::string(text.substr(open + 2, close - open - 2)));
    out.append(text.substr(from, open - from));
    out.append(value == values.end() ? text.substr(open, close + 2 - open) : std::string_view(value->second));
    from = close + 2;
  }
  return out.append(text.substr(from));
}

std::optional<std::vector<std::string>> constant_path(std::string_view name) {
  std::vector<std::string> parts;
  for (std::size_t from = 0;;) {
    const std::size_t end = name.find("::", from);
    const std::string_view part = name.substr(from, end == std::string_view::npos ? end : end - from);
    const auto fits = [](char c) { return is_upper(c) || is_lower(c) || is_digit(c) || c == '_'; };
    if (part.empty() || !is_upper(part.front()) || !std::all_of(part.begin(), part.end(), fits)) return std::nullopt;
    parts.emplace_back(part);
    if (end == std::string_view::npos) return parts;
    from = end + 2;
  }
}

std::string snake_case(std::string_view constant) {
  std::string out;
  for (std::size_t i = 0; i < constant.size(); ++i) {
    const char c = constant[i];
    const bool after_lower = i > 0 && (is_lower(constant[i - 1]) || is_digit(constant[i - 1]));
    const bool before_lower =
        i > 0 && i + 1 < constant.size() && is_upper(constant[i - 1]) && is_lower(constant[i + 1]);
    if (is_upper(c) && (after_lower || before_lower)) out += '_';
    out += is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string workflow_name(std::string_view folder) {
  std::string out;
  for (const char c : snake_case(folder)) {
    if (is_lower(c) || is_digit(c)) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  if (out.empty()) return "workflow";
  return is_digit(out.front()) ? "workflow_" + out : out;
}

std::vector<NewFile> project_files(const std::string& name) {
  const std::map<std::string, std::string> values{{"name", name}};
  return {{"README.md", fill(kProjectReadme, values)},
          {"workflow.yaml", fill(kProjectWorkflow, values)},
          {"workflow.schema.json", schema_text("workflow")},
          {"order.json", kProjectOrder},
          {"handlers/validate_order.rb", kProjectValidateOrder},
          {"handlers/price_order.rb", kProjectPriceOrder},
          {"handlers/send_receipt.rb", kProjectSendReceipt},
          {"test/test_helper.rb", kProjectTestHelper},
          {"test/workflow_test.rb", kProjectWorkflowTest},
          {"Rakefile", kProjectRakefile},
          {".gitignore", kProjectGitignore}};
}

std::vector<std::string> handler_forms() {
  std::vector<std::string> names;
  for (const Form& form : kForms) names.emplace_back(form.name);
  return names;
}

std::vector<NewFile> handler_files(const std::vector<std::string>& path, std::string_view form,
                                   const std::string& folder) {
  const Form& of = form_named(form);
  std::vector<std::string> files;
  std::string up, test_class;
  for (const std::string& part : path) {
    files.push_back(snake_case(part));
    test_class += part;
    if (files.size() < path.size()) up += "../";
  }
  const std::string name = joined(path, "::"), file = joined(files, "/");
  const std::string handler = fill(*of.handler, {{"constant", path.back()}, {"comment", std::string(of.comment)}});
  const std::string test = fill(
      kHandlerTestFile, {{"up", up}, {"test_class", test_class + "Test"}, {"body", fill(*of.test, {{"name", name}})}});
  return {{folder + "/" + file + ".rb", nested(path, handler)}, {"test/" + file + "_test.rb", test}};
}

}  // namespace tasker::cli::scaffold

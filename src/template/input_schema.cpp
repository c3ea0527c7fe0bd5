// The only file that includes valijson (10 seconds of compilation); it is built with VALIJSON_USE_EXCEPTIONS=1, without
// which a bad schema aborts the process.
#include "template/input_schema.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/constraint_builder.hpp>
#include <valijson/constraints/concrete_constraints.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "tasker/template_loader.hpp"
#include "template/schema_messages.hpp"
#include "template/schema_preparation.hpp"

#if !VALIJSON_USE_EXCEPTIONS
#error "valijson must be built with VALIJSON_USE_EXCEPTIONS=1"
#endif

namespace tasker {

namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

/// A rule about texts that RE2 decides: `pattern` or a `format`.
class TextRule : public valijson::constraints::PolyConstraint {
 public:
  TextRule(std::string pattern, std::string complaint)
      : pattern_(std::move(pattern)), complaint_(std::move(complaint)) {}

  bool validate(const valijson::adapters::Adapter& target, const std::vector<std::string>& context,
                valijson::ValidationResults* results) const override {
    if (!target.isString() || matches(pattern_, target.asString())) return true;
    if (results != nullptr) results->pushError(context, complaint_);
    return false;
  }

 private:
  Constraint* cloneInto(void* memory) const override { return new (memory) TextRule(pattern_, complaint_); }
  std::size_t sizeOf() const override { return sizeof(TextRule); }

  std::string pattern_;
  std::string complaint_;
};

class PatternBuilder : public valijson::ConstraintBuilder {
 public:
  valijson::constraints::Constraint* make(const valijson::adapters::Adapter& value) const override {
    const std::string pattern = value.asString();
    return new TextRule(pattern, "must match the pattern " + pattern);
  }
};

class FormatBuilder : public valijson::ConstraintBuilder {
 public:
  valijson::constraints::Constraint* make(const valijson::adapters::Adapter& value) const override {
    const std::string date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
    const std::string time =
        "([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    const std::string format = value.asString();
    if (format == "date") return new TextRule("^" + date + "$", "must be a date such as 2026-01-31");
    if (format == "time") return new TextRule("^" + time + "$", "must be a time such as 12:00:00Z");
    if (format == "date-time") {
      return new TextRule("^" + date + "[Tt]" + time + "$", "must be a moment such as 2026-01-31T12:00:00Z");
    }
    return new TextRule("", "");  // other formats are remarks
  }
};

void collect_keys(const Json& value, std::set<std::string>& keys) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) keys.insert(key);
  }
  if (!value.is_structured()) return;
  for (const Json& child : value) collect_keys(child, keys);
}

/// Builds the schema for a value with those keys. Throws what is wrong with it.
void build(Json& schema, const std::set<std::string>& keys, valijson::Schema& out) {
  SchemaPreparation(schema, keys).run();
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.addConstraintBuilder(kPatternKey, new PatternBuilder);  // the parser owns its builders
  parser.addConstraintBuilder(kFormatKey, new FormatBuilder);
  parser.populateSchema(Adapter(schema), out);
}

template <typename Body>
std::optional<std::string> complaint_of(const Body& body) {
  try {
    body();
    return std::nullopt;
  } catch (const SchemaRefusal& refusal) {
    return refusal.message;
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace

std::optional<std::string> schema_problem(const JsonText& schema) {
  const auto problem = complaint_of([&] {
    Json document = Json::parse(schema.view());
    valijson::Schema built;
    build(document, {}, built);
  });
  if (!problem) return std::nullopt;
  return "this is no usable JSON Schema: " + *problem;
}

std::vector<std::string> check_input(const TaskTemplate& task_template, const JsonText& context) {
  if (task_template.input_schema.is_null()) return {};
  std::vector<std::string> sentences;
  const auto problem = complaint_of([&] {
    Json schema = Json::parse(task_template.input_schema.view());
    const Json value = Json::parse(context.view());
    std::set<std::string> keys;
    collect_keys(value, keys);
    valijson::Schema built;
    build(schema, keys, built);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(built, Adapter(value), &results)) return;
    std::vector<SchemaMismatch> mismatches;
    for (const auto& error : results) mismatches.push_back({error.context, error.description});
    sentences = mismatch_sentences(mismatches, schema, value);
  });
  if (problem) sentences = {"/: the input cannot be checked: " + *problem};
  return sentences;
}

}  // namespace tasker

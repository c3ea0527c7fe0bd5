#include "template/environment.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "template/map_reader.hpp"
#include "template/older_keys.hpp"

namespace tasker {

namespace {

constexpr std::string_view kAllSteps = "ALL";
constexpr std::array<std::string_view, 4> kFixedKeys{"name", "namespace_name", "version", "environments"};

const Node* merged(const Node& base, const Node& over, Document& document) {
  if (!base.is(NodeKind::Map) || !over.is(NodeKind::Map)) return &over;
  std::vector<Entry> entries = base.entries();
  for (const Entry& change : over.entries()) {
    const auto known =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == change.key; });
    if (known == entries.end()) {
      entries.push_back(change);
    } else {
      *known = {change.key, change.position, merged(*known->value, *change.value, document)};
    }
  }
  return document.map(base.position, std::move(entries));
}

const Node* without(const Node& map, std::string_view key, Document& document) {
  std::vector<Entry> entries = map.entries();
  std::erase_if(entries, [&](const Entry& entry) { return entry.key == key; });
  return document.map(map.position, std::move(entries));
}

/// The steps of one template while environments change them.
class Steps {
 public:
  Steps(const Node& list, Document& document, Problems& problems)
      : position_(list.position), document_(document), problems_(problems) {
    for (const Node* step : list.items()) {
      steps_.push_back(translate_step(*step, document_, problems_));
      const Entry* name = steps_.back()->find("name");
      if (name == nullptr || !is_textual(*name->value)) continue;
      if (by_name_.emplace(name->value->text(), steps_.size() - 1).second) names_.push_back(name->value->text());
    }
  }

  bool has(const std::string& name) const { return by_name_.contains(name); }
  const std::vector<std::string>& names() const { return names_; }

  void change_all(const Node& change) {
    for (const Node*& step : steps_) step = merged_step(*step, change);
  }
  void change(const std::string& name, const Node& change) {
    const Node*& step = steps_[by_name_.at(name)];
    step = merged_step(*step, change);
  }

  const Node* list() const { return document_.list(position_, steps_); }

 private:
  const Node* merged_step(const Node& step, const Node& change) const {
    return step.is(NodeKind::Map) ? merged(step, change, document_) : &step;
  }

  SourcePosition position_;
  Document& document_;
  Problems& problems_;
  std::vector<const Node*> steps_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
  std::vector<std::string> names_;
};

/// Reads one environment: complains about what makes no sense, and applies the rest when it is the one asked for.
class EnvironmentReader {
 public:
  EnvironmentReader(const Entry& environment, Steps& steps, bool apply, Document& document, Problems& problems)
      : label_("environments." + environment.key),
        steps_(steps),
        apply_(apply),
        document_(document),
        problems_(problems) {}

  void change_steps(const Node& list) {
    if (!list.is(NodeKind::List)) {
      problems_.error(list.position, label_ + ".steps must be a list, not " + described(list));
      return;
    }
    for (const bool all : {true, false}) {
      for (const Node* item : list.items()) change_step(*item, all);
    }
  }

  const Node* change_template(const Node& root, const Node& changes) {
    std::vector<Entry> own;
    for (const Entry& entry : changes.entries()) {
      if (entry.key == "steps") continue;
      if (std::find(kFixedKeys.begin(), kFixedKeys.end(), entry.key) != kFixedKeys.end()) {
        problems_.error(entry.position, label_ + "." + entry.key + " cannot differ between environments");
      } else {
        own.push_back(entry);
      }
    }
    if (!apply_ || own.empty()) return &root;
    return merged(root, *document_.map(changes.position, std::move(own)), document_);
  }

 private:
  void change_step(const Node& item, bool all_pass) {
    const Entry* name = item.find("name");
    if (name == nullptr || !is_textual(*name->value)) {
      if (all_pass) problems_.error(item.position, label_ + ".steps: each item is a mapping with the name of a step");
      return;
    }
    const std::string& target = name->value->text();
    if ((target == kAllSteps) != all_pass) return;
    if (!all_pass && !steps_.has(target)) {
      problems_.doubtful(name->value->position, label_ + ".steps: unknown step " + in_quotes(target) +
                                                    problems_.did_you_mean(target, steps_.names()));
      return;
    }
    if (!apply_) return;
    const Node& change = *without(*translate_step(item, document_, problems_), "name", document_);
    all_pass ? steps_.change_all(change) : steps_.change(target, change);
  }

  std::string label_;
  Steps& steps_;
  bool apply_;
  Document& document_;
  Problems& problems_;
};

const Node* with_steps(const Node& root, const Node* steps, Document& document) {
  std::vector<Entry> entries = root.entries();
  for (Entry& entry : entries) {
    if (entry.key == "steps") entry.value = steps;
  }
  return document.map(root.position, std::move(entries));
}

}  // namespace

const Node* resolve_environment(const Node& written, const std::string& name, Document& document, Problems& problems) {
  const Node* root = translate_template(written, document, problems);
  const Entry* list = root->find("steps");
  if (list == nullptr || !list->value->is(NodeKind::List)) return root;
  Steps steps(*list->value, document, problems);
  const Entry* environments = root->find("environments");
  if (environments != nullptr && environments->value->is(NodeKind::Map)) {
    for (const Entry& environment : environments->value->entries()) {
      if (environment.value->is_null()) continue;
      if (!environment.value->is(NodeKind::Map)) {
        problems.error(environment.value->position,
                       "environments." + environment.key + " must be a mapping, not " + described(*environment.value));
        continue;
      }
      const Node* changes = translate_template(*environment.value, document, problems);
      EnvironmentReader reader(environment, steps, environment.key == name, document, problems);
      if (const Entry* changed = changes->find("steps"); changed != nullptr && !changed->value->is_null()) {
        reader.change_steps(*changed->value);
      }
      root = reader.change_template(*root, *changes);
    }
  }
  return with_steps(*root, steps.list(), document);
}

}  // namespace tasker

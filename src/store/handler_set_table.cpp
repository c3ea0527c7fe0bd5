#include "store/handler_set_table.hpp"

#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "store/template_table.hpp"

namespace tasker::store {

namespace {

void write_strings(JsonWriter& json, std::string_view name, const std::vector<std::string>& strings) {
  json.key(name).begin_array();
  for (const auto& text : strings) json.string(text);
  json.end_array();
}

}  // namespace

std::string handler_set_text(const HandlerSet& set) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_strings(json, "handlers", set.handlers);
  write_strings(json, "requires", set.requires_);
  json.field("environment", set.environment).field("ruby", set.ruby).field("directory", set.directory);
  json.key("env").begin_array();
  for (const auto& [name, value] : set.env) json.string(name).string(value);
  json.end_array().end_object();
  return out;
}

SharedHandlerSet handler_set_from_text(std::string_view body) {
  const auto members = JsonMembers::of_checked(body);
  auto set = std::make_shared<HandlerSet>();
  set->handlers = members.strings("handlers");
  set->requires_ = members.strings("requires");
  set->environment = members.string("environment").value_or("");
  set->ruby = members.string("ruby").value_or("ruby");
  set->directory = members.string("directory").value_or("");
  const auto env = members.strings("env");
  for (std::size_t i = 0; i + 1 < env.size(); i += 2) set->env.emplace_back(env[i], env[i + 1]);
  return set;
}

std::optional<std::int64_t> handler_set_row(Db& db, const SharedHandlerSet& set) {
  if (!set) return std::nullopt;
  const std::string body = handler_set_text(*set);
  const std::int64_t hash = text_hash(body);
  Statement& find = db.cached("SELECT id FROM handler_sets WHERE hash = ? AND body = ?");
  find.bind(hash).bind(body);
  if (find.step()) {
    const std::int64_t row = find.integer();
    find.reset();
    return row;
  }
  db.cached("INSERT INTO handler_sets (hash, body) VALUES (?, ?)").bind(hash).bind(body).run();
  return db.last_insert_rowid();
}

}  // namespace tasker::store

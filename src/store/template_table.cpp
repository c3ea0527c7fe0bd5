#include "store/template_table.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace tasker::store {

std::int64_t text_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  return static_cast<std::int64_t>(hash);
}

std::int64_t TemplateTable::row_of(const SharedTemplate& task_template) {
  if (const auto known = rows_.find(task_template.get()); known != rows_.end() && still_there(known->second)) {
    return known->second;
  }
  const std::int64_t row = find_or_insert(template_text(*task_template));
  // One object per row: an equal one that was loaded later takes the place of the first, so loading the same file for
  // every task does not pile templates up.
  SharedTemplate& kept = by_row_[row];
  if (kept) rows_.erase(kept.get());
  kept = task_template;
  rows_[kept.get()] = row;
  return row;
}

bool TemplateTable::still_there(std::int64_t row) {
  if (sharing_ == Sharing::Private) return true;
  Statement& find = db_.cached("SELECT 1 FROM templates WHERE id = ?").bind(row);
  const bool found = find.step();
  find.reset();
  return found;
}

std::int64_t TemplateTable::find_or_insert(const std::string& body) {
  const std::int64_t hash = text_hash(body);
  Statement& find = db_.cached("SELECT id FROM templates WHERE hash = ? AND body = ?");
  find.bind(hash).bind(body);
  if (find.step()) {
    const std::int64_t row = find.integer();
    find.reset();
    return row;
  }
  db_.cached("INSERT INTO templates (hash, body) VALUES (?, ?)").bind(hash).bind(body).run();
  return db_.last_insert_rowid();
}

SharedTemplate TemplateTable::at(std::int64_t row) {
  const auto known = by_row_.find(row);
  if (known != by_row_.end()) return known->second;
  Statement& find = db_.cached("SELECT body FROM templates WHERE id = ?").bind(row);
  if (!find.step()) throw std::runtime_error("template " + std::to_string(row) + " is not in the store");
  const std::string body = find.text();
  find.reset();
  const SharedTemplate read = template_from_text(body);
  by_row_[row] = read;
  rows_[read.get()] = row;
  return read;
}

// Twice as many as were in use last time: the cost is spread over the templates that came since.
void TemplateTable::sweep() {
  if (by_row_.size() < sweep_at_) return;
  if (sharing_ == Sharing::Shared) {
    rows_.clear();
    by_row_.clear();
    return;
  }
  Statement& drop = db_.cached(
      "DELETE FROM templates WHERE NOT EXISTS (SELECT 1 FROM tasks WHERE template_id = templates.id) "
      "RETURNING id");
  while (drop.step()) {
    const auto dropped = by_row_.find(drop.integer());
    if (dropped == by_row_.end()) continue;
    rows_.erase(dropped->second.get());
    by_row_.erase(dropped);
  }
  sweep_at_ = std::max<std::size_t>(16, 2 * by_row_.size());
}

}  // namespace tasker::store

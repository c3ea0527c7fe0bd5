#include <stdexcept>
#include <string>
#include <utility>

#include "core/nearest_name.hpp"
#include "store/sqlite_store.hpp"
#include "tasker/store.hpp"

namespace tasker {

namespace {

constexpr const char* kSyntax = "A store is written SCHEME:REST; this build knows \"memory:\".";

std::unique_ptr<Store> open_memory(const std::string& url, const std::string& rest, Post post) {
  if (!rest.empty()) {
    throw std::runtime_error("store \"" + url + "\": nothing is expected after \"memory:\", it has no file.");
  }
  auto db = store::Db::in_memory();
  store::create_schema(db);
  return std::make_unique<store::SqliteStore>(std::move(db), std::move(post));
}

}  // namespace

std::unique_ptr<Store> open_store(const std::string& url, Post post) {
  const auto colon = url.find(':');
  const std::string scheme = url.substr(0, colon);
  if (colon == std::string::npos) {
    const std::string meant = scheme == "memory" ? "; did you mean \"memory:\"?" : " has no scheme.";
    throw std::runtime_error("store \"" + url + "\"" + meant + " " + kSyntax);
  }
  if (scheme == "memory") return open_memory(url, url.substr(colon + 1), std::move(post));
  if (scheme == "sqlite") {
    throw std::runtime_error("store \"" + url +
                             "\": this build keeps tasks in memory only, a file can't be used yet. Use \"memory:\".");
  }
  const std::string meant = did_you_mean(scheme, {"memory", "sqlite"});
  throw std::runtime_error("store \"" + url + "\": unknown scheme \"" + scheme + "\"" + (meant.empty() ? "." : meant) +
                           " " + kSyntax);
}

}  // namespace tasker

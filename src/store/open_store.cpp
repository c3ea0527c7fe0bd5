#include <stdexcept>
#include <string>
#include <utility>

#include "core/nearest_name.hpp"
#include "store/migrations.hpp"
#include "store/sqlite_store.hpp"
#include "store/store_file.hpp"
#include "tasker/store.hpp"

namespace tasker {

namespace {

constexpr const char* kSyntax = "A store is written SCHEME:REST, as memory: or sqlite:PATH.";

std::unique_ptr<Store> open_memory(Post post) {
  auto db = store::Db::in_memory();
  store::migrate(db);
  return std::make_unique<store::SqliteStore>(std::move(db), std::move(post));
}

std::unique_ptr<Store> open_file(const std::string& path, Post post, const StoreOptions& options) {
  auto db = store::open_for_writing(path, options);
  try {
    store::StoreFile file{path, options.patience, store::register_engine(db, path)};
    return std::make_unique<store::SqliteStore>(std::move(db), std::move(post), std::move(file));
  } catch (const store::SqliteError& error) {
    throw std::runtime_error(store::explain(path, error));
  }
}

}  // namespace

std::optional<std::string> store_path(const std::string& url) {
  const auto colon = url.find(':');
  const std::string scheme = url.substr(0, colon);
  if (colon == std::string::npos) {
    const std::string meant = scheme == "memory"
                                  ? "; did you mean \"memory:\"?"
                                  : " has no scheme" + (url.empty() ? "." : "; did you mean \"sqlite:" + url + "\"?");
    throw std::runtime_error("store \"" + url + "\"" + meant + " " + kSyntax);
  }
  const std::string rest = url.substr(colon + 1);
  if (scheme == "memory") {
    if (rest.empty()) return std::nullopt;
    throw std::runtime_error("store \"" + url + "\": nothing is expected after \"memory:\", it has no file.");
  }
  if (scheme == "sqlite") {
    if (!rest.empty()) return rest;
    throw std::runtime_error("store \"" + url + "\": a path is expected after \"sqlite:\", e.g. sqlite:tasks.db.");
  }
  const std::string meant = did_you_mean(scheme, {"memory", "sqlite"});
  throw std::runtime_error("store \"" + url + "\": unknown scheme \"" + scheme + "\"" + (meant.empty() ? "." : meant) +
                           " " + kSyntax);
}

std::unique_ptr<Store> open_store(const std::string& url, Post post, const StoreOptions& options) {
  const auto path = store_path(url);
  return path ? open_file(*path, std::move(post), options) : open_memory(std::move(post));
}

}  // namespace tasker

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tasker::cli {

enum class Key { Up, Down, PageUp, PageDown, Home, End, Enter, Back, Quit };

/// Makes keys out of what a terminal sends. Sequences may come in pieces; unknown ones are swallowed whole. Pure.
class KeyReader {
 public:
  std::vector<Key> take(std::string_view bytes);
  /// Nothing came for a while: an escape that stands alone is the key itself.
  std::vector<Key> pause();

 private:
  std::string pending_;
};

}  // namespace tasker::cli

#include "cli/watch/keys.hpp"

#include <array>
#include <optional>
#include <utility>

namespace tasker::cli {

namespace {

constexpr char kEscape = '\x1b';
constexpr std::size_t kLongest = 32;  ///< of a sequence; what is longer is noise

constexpr std::array<std::pair<std::string_view, Key>, 16> kSequences{{{"[A", Key::Up},
                                                                       {"[B", Key::Down},
                                                                       {"OA", Key::Up},
                                                                       {"OB", Key::Down},
                                                                       {"[5~", Key::PageUp},
                                                                       {"[6~", Key::PageDown},
                                                                       {"[H", Key::Home},
                                                                       {"OH", Key::Home},
                                                                       {"[1~", Key::Home},
                                                                       {"[7~", Key::Home},
                                                                       {"[F", Key::End},
                                                                       {"OF", Key::End},
                                                                       {"[4~", Key::End},
                                                                       {"[8~", Key::End},
                                                                       {"[D", Key::Back},
                                                                       {"[C", Key::Enter}}};

std::optional<Key> plain_key(char c) {
  switch (c) {
    case 'q':
    case 'Q':
    case '\x03':  // Ctrl-C, where it comes as a key
      return Key::Quit;
    case 'k':
      return Key::Up;
    case 'j':
      return Key::Down;
    case 'b':
      return Key::PageUp;
    case ' ':
      return Key::PageDown;
    case 'g':
      return Key::Home;
    case 'G':
      return Key::End;
    case '\r':
    case '\n':
      return Key::Enter;
    case '\x7f':
    case 'h':
      return Key::Back;
    default:
      return std::nullopt;
  }
}

/// Whether a sequence is whole: CSI ends with a letter or a tilde, SS3 has one byte.
bool is_whole(std::string_view text) {
  if (text.size() < 2) return false;
  if (text[1] != '[') return text[1] != 'O' || text.size() > 2;
  return text.size() > 2 && text.back() >= '@' && text.back() <= '~';
}

}  // namespace

std::vector<Key> KeyReader::take(std::string_view bytes) {
  std::vector<Key> keys;
  for (const char c : bytes) {
    if (pending_.empty() && c != kEscape) {
      if (const auto key = plain_key(c)) keys.push_back(*key);
      continue;
    }
    if (pending_.size() == 1 && c == kEscape) {
      keys.push_back(Key::Back);  // two in a row: the first stood alone
      continue;
    }
    pending_ += c;
    if (!is_whole(pending_) && pending_.size() < kLongest) continue;
    for (const auto& [sequence, key] : kSequences) {
      if (std::string_view(pending_).substr(1) == sequence) keys.push_back(key);
    }
    pending_.clear();
  }
  return keys;
}

std::vector<Key> KeyReader::pause() {
  if (std::exchange(pending_, "") != std::string(1, kEscape)) return {};
  return {Key::Back};
}

}  // namespace tasker::cli

#include "cli/text/backtrace.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "cli/terminal/text_width.hpp"
#include "cli/text/short_path.hpp"

namespace tasker::cli {

namespace {

constexpr std::size_t kFrames = 5;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes `3.` off the front of `3.1.0/`.
bool take_number(std::string_view& text, char end) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits == 0 || digits == text.size() || text[digits] != end) return false;
  text.remove_prefix(digits + 1);
  return true;
}

/// A folder of Ruby's own libraries is named by its version: /usr/lib/ruby/3.1.0/.
bool is_in_versioned_folder(std::string_view frame) {
  constexpr std::string_view kFolder = "/ruby/";
  for (std::size_t at = frame.find(kFolder); at != std::string_view::npos; at = frame.find(kFolder, at + 1)) {
    std::string_view rest = frame.substr(at + kFolder.size());
    if (take_number(rest, '.') && take_number(rest, '.') && take_number(rest, '/')) return true;
  }
  return false;
}

std::string frames_text(std::size_t count) { return std::to_string(count) + (count == 1 ? " frame" : " frames"); }

/// `Ruby and tasker`, of those that own one of the frames.
std::string owners_text(const std::vector<std::string>& frames) {
  constexpr std::array<std::pair<FrameOwner, std::string_view>, 3> kNames{
      {{FrameOwner::Ruby, "Ruby"}, {FrameOwner::Gem, "gems"}, {FrameOwner::Tasker, "tasker"}}};
  std::vector<std::string_view> owners;
  for (const auto& [owner, name] : kNames) {
    const auto owns = [wanted = owner](const std::string& frame) { return owner_of(frame) == wanted; };
    if (std::any_of(frames.begin(), frames.end(), owns)) owners.push_back(name);
  }
  std::string out;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    out.append(i == 0 ? "" : i + 1 == owners.size() ? " and " : ", ").append(owners[i]);
  }
  return out;
}

}  // namespace

FrameOwner owner_of(std::string_view frame) {
  const auto has = [&](std::string_view part) { return frame.find(part) != std::string_view::npos; };
  if (has("/ruby_runner/") || has("/gems/tasker_core-")) return FrameOwner::Tasker;
  if (has("/gems/")) return FrameOwner::Gem;
  const bool is_ruby =
      frame.starts_with("<internal:") || has("/vendor_ruby/") || has("/site_ruby/") || is_in_versioned_folder(frame);
  return is_ruby ? FrameOwner::Ruby : FrameOwner::Author;
}

std::string first_frame(const std::vector<std::string>& backtrace) {
  const auto own = std::find_if(backtrace.begin(), backtrace.end(),
                                [](const std::string& frame) { return owner_of(frame) == FrameOwner::Author; });
  if (own != backtrace.end()) return *own;
  return backtrace.empty() ? "" : backtrace.front();
}

std::string backtrace_block(const std::vector<std::string>& backtrace, const Style& style) {
  std::vector<std::string> shown, others;
  std::partition_copy(backtrace.begin(), backtrace.end(), std::back_inserter(shown), std::back_inserter(others),
                      [](const std::string& frame) { return owner_of(frame) == FrameOwner::Author; });
  if (shown.empty()) {
    const auto few = static_cast<std::ptrdiff_t>(std::min(others.size(), kFrames));
    shown.assign(others.begin(), others.begin() + few);
    others.erase(others.begin(), others.begin() + few);
  }
  const std::size_t hidden = shown.size() - std::min(shown.size(), kFrames);
  std::string out;
  for (std::size_t i = 0; i + hidden < shown.size(); ++i) {
    out += "    " + style.dim(one_line(short_path(shown[i]))) + "\n";
  }
  if (hidden == 0 && others.empty()) return out;
  std::string rest(style.glyph("… ", "... "));
  if (hidden > 0) rest += std::to_string(hidden) + " more" + (others.empty() ? " frames" : " and ");
  if (!others.empty()) rest += frames_text(others.size()) + " of " + owners_text(others);
  return out + "    " + style.dim(rest) + "\n";
}

}  // namespace tasker::cli

#pragma once

#include <string>
#include <string_view>

namespace tasker::cli {

/// How text may be dressed for one stream. Without colour every function gives its text back as it is.
struct Style {
  bool tty = false;
  bool color = false;
  bool unicode = true;  ///< glyphs beyond ASCII
  int width = 100;      ///< columns
  int height = 24;      ///< lines

  std::string bold(std::string_view text) const { return paint("1", text); }
  std::string dim(std::string_view text) const { return paint("2", text); }
  std::string red(std::string_view text) const { return paint("31", text); }
  std::string green(std::string_view text) const { return paint("32", text); }
  std::string magenta(std::string_view text) const { return paint("35", text); }
  std::string cyan(std::string_view text) const { return paint("36", text); }

  /// The glyph, or what stands for it where only ASCII can be shown.
  std::string_view glyph(std::string_view unicode_text, std::string_view ascii) const {
    return unicode ? unicode_text : ascii;
  }

 private:
  std::string paint(std::string_view code, std::string_view text) const;
};

/// What is known about a stream before anything is decided.
struct StreamFacts {
  bool tty = false;
  bool no_color_flag = false;
  std::string no_color;  ///< the variable NO_COLOR
  std::string term;      ///< TERM
  std::string locale;    ///< LC_ALL, LC_CTYPE or LANG, the first that is set
  int columns = 0;       ///< 0: unknown
  int lines = 0;
};

/// Decides how to dress a stream. Pure.
Style style_from(const StreamFacts& facts);

/// The style of an open stream, e.g. STDERR_FILENO.
Style stream_style(int fd, bool no_color_flag);

}  // namespace tasker::cli

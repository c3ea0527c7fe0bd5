#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tasker::cli {

/// Columns that a text takes on a terminal: characters, not bytes; wide ones count twice, combining ones not at all.
/// The text holds no escape codes.
std::size_t display_width(std::string_view text);

/// The text, or as much of its beginning as fits into `width` columns with the ellipsis that says so.
std::string cut(std::string_view text, std::size_t width, std::string_view ellipsis = "…");

/// Cut to `width`, then filled up with spaces to exactly `width`.
std::string fit_left(std::string_view text, std::size_t width, std::string_view ellipsis = "…");
/// The same with the spaces in front.
std::string fit_right(std::string_view text, std::size_t width);

/// What may be shown on one line whatever a handler wrote: line ends and tabs become spaces, escape sequences and other
/// control characters are left out, bytes that are not UTF-8 become U+FFFD.
std::string one_line(std::string_view text);

/// JSON text in which characters that a terminal would obey are written as `\u009b`: the same value. What is below
/// U+0020 is escaped in JSON already.
std::string escaped_for_terminal(std::string_view json);

}  // namespace tasker::cli

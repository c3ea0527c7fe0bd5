#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

#include "cli/terminal/terminal.hpp"
#include "cli/terminal/text_width.hpp"
#include "cli/watch/step_tree.hpp"

namespace tasker::cli {

/// A line made of plain pieces, each cut to what is left of the width before it is dressed: an escape code is never
/// cut.
class PiecedLine {
 public:
  explicit PiecedLine(std::size_t width) : left_(width) {}
  template <typename Dress>
  PiecedLine& add(const std::string& text, Dress dress) {
    const std::string piece = cut(text, left_);
    left_ -= std::min(left_, display_width(piece));
    out_ += dress(piece);
    return *this;
  }
  PiecedLine& add(const std::string& text) {
    return add(text, [](const std::string& piece) { return piece; });
  }
  const std::string& text() const { return out_; }

 private:
  std::size_t left_;
  std::string out_;
};

/// Columns of a terminal that are written to: the last stays empty, some wrap as soon as it is taken.
std::size_t columns_of(const Style& style);

/// What stands in a step's row, plain.
struct StepCells {
  std::string name;
  StepState state = StepState::Pending;
  std::string mark;      ///< instead of that of its state; empty: the state's
  std::string standing;  ///< e.g. `running  1.2 s`
  std::string note;      ///< its error, or what it last said
  bool note_is_error = false;
};

/// The columns that all rows share.
struct StepColumns {
  std::size_t name = 0;  ///< with the branch in front of it
  std::size_t standing = 0;
  /// Makes room for a row, within two fifths of the terminal.
  void fit(const TreeRow& row, const StepCells& cells, const Style& style);
};

std::string step_row(const TreeRow& row, const StepCells& cells, const StepColumns& columns, const Style& style);
/// The row of several steps that are told in one.
std::string folded_row(const TreeRow& row, const Style& style);

}  // namespace tasker::cli

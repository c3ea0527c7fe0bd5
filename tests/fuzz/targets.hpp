#pragma once

#include <array>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tasker::fuzz {

// What the fuzzers call with bytes of their own making, and the unit tests with the kept corpus. Each checks what must
// hold for any input and throws Broken where it does not.
void json_scan(std::string_view bytes);
void line_framer(std::string_view bytes);
void envelope(std::string_view bytes);
void dispatcher(std::string_view bytes);
void step_answer(std::string_view bytes);
void handshake(std::string_view bytes);
void template_loader(std::string_view bytes);

struct Target {
  const char* name;  ///< of its folder in corpus/, too
  void (*run)(std::string_view bytes);
};
inline constexpr std::array<Target, 7> kTargets = {{{"json_scan", json_scan},
                                                    {"line_framer", line_framer},
                                                    {"envelope", envelope},
                                                    {"dispatcher", dispatcher},
                                                    {"step_answer", step_answer},
                                                    {"handshake", handshake},
                                                    {"template_loader", template_loader}}};

struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

inline void require(bool holds, const std::string& what) {
  if (!holds) throw Broken(what);
}

}  // namespace tasker::fuzz

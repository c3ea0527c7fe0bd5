#pragma once

/// What `tasker completion` prints, compiled in from this folder. Each script asks `tasker __complete WORD...`, the
/// words up to the cursor, the last one unfinished, and gets a line per word that may stand there: the word, a tab,
/// what it is.
namespace tasker::cli::shell_script {

extern const char* const kBash;
extern const char* const kZsh;
extern const char* const kFish;

}  // namespace tasker::cli::shell_script

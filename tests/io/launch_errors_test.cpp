#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "io/child_process.hpp"
#include "support/io_probe.hpp"

using tasker::testing::Playground;

namespace {

/// A directory of its own, and files in it.
class Workshop {
 public:
  Workshop() : path_(std::filesystem::temp_directory_path() / ("tasker-io-" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path_);
  }
  ~Workshop() { std::filesystem::remove_all(path_); }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  std::string file(const std::string& name, const std::string& text, mode_t mode) const {
    const auto path = (path_ / name).string();
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// RLIMIT_NOFILE bounds the number of a descriptor, not how many there are.
rlim_t limit_that_leaves(int spare) {
  int number = 0;
  for (int left = spare; left > 0; ++number) {
    if (::fcntl(number, F_GETFD) < 0) --left;
  }
  return static_cast<rlim_t>(number);
}

/// UBSan opens a pipe to look at an object of a type it hasn't met, and calls it invalid when it gets none.
void introduce_system_error_to_ubsan() {
  try {
    throw std::system_error(EMFILE, std::system_category(), "none left");
  } catch (const std::system_error& error) {
    CHECK(error.code().value() == EMFILE);
    CHECK(std::string(error.what()).starts_with("none left"));
  }
}

}  // namespace

TEST_SUITE_BEGIN("launch errors");

TEST_CASE("a program that doesn't exist is reported by name") {
  Playground here;
  CHECK(here.refusal({"rubby"}) == "can't start \"rubby\": No such file or directory");
  CHECK(here.refusal({"/no/such/ruby"}) == "can't start \"/no/such/ruby\": No such file or directory");
  CHECK(here.refusal({""}) == "can't start \"\": No such file or directory");
  CHECK(here.refusal({}) == "can't start \"\": No such file or directory");
}

TEST_CASE("a file that may not be run, or is no program, is reported as that") {
  Playground here;
  const Workshop shop;
  const auto text = shop.file("text", "words", 0644);
  const auto wordless = shop.file("wordless", "no first line", 0755);
  const auto shim = shop.file("shim", "#!/opt/gone/ruby\n", 0755);
  CHECK(here.refusal({text}) == "can't start \"" + text + "\": Permission denied");
  CHECK(here.refusal({"/tmp"}) == "can't start \"/tmp\": Is a directory");
  CHECK(here.refusal({wordless}) == "can't start \"" + wordless + "\": Exec format error (a script needs a #! line)");
  CHECK(here.refusal({shim}) ==
        "can't start \"" + shim + "\": the interpreter that " + shim + " asks for (its #! line) doesn't exist");
}

TEST_CASE("a directory to run in that is none is reported as that") {
  Playground here;
  CHECK(here.refusal({"true"}, "/no/such") ==
        "can't start \"true\": its directory \"/no/such\": No such file or directory");
  CHECK(here.refusal({"true"}, "/etc/passwd") ==
        "can't start \"true\": its directory \"/etc/passwd\": Not a directory");
}

TEST_CASE("the program is looked for in the child's PATH, and from the child's directory") {
  Playground here;
  const Workshop shop;
  shop.file("greet", "#!/bin/sh\necho \"hi from $0\"\n", 0755);
  here.env = {{"PATH", "/no/such:" + shop.path()}};
  const auto by_path = here.start({"greet"});
  here.env = {{"PATH", "."}};
  const auto by_relative_path = here.start({"greet"}, shop.path());
  const auto by_relative_name = here.start({"./greet"}, shop.path());
  REQUIRE(here.wait([&] { return by_path->gone() && by_relative_path->gone() && by_relative_name->gone(); }));
  CHECK(by_path->out == "hi from " + shop.path() + "/greet\n");
  CHECK(by_relative_path->out == "hi from ./greet\n");
  CHECK(by_relative_name->out == "hi from ./greet\n");
}

TEST_CASE("a file that may not be run hides no program further down the PATH") {
  Playground here;
  const Workshop shop;
  shop.file("true", "words", 0644);
  shop.file("words", "words", 0644);
  here.env = {{"PATH", shop.path() + ":/usr/bin:/bin"}};
  CHECK(here.refusal({"words"}) == "can't start \"words\": Permission denied");
  const auto child = here.start({"true"});
  CHECK(here.wait_gone(*child));
}

TEST_CASE("an engine out of descriptors says so and starts nothing") {
  introduce_system_error_to_ubsan();
  Playground here;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const auto open_before = tasker::testing::open_descriptors(::getpid());
  // Fails at another step each time: three pipes of two ends each, then the pidfd.
  for (int spare = 0; spare <= 7; ++spare) {
    CAPTURE(spare);
    const rlimit tight{limit_that_leaves(spare), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
    const auto refusal = here.refusal({"true"});
    ::setrlimit(RLIMIT_NOFILE, &before);
    CAPTURE(refusal);
    CHECK((refusal.find("Too many open files") != std::string::npos) == (spare < 7));
    CHECK(tasker::testing::open_descriptors(::getpid()) == open_before);
    CHECK_FALSE(tasker::testing::has_zombies());
  }
}

TEST_CASE("a failed start leaves no descriptor and no zombie behind") {
  Playground here;
  const Workshop shop;
  const auto shim = shop.file("shim", "#!/opt/gone/ruby\n", 0755);
  here.refusal({shim});
  const auto before = tasker::testing::open_descriptors(::getpid());
  for (int i = 0; i < 100; ++i) here.refusal({shim});
  CHECK(tasker::testing::open_descriptors(::getpid()) == before);
  CHECK_FALSE(tasker::testing::has_zombies());
}

TEST_SUITE_END();

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;

namespace {

class Folder {
 public:
  Folder() {
    char pattern[] = "/tmp/tasker_template_XXXXXX";
    path_ = ::mkdtemp(pattern);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(const std::string& name) const { return path_ + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }

 private:
  std::string path_;
};

/// The one error of a file, without its path.
std::string only_error(const std::string& path, const LoadOptions& options = {}) {
  const LoadedTemplate result = load_template_file(path, options);
  CHECK_FALSE(result.ok());
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].file == path);
  return result.errors[0].text().substr(path.size());
}

const char* const kSmallest = "name: t\nsteps: [{name: a, handler: A}]\n";

}  // namespace

TEST_SUITE("template files") {
  TEST_CASE("a file that cannot be read says why") {
    const Folder folder;
    CHECK(only_error(folder.path("none.yaml")) == ": cannot read the file: No such file or directory");
    CHECK(only_error(folder.path("")) == ": cannot read the file: it is a folder");
    const std::string file = folder.write("w.yaml", kSmallest);
    CHECK(only_error(file + "/x") == ": cannot read the file: Not a directory");
    REQUIRE(::symlink("loop", folder.path("loop").c_str()) == 0);
    CHECK(only_error(folder.path("loop")) == ": cannot read the file: Too many levels of symbolic links");
    CHECK(only_error("") == "cannot read the file: No such file or directory");
  }

  TEST_CASE("a file over the limit is refused before it is parsed, with both sizes") {
    const Folder folder;
    const std::string file = folder.write("big.yaml", std::string(10u << 20, '#'));
    CHECK(only_error(file) == ": the file has 10 MiB; the limit is 8 MiB");
    LoadOptions small;
    small.limits.max_bytes = 10;
    CHECK(only_error(folder.write("w.yaml", kSmallest), small) == ": the file has 39 bytes; the limit is 10 bytes");
    CHECK(errors(kSmallest, small) == Lines{"w.yaml: the file has 39 bytes; the limit is 10 bytes"});
  }

  TEST_CASE("an empty file and one of comments only are told apart") {
    const Folder folder;
    CHECK(only_error(folder.write("empty.yaml", "")) == ": the file is empty");
    CHECK(only_error(folder.write("comments.yaml", "# a\n\n# b\n")) ==
          ": the file holds no values, only comments or blank lines");
  }

  TEST_CASE("a pipe that nobody writes to does not hang the reader") {
    const Folder folder;
    REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
    CHECK(only_error(folder.path("pipe")) == ": the file is empty");
  }

  TEST_CASE("handlers resolve against the file's folder, and the file keeps the name it was given") {
    const Folder folder;
    const std::string file =
        folder.write("w.yaml", std::string(kSmallest) + "handlers: [app/../handlers, ./a.rb, /abs/b.rb]\n");
    const LoadedTemplate result = load_template_file(file);
    REQUIRE(result.ok());
    CHECK(result.value->file == file);
    CHECK(result.value->handlers == Lines{folder.path("handlers"), folder.path("a.rb"), "/abs/b.rb"});
  }

  TEST_CASE("without a folder handlers resolve against the working folder") {
    const LoadedTemplate result = load_template_text(std::string(kSmallest) + "handlers: h\n", "-", "", {});
    REQUIRE(result.ok());
    CHECK(result.value->handlers == Lines{(std::filesystem::current_path() / "h").string()});
    CHECK(result.value->file == "-");
  }
}

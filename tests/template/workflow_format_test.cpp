#include <fstream>
#include <sstream>

#include "support/paths.hpp"
#include "template/loading.hpp"

using namespace tasker;
using namespace tasker::loading;

namespace {

/// The ```yaml blocks of docs/workflow-format.md.
Lines documented_templates() {
  std::ifstream file(test::project_root() + "/docs/workflow-format.md");
  Lines out;
  std::string line;
  bool inside = false;
  while (std::getline(file, line)) {
    if (!inside && line == "```yaml") {
      inside = true;
      out.emplace_back();
    } else if (inside && line == "```") {
      inside = false;
    } else if (inside) {
      out.back() += line + "\n";
    }
  }
  return out;
}

}  // namespace

TEST_SUITE("workflow format document") {
  TEST_CASE("every template in it loads without an error or a warning, in each environment") {
    const Lines templates = documented_templates();
    CHECK(templates.size() >= 7);
    for (const std::string& text : templates) {
      for (const char* environment : {"production", "test"}) {
        CAPTURE(text);
        LoadOptions options;
        options.environment = environment;
        options.strict = true;
        const LoadedTemplate result = load(text, options);
        CHECK(texts(result.errors) == Lines{});
        CHECK(texts(result.warnings) == Lines{});
      }
    }
  }
}

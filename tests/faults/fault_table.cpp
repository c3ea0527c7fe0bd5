#include "faults/fault_table.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "support/paths.hpp"

namespace tasker::test {

namespace {

constexpr std::string_view kPrefix = "fault ";

/// Knows the name of the test that runs; doctest itself does not tell.
struct TestName : doctest::IReporter {
  explicit TestName(const doctest::ContextOptions&) {}
  void test_case_start(const doctest::TestCaseData& test) override { current = test.m_name; }
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
  static inline std::string current;
};
REGISTER_LISTENER("test_name", 1, TestName);

/// "| 11 | a worker killed in a handler ... |", of "fault 11: a worker killed in a handler ...".
std::string row_begin(const std::string& test) {
  const std::size_t colon = test.find(": ");
  return "| " + test.substr(kPrefix.size(), colon - kPrefix.size()) + " | " + test.substr(colon + 2) + " |";
}

std::string cells(const FaultRow& row) {
  return " " + row.history + " | " + row.attempts + " | " + row.worker + " | " + std::to_string(row.exit_code) + " |";
}

std::string table() {
  std::ifstream file(project_root() + "/docs/reliability.md");
  std::stringstream text;
  text << file.rdbuf();
  // The document has other tables, too.
  const std::string all = text.str();
  const std::size_t begin = all.find("<!-- faults:");
  return begin == std::string::npos ? "" : all.substr(begin, all.find("<!-- end of the faults", begin) - begin);
}

/// What this very program has to offer, one name per line.
std::string all_tests() {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::unique_ptr<FILE, int (*)(FILE*)> list(::popen(("'" + self + "' --list-test-cases").c_str(), "r"),
                                                   ::pclose);
  std::string names;
  std::array<char, 4096> buffer;
  for (std::size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), list.get())) > 0;)
    names.append(buffer.data(), size);
  return names;
}

}  // namespace

void check_fault_row(const FaultRow& row) {
  if (!TestName::current.starts_with(kPrefix)) return;
  const std::string line = row_begin(TestName::current) + cells(row);
  if (const char* file = std::getenv("TASKER_FAULT_TABLE"); file && *file) {
    nlohmann::json noted = {{"row", line}, {"recovery_ms", nullptr}};
    if (row.recovery_ms) noted["recovery_ms"] = *row.recovery_ms;
    std::ofstream(file, std::ios::app) << noted.dump() + "\n";
  } else if (table().find("\n" + line) == std::string::npos) {
    FAIL_CHECK("docs/reliability.md lacks the row that bench/faults would write: " << line);
  }
}

TEST_SUITE_BEGIN("faults");

TEST_CASE("the table of docs/reliability.md has no row without a test, and every fault has one") {
  const std::string listed = all_tests();
  std::set<int> numbers;
  std::istringstream lines(table());
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("| ") || line.find_first_not_of("0123456789", 2) == 2) continue;
    const std::size_t bar = line.find(" | ");
    const std::string test =
        "fault " + line.substr(2, bar - 2) + ": " + line.substr(bar + 3, line.find(" | ", bar + 3) - bar - 3);
    CAPTURE(test);
    CHECK(listed.find(test + "\n") != std::string::npos);
    numbers.insert(std::stoi(line.substr(2)));
  }
  for (int number = 1; number <= 50; ++number) {
    CAPTURE(number);
    CHECK(numbers.contains(number));
  }
}

TEST_SUITE_END();

}  // namespace tasker::test

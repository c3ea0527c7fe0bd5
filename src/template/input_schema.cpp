#include "template/input_schema.hpp"
#include "tasker/template_loader.hpp"
namespace tasker {
std::optional<std::string> schema_problem(const JsonText&) { return std::nullopt; }
std::vector<std::string> check_input(const TaskTemplate&, const JsonText&) { return {}; }
}  // namespace tasker

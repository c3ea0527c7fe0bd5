#include "rpc/dispatcher.hpp"

#include <list>
#include <utility>
#include <vector>

#include "core/json_scan.hpp"
#include "core/nearest_name.hpp"

namespace tasker::rpc {

/// The answers of one array, which go out together when the last one is there.
struct Dispatcher::Batch {
  std::string answers;   ///< separated by commas
  std::size_t open = 1;  ///< requests without their answer, and the reading of the array itself
};

/// What is open, and where answers go.
struct Dispatcher::Book {
  Write write;
  std::list<Reply::Pending*> open;

  void send(std::string text, const std::shared_ptr<Batch>& batch) const {
    if (!batch) return write(std::move(text += '\n'));
    if (!batch->answers.empty()) batch->answers += ',';
    batch->answers += text;
  }
  void close_one(const std::shared_ptr<Batch>& batch) const {
    if (batch && --batch->open == 0 && !batch->answers.empty()) write("[" + std::move(batch->answers) + "]\n");
  }
};

struct Reply::Pending {
  std::string id;
  std::weak_ptr<Dispatcher::Book> book;
  std::shared_ptr<Dispatcher::Batch> batch;
  std::function<void()> on_cancel;
  std::list<Pending*>::iterator place{};
};

Reply::Reply(std::shared_ptr<Pending> pending) : pending_(std::move(pending)) {}
Reply::Reply(Reply&&) noexcept = default;
Reply& Reply::operator=(Reply&& other) noexcept {
  std::swap(pending_, other.pending_);
  return *this;
}

Reply::~Reply() {
  if (pending_) error(standard_fault(ErrorCode::InternalError, "the request was dropped"));
}

void Reply::result(std::string_view json) { settle(pending_ ? result_text(pending_->id, json) : ""); }
void Reply::error(const Fault& fault) { settle(pending_ ? error_text(pending_->id, fault) : ""); }

void Reply::withdraw() { settle(""); }

void Reply::on_cancel(std::function<void()> function) {
  if (pending_) pending_->on_cancel = std::move(function);
}

void Reply::settle(std::string text) {
  const auto pending = std::exchange(pending_, nullptr);
  const auto book = pending ? pending->book.lock() : nullptr;
  if (!book || pending->id.empty()) return;
  book->open.erase(pending->place);
  if (!text.empty()) book->send(std::move(text), pending->batch);
  book->close_one(pending->batch);
}

Dispatcher::Dispatcher(Write write, DispatcherLimits limits)
    : limits_(limits), book_(std::make_shared<Book>(Book{std::move(write), {}})) {
  on("$/cancelRequest", [this](const Call& call, Reply reply) {
    const auto id = JsonMembers::of_checked(call.params).find("id");
    if (id) cancel(*id);
    reply.result("null");
  });
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::on(const std::string& method, Method function) { methods_[method] = std::move(function); }

std::size_t Dispatcher::pending() const { return book_->open.size(); }

void Dispatcher::refuse_line(std::string_view why) {
  book_->send(error_text("null", standard_fault(ErrorCode::ParseError, why)), nullptr);
}

void Dispatcher::receive(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return;
  if (const auto error = check_json(line, limits_.line)) {
    return refuse_line(error->message + " at byte " + std::to_string(error->offset));
  }
  line[start] == '[' ? receive_batch(line.substr(start)) : dispatch(line, nullptr);
}

void Dispatcher::receive_batch(std::string_view line) {
  const auto elements = json_elements(line);
  const auto refuse = [&](const std::string& why) {
    book_->send(error_text("null", standard_fault(ErrorCode::InvalidRequest, why)), nullptr);
  };
  if (elements.empty()) return refuse("a batch has at least one request");
  if (elements.size() > limits_.most_in_batch) {
    return refuse("a batch of " + std::to_string(elements.size()) + " requests; at most " +
                  std::to_string(limits_.most_in_batch) + " are taken");
  }
  const auto batch = std::make_shared<Batch>();
  for (const std::string_view element : elements) dispatch(element, batch);
  book_->close_one(batch);
}

void Dispatcher::dispatch(std::string_view json, const std::shared_ptr<Batch>& batch) {
  auto parsed = parse_call(json);
  if (const auto* bad = std::get_if<BadCall>(&parsed)) return book_->send(error_text(bad->id, bad->fault), batch);
  const Call& call = std::get<Call>(parsed);
  Reply reply(std::make_shared<Reply::Pending>(Reply::Pending{call.id, book_, batch, nullptr}));
  if (!call.is_notification()) {
    reply.pending_->place = book_->open.insert(book_->open.end(), reply.pending_.get());
    if (batch) ++batch->open;
  }
  const auto method = methods_.find(call.method);
  if (method == methods_.end()) return reply.error(unknown_method(call.method));
  method->second(call, std::move(reply));
}

void Dispatcher::cancel(std::string_view id) {
  std::vector<std::function<void()>> asked;  // whoever is asked may answer at once
  for (Reply::Pending* pending : book_->open) {
    if (pending->on_cancel && same_id(pending->id, id)) asked.push_back(std::exchange(pending->on_cancel, nullptr));
  }
  for (const auto& function : asked) function();
}

Fault Dispatcher::unknown_method(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& [known, function] : methods_) names.push_back(known);
  return standard_fault(ErrorCode::MethodNotFound, "there is no method \"" + name + "\"" + did_you_mean(name, names));
}

}  // namespace tasker::rpc

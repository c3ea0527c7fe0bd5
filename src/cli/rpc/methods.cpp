#include "cli/rpc/methods.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/service/requests.hpp"
#include "core/json_scan.hpp"
#include "core/json_writer.hpp"
#include "rpc/dispatcher.hpp"

namespace tasker::cli {

namespace {

constexpr std::int64_t kProtocolVersion = 1;

rpc::ErrorCode code_of(const CommandError& error) {
  switch (error.code()) {
    case ExitCode::Usage:
    case ExitCode::Invalid:
      return rpc::ErrorCode::InvalidParams;
    case ExitCode::NotFound:
      return rpc::ErrorCode::NotFound;
    case ExitCode::Cancelled:
      return rpc::ErrorCode::Cancelled;
    case ExitCode::StoreFailed:
      return rpc::ErrorCode::StoreUnavailable;
    case ExitCode::WorkersFailed:
      return rpc::ErrorCode::HandlersFailedToLoad;
    case ExitCode::DuplicateKey:
      return rpc::ErrorCode::DuplicateKey;
    case ExitCode::Interrupted:
    case ExitCode::Terminated:
    case ExitCode::NoReader:
      return rpc::ErrorCode::ShuttingDown;
    case ExitCode::TaskFailed:
      return rpc::ErrorCode::Conflict;
    default:
      return rpc::ErrorCode::InternalError;
  }
}

/// A reply that is given later, shared by those who may have to.
using SharedReply = std::shared_ptr<rpc::Reply>;

SharedReply shared(rpc::Reply reply) { return std::make_shared<rpc::Reply>(std::move(reply)); }

std::function<void(Outcome)> answering(const SharedReply& reply) {
  return [reply](const Outcome& outcome) {
    if (const auto* error = std::get_if<CommandError>(&outcome)) return reply->error(fault_of(*error));
    reply->result(std::get<Answer>(outcome).json);
  };
}

/// A request that runs a task: its events go out while it runs, and it can be taken back.
class TaskCall {
 public:
  TaskCall(StdioServer& server, const rpc::Call& call, rpc::Reply reply)
      : server_(server),
        id_(call.id),
        // A task that failed is a result like any other; a handler that was called has none then.
        state_(std::make_shared<State>(State{std::move(reply), call.method == "handler/call"})) {}

  Asker asker() const {
    Asker asker;
    asker.done = [state = state_](const Outcome& outcome) { finish(*state, outcome); };
    if (id_.empty()) return asker;
    asker.on_event = [&server = server_, id = id_](const TaskEvent& event) {
      server.notify("workflow/event", "{\"request_id\":" + id + "," + event.json.substr(1), event.droppable);
    };
    return asker;
  }

  void cancelled_by(Service::Cancel cancel) const {
    state_->reply.on_cancel([weak = std::weak_ptr(state_), cancel = std::move(cancel)] {
      if (const auto state = weak.lock()) state->taken_back = true;
      cancel();
    });
  }

 private:
  struct State {
    rpc::Reply reply;
    bool failure_is_error = false;
    bool taken_back = false;
  };

  static void finish(State& state, const Outcome& outcome) {
    if (const auto* error = std::get_if<CommandError>(&outcome)) return state.reply.error(fault_of(*error));
    const Answer& answer = std::get<Answer>(outcome);
    if (state.taken_back && answer.code == ExitCode::Cancelled) {
      return state.reply.error({rpc::ErrorCode::Cancelled, "cancelled", JsonText::trusted(answer.json)});
    }
    if (state.failure_is_error && answer.code != ExitCode::Complete) {
      return state.reply.error(
          {rpc::ErrorCode::HandlerRaised, "the handler did not complete", JsonText::trusted(answer.json)});
    }
    state.reply.result(answer.json);
  }

  StdioServer& server_;
  std::string id_;
  std::shared_ptr<State> state_;
};

/// Parameters that are refused are the answer.
template <typename Function>
void reading(const rpc::Call& call, rpc::Reply reply, Function function) {
  const auto kept = shared(std::move(reply));
  try {
    function(call.params, kept);
  } catch (const CommandError& error) {
    kept->error(fault_of(error));
  }
}

WallTime wall_now() { return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now()); }

std::string introduction(const std::vector<std::string>& methods) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("protocol_version", kProtocolVersion);
  json.key("server").begin_object().field("name", "tasker").field("version", TASKER_VERSION).end_object();
  json.key("methods").begin_array();
  for (const std::string& name : methods) json.string(name);
  json.end_array().end_object();
  return out;
}

bool speaks_ours(std::string_view params) {
  const JsonMembers members = JsonMembers::of_checked(params.empty() ? "{}" : params);
  const auto versions = members.find("protocol_versions");
  if (!versions) return true;
  const auto all = json_elements(*versions);
  return std::find(all.begin(), all.end(), std::to_string(kProtocolVersion)) != all.end();
}

/// Where methods are bound, by name.
class Table {
 public:
  Table(StdioServer& server, Service& service) : server_(server), service_(service) {}

  void bind() {
    task("workflow/run", read_run_request, &Service::run);
    look("workflow/validate", read_validate_request, &Service::validate);
    look("task/get", read_task_id, &Service::get);
    look("task/cancel", read_task_id, &Service::cancel);
    task("task/retry", read_retry_request, &Service::retry);
    look(
        "task/list", [](std::string_view params) { return read_task_filter(params, wall_now()); }, &Service::list);
    look("handler/list", read_handlers_request, &Service::handlers);
    task("handler/call", read_call_request, &Service::call);
    on("shutdown", [&server = server_](const rpc::Call&, rpc::Reply reply) { server.shut_down(std::move(reply)); });
    on("initialize", [names = names_](const rpc::Call& call, rpc::Reply reply) {
      if (speaks_ours(call.params)) return reply.result(introduction(names));
      reply.error({rpc::ErrorCode::ProtocolVersion, "none of the protocol versions is spoken here; this is version " +
                                                        std::to_string(kProtocolVersion)});
    });
  }

 private:
  void on(const std::string& name, rpc::Dispatcher::Method method) {
    names_.push_back(name);
    server_.dispatcher().on(name, std::move(method));
  }

  /// A method that runs something to its end.
  template <typename Request>
  void task(const std::string& name, Request (*read)(std::string_view),
            Service::Cancel (Service::*ask)(Request, Asker)) {
    on(name, [read, ask, &server = server_, &service = service_](const rpc::Call& call, rpc::Reply reply) {
      Request request;
      try {
        request = read(call.params);
      } catch (const CommandError& error) {
        return reply.error(fault_of(error));
      }
      const bool events = request.events;
      const TaskCall running(server, call, std::move(reply));
      Asker asker = running.asker();
      if (!events) asker.on_event = nullptr;
      running.cancelled_by((service.*ask)(std::move(request), std::move(asker)));
    });
  }

  /// A method that only looks, or is over soon.
  template <typename Read, typename Request>
  void look(const std::string& name, Read read, void (Service::*ask)(Request, Asker)) {
    on(name, [read, ask, &service = service_](const rpc::Call& call, rpc::Reply reply) {
      reading(call, std::move(reply), [&](const std::string& params, const SharedReply& kept) {
        (service.*ask)(read(params), Asker{answering(kept)});
      });
    });
  }

  StdioServer& server_;
  Service& service_;
  std::vector<std::string> names_{"initialize"};
};

}  // namespace

rpc::Fault fault_of(const CommandError& error) {
  std::string data = error_json(error, false);
  data.pop_back();  // the newline
  return {code_of(error), error.message(), JsonText::trusted(std::move(data))};
}

void bind_methods(StdioServer& server, Service& service) {
  Table(server, service).bind();
  service.on_worker_event(
      [&server](const TaskEvent& event) { server.notify("workflow/event", event.json, event.droppable); });
}

}  // namespace tasker::cli

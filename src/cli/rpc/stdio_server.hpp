#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/exit_code.hpp"
#include "cli/run/line_reader.hpp"
#include "cli/service/service.hpp"
#include "io/event_loop.hpp"
#include "io/output_thread.hpp"
#include "rpc/dispatcher.hpp"

namespace tasker::cli {

/// JSON-RPC over this process's own stdin and stdout, a message per line: reads requests on a thread of its own, gives
/// them to the dispatcher, writes what comes back without ever waiting for its reader. Reads no further while many
/// requests are open or stdout is behind. Loop thread.
class StdioServer {
 public:
  StdioServer(io::EventLoop& loop, Service& service);

  /// Methods are bound to it before `run`.
  rpc::Dispatcher& dispatcher() { return dispatcher_; }
  /// One notification. A droppable one is left out when stdout is behind.
  void notify(std::string_view method, std::string_view params, bool droppable);
  /// Reads nothing any more; the reply is given when every other request has been answered.
  void shut_down(rpc::Reply reply);

  /// Serves until stdin ends and all is answered: 0. Or until a signal, or until nobody reads stdout.
  ExitCode run();

 private:
  void pump();
  void write(std::string line, bool droppable);
  void look_whether_over();
  void on_signal(int signal);
  void on_broken();

  io::EventLoop& loop_;
  Service& service_;
  io::OutputThread out_;
  rpc::Dispatcher dispatcher_;
  std::vector<rpc::Reply> farewells_;
  ExitCode code_ = ExitCode::Complete;
  bool input_over_ = false;
  bool look_posted_ = false;
  LineReader reader_;  ///< last: its thread calls the loop
};

}  // namespace tasker::cli

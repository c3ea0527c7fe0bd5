#include "cli/commands.hpp"
#include "cli/rpc/methods.hpp"
#include "cli/rpc/stdio_server.hpp"
#include "cli/service/service.hpp"
#include "io/event_loop.hpp"

namespace tasker::cli {

ExitCode rpc(const ServerOptions& options, const Console& console) {
  io::EventLoop loop;
  Service service({options.workers, options.store}, loop, console);
  StdioServer server(loop, service);
  bind_methods(server, service);
  return server.run();
}

}  // namespace tasker::cli

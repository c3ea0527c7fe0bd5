#include <variant>
#include <vector>

#include "core/json_scan.hpp"
#include "core/utf8.hpp"
#include "fuzz/targets.hpp"
#include "rpc/dispatcher.hpp"
#include "rpc/envelope.hpp"
#include "rpc/line_framer.hpp"

namespace tasker::fuzz {

namespace {

struct Framed {
  std::vector<std::string> lines;
  bool overflowed = false;
};

/// The stream in pieces; each byte of `cuts` says how long the next piece is.
Framed framed(std::string_view stream, std::string_view cuts, std::size_t limit) {
  rpc::LineFramer framer(limit);
  Framed out;
  const auto keep = [&](std::string_view line) {
    out.lines.emplace_back(line);
    return true;
  };
  for (std::size_t i = 0; !stream.empty(); ++i) {
    const std::size_t length =
        cuts.empty() ? stream.size() : std::max<std::size_t>(1, static_cast<unsigned char>(cuts[i % cuts.size()]));
    framer.feed(stream.substr(0, length), keep);
    require(framer.partial().size() <= std::max<std::size_t>(limit, 256), "no more is kept than the limit");
    stream.remove_prefix(std::min(length, stream.size()));
  }
  out.overflowed = framer.overflowed();
  return out;
}

/// What a framer does, said in the plainest way.
Framed model(std::string_view stream, std::size_t limit) {
  Framed out;
  while (!stream.empty()) {
    const std::size_t end = stream.find('\n');
    std::string_view line = stream.substr(0, end);
    if (line.size() > limit) {
      out.overflowed = true;
      break;
    }
    if (end == std::string_view::npos) break;
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.lines.emplace_back(line);
    stream.remove_prefix(end + 1);
  }
  return out;
}

bool within(std::string_view part, std::string_view whole) {
  return part == "null" || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

}  // namespace

void line_framer(std::string_view bytes) {
  if (bytes.size() < 6) return;
  const std::size_t limit = static_cast<unsigned char>(bytes[0]);
  const std::string_view cuts = bytes.substr(1, 4);
  const std::string_view stream = bytes.substr(5);
  const Framed wanted = model(stream, limit);
  for (const std::string_view how : {std::string_view(), cuts, std::string_view("\1", 1)}) {
    const Framed got = framed(stream, how, limit);
    require(got.lines == wanted.lines, "the lines depend on where the stream is cut");
    require(got.overflowed == wanted.overflowed, "the limit depends on where the stream is cut");
  }
}

void envelope(std::string_view bytes) {
  const rpc::Message message = rpc::parse_message(bytes, {});
  const JsonLimits any{.max_bytes = SIZE_MAX, .max_depth = 1000};
  if (const auto* result = std::get_if<rpc::ResultMessage>(&message)) {
    require(within(result->result, bytes), "a result is a slice of its line");
    require(!check_json(result->result, any), "a result is JSON");
  } else if (const auto* error = std::get_if<rpc::ErrorMessage>(&message)) {
    require(within(error->data, bytes), "an error's data is a slice of its line");
    require(!check_json(error->data, any) && is_utf8(error->message), "an error is JSON");
  } else if (const auto* told = std::get_if<rpc::NotificationMessage>(&message)) {
    require(within(told->params, bytes), "params are a slice of their line");
    require(!check_json(told->params, any) && is_utf8(told->method), "a notification is JSON");
  } else {
    require(!std::get<rpc::Malformed>(message).reason.empty(), "what is no message says why");
    require(is_utf8(std::get<rpc::Malformed>(message).reason), "the reason is UTF-8");
  }
}

/// Lines of any bytes: each request is answered once, every answer is one line of JSON-RPC.
void dispatcher(std::string_view bytes) {
  std::vector<std::string> answers;
  std::vector<rpc::Reply> open;
  std::size_t calls = 0;
  {
    rpc::Dispatcher server([&](std::string line) { answers.push_back(std::move(line)); });
    server.on("now", [&](const rpc::Call& call, rpc::Reply reply) {
      ++calls;
      require(call.is_notification() || !check_json(call.id, {}), "an id is JSON");
      require(call.params.empty() || !check_json(call.params, {.max_depth = 104}), "params are JSON");
      reply.result(call.params.empty() ? "null" : call.params);
    });
    server.on("later", [&](const rpc::Call&, rpc::Reply reply) {
      reply.on_cancel([&calls] { ++calls; });
      open.push_back(std::move(reply));
    });
    for (std::string_view rest = bytes; !rest.empty();) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::size_t before = answers.size();
      const std::size_t waiting = server.pending();
      server.receive(rest.substr(0, end));
      require(answers.size() <= before + 1, "a line has one answer at most");
      if (server.pending() < waiting) require(false, "nothing that waits was answered by itself");
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    for (rpc::Reply& reply : open) reply.error({rpc::ErrorCode::Cancelled, "over"});
    require(server.pending() == 0, "everything was answered");
  }
  for (const std::string& line : answers) {
    require(line.find('\n') == line.size() - 1, "an answer is one line");
    require(!check_json(line, {.max_bytes = SIZE_MAX, .max_depth = 200}), "an answer is JSON");
  }
}

}  // namespace tasker::fuzz

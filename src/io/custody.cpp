#include "io/custody.hpp"

#include <random>
#include <string>
#include <utility>

#include "io/orphans.hpp"

namespace tasker::io {
namespace {

std::string random_id() {
  std::random_device random;
  constexpr const char* kDigits = "0123456789abcdef";
  std::string id;
  for (int i = 0; i < 16; ++i) id += kDigits[random() % 16];
  return id;
}

std::string entry(const std::string& value) { return std::string(kMarkName) + "=" + value; }

}  // namespace

Custody::Custody(EventLoop& loop, CustodyOptions options)
    : id_(random_id()),
      reap_orphans_(options.reap_orphans),
      warden_(std::move(options.warden_program), entry(id_ + ".")),
      undertaker_(loop) {}

std::string Custody::next_mark() { return id_ + "." + std::to_string(++marks_) + "."; }

void Custody::born(const WorkerSession& session) {
  known_.push_back(session.id);
  warden_.watch(session);
}

void Custody::end_leftovers(const WorkerSession& session, const std::string& mark,
                            std::function<void(std::vector<Survivor>)> done) {
  undertaker_.end({{session}, entry(mark), session.started}, std::move(done));
}

void Custody::buried(const WorkerSession& session) {
  std::erase(known_, session.id);
  warden_.forget(session);
  reap();
}

void Custody::reap() {
  if (!reap_orphans_) return;
  auto known = known_;
  if (warden_.pid() > 0) known.push_back(warden_.pid());
  reap_orphans(known);
}

}  // namespace tasker::io

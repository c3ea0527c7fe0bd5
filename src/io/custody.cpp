#include "io/custody.hpp"

#include <algorithm>
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

/// All of one length: a forked worker writes its own over its parent's.
std::string Custody::next_mark() {
  constexpr std::size_t kDigits = 10;
  const std::string number = std::to_string(++marks_);
  return id_ + "." + std::string(kDigits - std::min(number.size(), kDigits), '0') + number + ".";
}

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

void Custody::end_unseen(const std::string& mark, std::uint64_t not_before, std::function<void()> done) {
  undertaker_.end({{}, entry(mark), not_before}, [done = std::move(done)](const std::vector<Survivor>&) { done(); });
}

void Custody::birth_over() {
  --births_;
  reap();
}

void Custody::reap() {
  if (!reap_orphans_ || births_ > 0) return;
  auto known = known_;
  if (warden_.pid() > 0) known.push_back(warden_.pid());
  reap_orphans(known);
}

}  // namespace tasker::io

#include "worker/delivery_ledger.hpp"

#include <algorithm>

namespace tasker::worker {

namespace {

/// The kernel counts a pipe in pages, and begins a new one for a line that does not fit into the rest of the last.
constexpr std::size_t kPage = 4096;

std::size_t pages(const Parcel& parcel) { return parcel.bytes / kPage + 1; }

}  // namespace

bool DeliveryLedger::accepts(const Parcel& parcel, std::size_t pipe_bytes) const {
  if (exhausted_) return false;
  if (entries_.empty()) return true;
  if (parcel.alone || entries_.back().parcel.alone) return false;
  if (entries_.size() >= parcel.depth || pages_ + pages(parcel) > pipe_bytes / kPage) return false;
  return std::all_of(entries_.begin(), entries_.end(),
                     [this](const Entry& entry) { return entries_.size() < entry.parcel.depth; });
}

void DeliveryLedger::sent(rpc::RequestId id, const Parcel& parcel, std::uint64_t ends_at) {
  entries_.push_back({id, ends_at, parcel, false, std::nullopt});
  pages_ += pages(parcel);
}

void DeliveryLedger::started(rpc::RequestId id) {
  if (Entry* entry = find(id)) entry->started = true;
}

void DeliveryLedger::asked_to_stop(rpc::RequestId id, CancelReason reason) {
  Entry* entry = find(id);
  if (entry && !entry->reason) entry->reason = reason;
}

void DeliveryLedger::answered(rpc::RequestId id) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [id](const Entry& entry) { return entry.id == id; });
  if (found == entries_.end()) return;
  pages_ -= pages(found->parcel);
  entries_.erase(found);
}

std::optional<rpc::RequestId> DeliveryLedger::oldest() const {
  return entries_.empty() ? std::nullopt : std::optional(entries_.front().id);
}

const DeliveryLedger::Entry* DeliveryLedger::find(rpc::RequestId id) const {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [id](const Entry& entry) { return entry.id == id; });
  return found == entries_.end() ? nullptr : &*found;
}

Delivery DeliveryLedger::stage(rpc::RequestId id, std::uint64_t written) const { return stage(*find(id), written); }

Delivery DeliveryLedger::stage(const Entry& entry, std::uint64_t written) const {
  if (entry.started) return Delivery::Started;
  if (entry.ends_at > written) return Delivery::Unwritten;
  return &entry == &entries_.front() ? Delivery::Delivered : Delivery::Behind;
}

Fate DeliveryLedger::fate(const Entry& entry, Delivery stage, Death death) const {
  if (stage == Delivery::Behind || exhausted_) return {};
  // The runner announces it before it calls the handler, and the pipe was read to its end.
  const bool unannounced = stage == Delivery::Delivered && entry.parcel.alone;
  if (stage == Delivery::Unwritten || unannounced) return never_began(entry, stage, death);
  if (entry.reason) return {Fate::Kind::Stopped, entry.reason, false};
  if (death == Death::ByEngine) return {Fate::Kind::Interrupted, std::nullopt, false};
  return {Fate::Kind::Lost, std::nullopt, false};
}

/// Given back; but a step must not be sent without end to workers that die or hang of its request alone.
Fate DeliveryLedger::never_began(const Entry& entry, Delivery stage, Death death) const {
  const bool hung = &entry == &entries_.front() && entry.reason == CancelReason::Deadline;
  const bool died = stage == Delivery::Delivered && death == Death::ItsOwn && !entry.reason;
  return {Fate::Kind::NotStarted, hung ? entry.reason : std::nullopt, hung || died};
}

std::vector<std::pair<rpc::RequestId, Fate>> DeliveryLedger::close(std::uint64_t written, Death death) {
  std::vector<std::pair<rpc::RequestId, Fate>> fates;
  for (const Entry& entry : entries_) fates.emplace_back(entry.id, fate(entry, stage(entry, written), death));
  entries_.clear();
  pages_ = 0;
  return fates;
}

}  // namespace tasker::worker

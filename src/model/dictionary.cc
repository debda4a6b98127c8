#include "model/dictionary.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace mailstead::model {
namespace {

constexpr std::size_t k_first_chunk = 1024, k_last_chunk = 256 * 1024;

std::uint32_t hash_of(std::string_view text) {
  const auto h = std::hash<std::string_view>()(text);
  return static_cast<std::uint32_t>(h ^ (h >> 32));
}

}  // namespace

std::uint32_t Dictionary::id(std::string_view text) {
  if (texts_.size() * 3 >= slots_.size() * 2) grow();
  const auto hash = hash_of(text);
  const auto mask = slots_.size() - 1;
  auto at = hash & mask;
  for (; slots_[at].next_id != 0; at = (at + 1) & mask)
    if (slots_[at].hash == hash && texts_[slots_[at].next_id - 1] == text) return slots_[at].next_id - 1;
  texts_.push_back(keep(text));
  slots_[at] = {hash, static_cast<std::uint32_t>(texts_.size())};
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

std::size_t Dictionary::bytes() const {
  return kept_ + texts_.capacity() * sizeof(std::string_view) + slots_.capacity() * sizeof(Slot);
}

std::string_view Dictionary::keep(std::string_view text) {
  if (text.empty()) return {};
  if (chunk_ - used_ < text.size()) {
    chunk_ = std::max(text.size(), std::clamp(chunk_ * 2, k_first_chunk, k_last_chunk));
    chunks_.push_back(std::make_unique_for_overwrite<char[]>(chunk_));
    used_ = 0;
    kept_ += chunk_;
  }
  auto* to = chunks_.back().get() + used_;
  std::memcpy(to, text.data(), text.size());
  used_ += text.size();
  return {to, text.size()};
}

void Dictionary::grow() {
  const auto old = std::move(slots_);
  slots_.assign(std::max<std::size_t>(16, old.size() * 2), Slot{0, 0});
  const auto mask = slots_.size() - 1;
  for (const auto& slot : old) {
    if (slot.next_id == 0) continue;
    auto at = slot.hash & mask;
    while (slots_[at].next_id != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace mailstead::model

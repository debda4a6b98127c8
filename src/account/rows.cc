#include <algorithm>

#include "account/mailbox.h"

namespace mailstead::account {

std::size_t Rows::rank(std::uint32_t uid) const {
  const auto at =
      std::lower_bound(rows_.begin(), rows_.end(), uid, [](const Row& r, std::uint32_t u) { return r.uid < u; });
  return static_cast<std::size_t>(at - rows_.begin());
}

const Row* Rows::find(std::uint32_t uid) const {
  const auto i = rank(uid);
  return i < rows_.size() && rows_[i].uid == uid ? &rows_[i] : nullptr;
}

bool Rows::contains(std::uint32_t uid) const {
  return find(uid) != nullptr;
}

std::vector<std::size_t> Rows::changed_since(std::uint64_t after) const {
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (rows_[i].modseq > after) changed.push_back(i);
  return changed;
}

}  // namespace mailstead::account

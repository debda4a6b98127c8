// Strong types for the numbers of the domain: a UID given where a sequence number is wanted does not compile.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace mailstead::model {

template <class Tag, class T>
struct Strong {
  using value_type = T;
  T value{};

  constexpr Strong() = default;
  constexpr explicit Strong(T v) : value(v) {}
  friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

using Uid = Strong<struct UidTag, std::uint32_t>;        // RFC 9051 §2.3.1.1: of one mailbox, never reused; 0 is none
using SeqNum = Strong<struct SeqNumTag, std::uint32_t>;  // RFC 9051 §2.3.1.2: of one session's view, from 1
using ModSeq =
    Strong<struct ModSeqTag, std::uint64_t>;  // RFC 7162 §3.1: the account version of the last change; 63 bits
using MailboxId = Strong<struct MailboxIdTag, std::uint32_t>;  // stable over rename
using AccountId = Strong<struct AccountIdTag, std::uint64_t>;
using DeviceId = Strong<struct DeviceIdTag, std::uint32_t>;    // 0: the account password, device "default"
using ContentId = Strong<struct ContentIdTag, std::uint64_t>;  // account-local number of a message's content

}  // namespace mailstead::model

template <class Tag, class T>
struct std::hash<mailstead::model::Strong<Tag, T>> {
  std::size_t operator()(const mailstead::model::Strong<Tag, T>& id) const noexcept { return std::hash<T>{}(id.value); }
};

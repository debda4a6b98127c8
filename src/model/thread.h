// THREAD (RFC 5256 §3): messages as trees, by their subjects or by their references; and REFS of
// draft-ietf-morg-inthread, which is REFERENCES without subjects, the thread with the newest mail last. Pure; no
// recursion, as threads may be as deep as a mailbox is long; in linear time, but for sorting.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::model {

enum class Threading : std::uint8_t { ordered_subject, references, refs };

std::string_view to_string(Threading by);
std::optional<Threading> threading(std::string_view word);  // in capitals

// Ids and subjects by numbers, as a Dictionary gives them: 0 is none.
struct ThreadItem {
  std::int64_t sent = 0;  // RFC 5256 §2.2: the Date field in UTC, else the internal date
  std::uint32_t message_id = 0;
  std::span<const std::uint32_t> references;  // oldest first; of References, else one of In-Reply-To
  std::uint32_t subject = 0;                  // base subject (§2.1)
  bool is_reply = false;
  std::int64_t received = 0;  // internal date: REFS
};

struct ThreadNode {
  std::optional<std::uint32_t> item;  // none: a dummy; only a root is one, and then it has two children or more
  std::vector<std::uint32_t> children;
};
struct Threads {
  std::vector<ThreadNode> nodes;     // some are in no tree
  std::vector<std::uint32_t> roots;  // in the order to be told
};

// `items` in mailbox order: equal dates keep it.
Threads thread(std::span<const ThreadItem> items, Threading by);

// RFC 5256 §5 thread-list: "(2)(3 6 (4 23)(44 7 96))"; numbers[i] stands for item i.
std::string to_string(const Threads& threads, std::span<const std::uint32_t> numbers);

}  // namespace mailstead::model

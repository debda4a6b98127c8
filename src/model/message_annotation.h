// Annotations of messages (RFC 5257 §3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::model {

// The value of an entry: what everybody sees, or one user's own. As a change: no value removes it.
struct MessageAnnotation {
  std::string entry;  // "/comment", "/1.2/flags/seen"
  bool shared = false;
  std::optional<std::string> value;
  friend bool operator==(const MessageAnnotation&, const MessageAnnotation&) = default;
};

// Of one message, by entry, private before shared.
struct AnnotatedMessage {
  std::uint32_t uid = 0;
  std::vector<MessageAnnotation> annotations;
};

// §3.2.1: the name of an entry that may be: components behind slashes, of ASCII. A part's number is one.
bool is_entry(std::string_view name);
// And one that a client may store under: registered, or a vendor's.
bool is_storable_entry(std::string_view name);
// What is stored under it is no value of it: flags of parts are "1" or "0".
bool is_value_of(std::string_view entry, const std::optional<std::string>& value);
// "/1.2/comment": {1, 2}; of the whole message: empty.
std::vector<std::uint32_t> part_of(std::string_view entry);

}  // namespace mailstead::model

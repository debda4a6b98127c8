// The admin socket's frames: length:u32be, then varint count and strings (base/codec.h). A connection is requests and
// replies in turn.
//   request  the words of a command (admin/command.h), a password as the last; "--json" as they come
//            or a step of an import or export (admin/transfer.h)
//   reply    "ok" string*, or "error" code text
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"

namespace mailstead::admin {

inline constexpr std::size_t k_frame_max = 1024 * 1024;
inline constexpr std::size_t k_piece_bytes = 512 * 1024;  // of a message's octets in one frame

inline std::string encode_frame(const std::vector<std::string>& words) {
  Writer body;
  body.varint(words.size());
  for (const auto& w : words) body.str(w);
  return Writer().u32be(static_cast<std::uint32_t>(body.size())).raw(body.view()).take();
}

// A whole body; nullopt: not one.
inline std::optional<std::vector<std::string>> decode_frame(std::string_view body) {
  Reader r(body);
  std::vector<std::string> words;
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) words.emplace_back(r.str());
  return r.done() ? std::optional(std::move(words)) : std::nullopt;
}

}  // namespace mailstead::admin

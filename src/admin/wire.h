// The admin socket's frames: length:u32be, then varint count and strings (base/codec.h). A request is the words of a
// command; a reply is "ok" or "error" and a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"

namespace mailstead::admin {

inline constexpr std::size_t k_frame_max = 1024 * 1024;

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

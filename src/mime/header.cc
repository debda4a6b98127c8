#include "mime/header.h"

#include <algorithm>

#include "base/ascii.h"

namespace mailstead::mime {
namespace {

std::size_t line_end(std::string_view s, std::size_t at) {
  const auto lf = s.find('\n', at);
  return lf == std::string_view::npos ? s.size() : lf + 1;
}

}  // namespace

bool HeaderReader::next(HeaderField& field) {
  if (done_ || at_ >= block_.size()) return done_ = true, false;
  const auto begin = at_;
  auto end = line_end(block_, begin);
  const auto first = block_.substr(begin, end - begin);
  if (first == "\r\n" || first == "\n") {
    at_ = end;
    return done_ = true, false;
  }
  const auto colon = first.find(':');
  while (end < block_.size() && is_wsp(block_[end]) && block_[end - 1] == '\n') end = line_end(block_, end);
  auto text = block_.substr(begin, end - begin);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  field.begin = begin;
  field.end = at_ = end;
  if (colon == std::string_view::npos || is_wsp(first[0])) {
    field.name = {};
    field.value = text;
    return true;
  }
  auto name = first.substr(0, colon);
  while (!name.empty() && is_wsp(name.back())) name.remove_suffix(1);  // RFC 5322 §4.5: obsolete "Subject :"
  // A name with white space inside is text that happens to hold a colon, such as mbox's "From a@b Mon 10:00".
  field.name = name.find_first_of(" \t") == std::string_view::npos ? name : std::string_view{};
  field.value = text.size() > colon ? text.substr(colon + 1) : std::string_view{};
  return true;
}

std::size_t header_size(std::string_view message) {
  for (std::size_t at = 0; at < message.size();) {
    const auto end = line_end(message, at);
    const auto length = end - at;
    if (message[at] == '\n' || (length == 2 && message[at] == '\r' && message[at + 1] == '\n')) return end;
    at = end;
  }
  return message.size();
}

std::optional<std::string_view> find_header(std::string_view block, std::string_view name) {
  HeaderReader reader(block);
  for (HeaderField field; reader.next(field);)
    if (iequals(field.name, name)) return field.value;
  return std::nullopt;
}

std::string unfold(std::string_view raw) {
  raw = trim(raw);
  std::string out(raw);
  std::erase_if(out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  return out;
}

}  // namespace mailstead::mime

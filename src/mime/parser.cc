#include "mime/parser.h"

#include <algorithm>
#include <cstring>

#include "base/ascii.h"
#include "base/limits.h"
#include "mime/envelope.h"
#include "mime/header.h"

namespace mailstead::mime {
namespace {

std::uint32_t index_of(std::size_t n) {
  return static_cast<std::uint32_t>(n);
}

std::string one_word(std::string_view raw) {
  auto out = lower(trim(unfold(raw), " \t\"'"));
  if (const auto end = out.find_first_of(" \t;("); end != std::string::npos) out.resize(end);
  return out;
}

std::vector<std::string> language_list(std::string_view raw) {
  std::vector<std::string> out;
  const auto line = unfold(raw);
  for (std::size_t at = 0; at < line.size() && out.size() < limits::k_mime_params;) {
    const auto comma = std::min(line.find(',', at), line.size());
    if (const auto tag = trim(std::string_view(line).substr(at, comma - at)); !tag.empty()) out.emplace_back(tag);
    at = comma + 1;
  }
  return out;
}

}  // namespace

Parser::Parser(std::string_view raw) : raw_(raw), headers_left_(limits::k_headers_total_bytes) {
  boundaries_.reserve(limits::k_mime_depth + 1);
  open_.reserve(limits::k_mime_depth + 2);
}

Message Parser::run() {
  Found found;
  std::int32_t parent = -1;
  bool message_root = true;
  for (;;) {
    const auto kind = begin_part(parent, message_root, found);
    if (kind == Kind::message) {
      parent = static_cast<std::int32_t>(open_.back().part);
      message_root = true;
      if (found.boundary < 0) continue;
      begin_part(parent, true, found);  // an embedded message of no octets
    }
    message_root = false;
    for (;;) {
      if (found.boundary < 0) found = scan();
      if (found.boundary < 0) break;  // the end of the message
      const auto depth = boundaries_[static_cast<std::size_t>(found.boundary)].depth;
      close_to(depth + 1, found.line_begin);
      if (!found.close) break;
      drop_boundary(open_[depth]);  // what follows is its epilogue
      found = {};
    }
    if (found.boundary < 0) break;
    parent = static_cast<std::int32_t>(open_.back().part);
    found = {};
  }
  close_to(0, raw_.size());
  return std::move(message_);
}

Parser::Kind Parser::begin_part(std::int32_t parent, bool message_root, Found& found) {
  const bool empty = found.boundary >= 0;  // a boundary line came before this part had begun
  const auto begin = empty ? found.line_begin : at_;
  const bool room = message_.parts.size() + 1 < limits::k_mime_parts;
  auto header_end = begin;
  if (!empty) {
    while (at_ < raw_.size()) {
      const auto* lf = static_cast<const char*>(std::memchr(raw_.data() + at_, '\n', raw_.size() - at_));
      const auto next = lf == nullptr ? raw_.size() : static_cast<std::uint64_t>(lf - raw_.data()) + 1;
      const auto line = raw_.substr(at_, next - at_);
      if (line.starts_with("--") && room && !by_text_.empty()) {
        found = match(line, at_);
        if (found.boundary >= 0) {
          lines_ += 1;
          header_end = at_;
          at_ = next;
          break;
        }
      }
      at_ = header_end = next;
      if (lf != nullptr) ++lines_;
      if (line == "\r\n" || line == "\n") break;
    }
  }
  const auto index = index_of(message_.parts.size());
  Part part;
  part.parent = parent;
  part.header_begin = begin;
  part.body_begin = part.body_end = header_end;
  const auto block = raw_.substr(begin, header_end - begin);
  const bool digest =
      parent >= 0 && !message_root && message_.parts[static_cast<std::size_t>(parent)].is("multipart", "digest");
  const auto use = std::min<std::uint64_t>({block.size(), limits::k_header_block_bytes, headers_left_});
  headers_left_ -= use;
  read_fields(part, block.substr(0, use), message_root, digest);
  const auto kind = classify(part);
  if (parent >= 0) message_.parts[static_cast<std::size_t>(parent)].children.push_back(index);
  message_.parts.push_back(std::move(part));
  // Without a line found by scan() the lines so far end where the body begins; a boundary line just read does not
  // count.
  open_.push_back({index, lines_ - (found.boundary >= 0 ? 1 : 0), -1});
  if (kind == Kind::multipart) open_boundary(std::string(find_param(message_.parts.back().params, "boundary")));
  return kind;
}

Parser::Kind Parser::classify(Part& part) {
  const bool room = open_.size() < limits::k_mime_depth && message_.parts.size() + 2 < limits::k_mime_parts;
  if (part.is_multipart()) {
    if (!room) {
      part.type = "application", part.subtype = "octet-stream";
      return Kind::leaf;
    }
    // Without a boundary it is a leaf to the scanner; fill_empty_multipart() then gives it its one child.
    return find_param(part.params, "boundary").empty() ? Kind::leaf : Kind::multipart;
  }
  if (part.is_message()) {
    if (room) return Kind::message;
    part.type = "application", part.subtype = "octet-stream";
  }
  return Kind::leaf;
}

void Parser::read_fields(Part& part, std::string_view block, bool message_root, bool digest) {
  if (digest) part.type = "message", part.subtype = "rfc822";  // RFC 2046 §5.1.5
  EnvelopeFields fields;
  bool type_seen = false;
  HeaderReader reader(block);
  for (HeaderField f; reader.next(f);) {
    if (f.name.empty()) continue;
    if (message_root) fields.add(f);
    if (!istarts_with(f.name, "content-")) continue;
    const auto name = f.name.substr(8);
    if (iequals(name, "type")) {
      if (type_seen) continue;
      type_seen = true;
      auto value = parse_params(f.value);
      const auto slash = value.value.find('/');
      const auto view = std::string_view(value.value);
      // RFC 2045 §5.2: a type that cannot be read is text/plain. Its parameters may still tell a charset or name.
      const bool good =
          slash != std::string::npos && is_token(view.substr(0, slash)) && is_token(view.substr(slash + 1));
      part.type = good ? view.substr(0, slash) : "text";
      part.subtype = good ? view.substr(slash + 1) : "plain";
      part.params = std::move(value.params);
    } else if (iequals(name, "transfer-encoding")) {
      if (auto encoding = one_word(f.value); is_token(encoding)) part.encoding = std::move(encoding);
    } else if (iequals(name, "disposition")) {
      auto value = parse_params(f.value);
      if (is_token(value.value)) part.disposition = std::move(value.value);
      part.disposition_params = std::move(value.params);
    } else if (iequals(name, "id")) {
      part.id = unfold(f.value);
    } else if (iequals(name, "description")) {
      part.description = unfold(f.value);
    } else if (iequals(name, "md5")) {
      part.md5 = unfold(f.value);
    } else if (iequals(name, "language")) {
      part.language = language_list(f.value);
    } else if (iequals(name, "location")) {
      part.location = unfold(f.value);
    }
  }
  if (!message_root) return;
  if (part.parent < 0) {
    message_.envelope = fields.take();
  } else {
    message_.embedded.emplace_back(static_cast<std::uint32_t>(part.parent), fields.take());
  }
}

Parser::Found Parser::match(std::string_view line, std::uint64_t begin) const {
  auto text = line.substr(2);
  if (text.size() > longest_ + 1000) return {};  // more padding than anyone sends: no need to hash it
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  // The longer reading first: a boundary may itself end in "--".
  if (const auto it = by_text_.find(text); it != by_text_.end()) return {it->second, false, begin};
  if (text.ends_with("--")) {
    if (const auto it = by_text_.find(text.substr(0, text.size() - 2)); it != by_text_.end())
      return {it->second, true, begin};
  }
  return {};
}

Parser::Found Parser::scan() {
  const char* const data = raw_.data();
  const char* const end = data + raw_.size();
  const char* p = data + at_;
  if (!by_text_.empty() && message_.parts.size() < limits::k_mime_parts) {
    while (p < end) {
      const auto* lf = static_cast<const char*>(std::memchr(p, '\n', static_cast<std::size_t>(end - p)));
      const char* const next = lf == nullptr ? end : lf + 1;
      lines_ += lf == nullptr ? 0 : 1;
      if (*p == '-' && next - p > 2 && p[1] == '-') {
        const auto found = match({p, static_cast<std::size_t>(next - p)}, static_cast<std::uint64_t>(p - data));
        if (found.boundary >= 0) {
          at_ = static_cast<std::uint64_t>(next - data);
          if (lf == nullptr) ++lines_;  // as if it were finished: close_to() takes one off for this line
          return found;
        }
      }
      p = next;
    }
  } else {
    lines_ += static_cast<std::uint64_t>(std::count(p, end, '\n'));
  }
  at_ = raw_.size();
  return {};
}

void Parser::open_boundary(std::string text) {
  auto& open = open_.back();
  const auto index = static_cast<std::int32_t>(boundaries_.size());
  boundaries_.push_back({std::move(text), open_.size() - 1, -1});
  auto& boundary = boundaries_.back();
  if (const auto it = by_text_.find(boundary.text); it != by_text_.end()) {
    boundary.shadowed = it->second;
    by_text_.erase(it);
  }
  by_text_.emplace(boundary.text, index);
  longest_ = std::max(longest_, boundary.text.size());
  open.boundary = index;
}

// Boundaries end in the reverse order of their begin, so this is always the last one.
void Parser::drop_boundary(Open& open) {
  if (open.boundary < 0) return;
  auto& boundary = boundaries_[static_cast<std::size_t>(open.boundary)];
  by_text_.erase(boundary.text);
  if (boundary.shadowed >= 0)
    by_text_.emplace(boundaries_[static_cast<std::size_t>(boundary.shadowed)].text, boundary.shadowed);
  boundaries_.pop_back();
  open.boundary = -1;
}

void Parser::close_to(std::size_t depth, std::uint64_t line_begin) {
  const bool at_boundary = line_begin < at_ || line_begin < raw_.size();
  auto end = line_begin;
  auto lines = lines_;
  if (at_boundary) {
    --lines;  // the boundary line's own
    if (end > 0 && raw_[end - 1] == '\n') {
      --end, --lines;
      if (end > 0 && raw_[end - 1] == '\r') --end;
    }
  }
  while (open_.size() > depth) {
    auto open = open_.back();
    drop_boundary(open);
    open_.pop_back();
    end_part(open, end, lines);
  }
}

void Parser::end_part(const Open& open, std::uint64_t end, std::uint64_t lines) {
  auto& part = message_.parts[open.part];
  // A header that the boundary has cut short keeps its line end, and so does the message it is of.
  const auto last = part.children.empty() ? 0 : message_.parts[part.children.back()].body_end;
  part.body_end = std::max({part.body_begin, end, last});
  std::uint64_t count = lines > open.lines ? lines - open.lines : 0;
  if (last > end) ++count;
  if (part.body_end == part.body_begin) {
    count = 0;
  } else if (raw_[part.body_end - 1] != '\n') {
    ++count;
  }
  part.body_lines = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, UINT32_MAX));
  if (part.is_multipart() && part.children.empty()) fill_empty_multipart(open.part);
}

// RFC 9051's grammar wants a child in every multipart. The whole body becomes a text, so that it can be read at all.
void Parser::fill_empty_multipart(std::uint32_t index) {
  const auto child = index_of(message_.parts.size());
  auto& part = message_.parts[index];
  Part text;
  text.header_begin = text.body_begin = part.body_begin;
  text.body_end = part.body_end;
  text.body_lines = part.body_lines;
  text.parent = static_cast<std::int32_t>(index);
  part.children.push_back(child);
  message_.parts.push_back(std::move(text));  // `part` is gone
}

}  // namespace mailstead::mime

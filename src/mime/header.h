// The fields of a header block (RFC 5322 §2.2). Tolerant: bare LF ends a line, a line without a colon is a field
// without a name. All views are into the block; nothing is copied.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mailstead::mime {

struct HeaderField {
  std::string_view name;   // as written; empty: a line that is no field
  std::string_view value;  // after the colon, with its folding, without the last line end
  std::size_t begin = 0;   // offsets in the block: the field's first byte …
  std::size_t end = 0;     // … and one past its last line end
};

// Walks the fields from the start of `block` to the empty line, or to the end. `block` may be a whole message.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view block) : block_(block) {}
  bool next(HeaderField& field);
  // After next() returned false: where the body begins (after the empty line), or the block's size if there is none.
  std::size_t body_begin() const { return at_; }

 private:
  std::string_view block_;
  std::size_t at_ = 0;
  bool done_ = false;
};

// Where the body of `message` begins; its size if there is no empty line.
std::size_t header_size(std::string_view message);

// The raw value of the first field of this name (case-insensitive).
std::optional<std::string_view> find_header(std::string_view block, std::string_view name);

// Without line ends (RFC 5322 §2.2.3), outer white space, and NUL: fit for one line and for an IMAP string.
std::string unfold(std::string_view raw_value);

}  // namespace mailstead::mime

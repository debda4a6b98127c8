// The scanner behind parse(): one pass over the lines, with a stack of open parts instead of recursion.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mime/message.h"

namespace mailstead::mime {

class Parser {
 public:
  explicit Parser(std::string_view raw);
  Message run();

 private:
  struct Boundary {
    std::string text;
    std::size_t depth;      // index in open_ of its multipart
    std::int32_t shadowed;  // index in boundaries_ of an outer one with the same text, or -1
  };
  struct Open {
    std::uint32_t part;
    std::uint64_t lines;    // line ends before body_begin
    std::int32_t boundary;  // index in boundaries_ while it can still match, or -1
  };
  struct Found {  // a boundary line
    std::int32_t boundary = -1;
    bool close = false;
    std::uint64_t line_begin = 0;
  };
  enum class Kind { leaf, multipart, message };

  // Reads a header at at_; at a boundary line the header ends there. Returns what to do with the body.
  Kind begin_part(std::int32_t parent, bool message_root, Found& found);
  Kind classify(Part& part);
  void read_fields(Part& part, std::string_view block, bool message_root, bool digest);
  Found scan();  // to the next boundary line of any open multipart
  Found match(std::string_view line, std::uint64_t begin) const;
  void open_boundary(std::string text);
  void drop_boundary(Open& open);
  void close_to(std::size_t depth, std::uint64_t line_begin);  // ends the parts above open_[depth - 1]
  void end_part(const Open& open, std::uint64_t end, std::uint64_t lines);
  void fill_empty_multipart(std::uint32_t index);

  std::string_view raw_;
  std::uint64_t at_ = 0;
  std::uint64_t lines_ = 0;  // line ends before at_
  std::uint64_t headers_left_;
  Message message_;
  std::vector<Open> open_;
  std::vector<Boundary> boundaries_;
  std::unordered_map<std::string_view, std::int32_t> by_text_;  // views into boundaries_, which never reallocates
  std::size_t longest_ = 0;                                     // of the open boundaries
};

}  // namespace mailstead::mime

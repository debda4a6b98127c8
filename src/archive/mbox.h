// mbox as read from anywhere, and mboxrd as written: a message begins at a line "From SENDER DATE" after an empty line;
// ">From " within is unquoted by one '>'. State of the mailbox in header fields (Status, X-Status, X-Keywords,
// X-Mozilla-Status, …) becomes flags and is taken out of the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::archive {

struct ArchiveMessage {
  std::string content;  // CRLF lines
  std::vector<std::string> flags;
  std::optional<std::int64_t> date;  // of the "From " line; Unix seconds
  bool too_big = false;              // content is not there
  bool skip = false;                 // a pseudo message, or one that its client has marked as gone
};

// Memory grows with the present message alone, to `message_max`.
class MboxReader {
 public:
  explicit MboxReader(std::size_t message_max) : max_(message_max) {}

  void feed(std::string_view bytes);
  void finish();  // the end of the file
  std::optional<ArchiveMessage> next();
  // The file does not begin with a "From " line (empty lines aside): it is no mbox, and there are no messages.
  bool is_other() const { return other_; }

 private:
  void take_line(std::string_view line, bool ended);
  void end_message();

  std::size_t max_;
  std::string partial_;
  bool partial_cut_ = false;
  bool other_ = false, in_message_ = false, after_empty_ = true;
  std::string held_;  // an empty line that may belong to the next "From "
  ArchiveMessage now_;
  std::deque<ArchiveMessage> ready_;
};

// "From …" line, the message with its state in header fields, an empty line.
std::string mbox_entry(std::string_view message, const std::vector<std::string>& flags, std::int64_t date);

// Old mbox servers keep their own data in a message of this shape: nobody's mail (RFC 9051 has UIDVALIDITY instead).
bool is_pseudo_message(std::string_view message);

// Takes the header fields that mbox readers and writers keep state in out of `message`, as flags.
void take_state_fields(ArchiveMessage& message);

}  // namespace mailstead::archive

// What a message consists of, as IMAP shows it (RFC 9051 §7.5.2): plain values, offsets into the message's octets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/address.h"
#include "mime/params.h"

namespace mailstead::mime {

struct Part {
  std::uint64_t header_begin = 0;
  std::uint64_t body_begin = 0;  // header_begin … body_begin: the header with the empty line
  std::uint64_t body_end = 0;    // the line end before a boundary belongs to the boundary
  std::uint32_t body_lines = 0;  // in transfer encoding; an unfinished last line counts
  std::string type = "text";     // lower case, as the next
  std::string subtype = "plain";
  Params params;  // values in UTF-8
  std::string id;
  std::string description;
  std::string encoding = "7bit";  // lower case
  std::string md5;
  std::string disposition;  // lower case; empty: none
  Params disposition_params;
  std::vector<std::string> language;
  std::string location;
  std::int32_t parent = -1;
  std::vector<std::uint32_t> children;

  std::uint64_t body_size() const { return body_end - body_begin; }
  bool is(std::string_view t, std::string_view s) const { return type == t && subtype == s; }
  // Multipart parts have at least one child, messages exactly one (the embedded message, with its own header).
  bool is_multipart() const { return type == "multipart"; }
  bool is_message() const { return type == "message" && (subtype == "rfc822" || subtype == "global"); }
  // From the disposition or, failing that, from the type; UTF-8, may hold anything a sender likes: never a path.
  std::string_view filename() const;
  friend bool operator==(const Part&, const Part&) = default;
};

struct Envelope {  // RFC 9051 §7.5.2; strings as in the header, unfolded
  std::string date;
  std::string subject;
  std::vector<Address> from, sender, reply_to, to, cc, bcc;  // sender and reply_to default to from
  std::string in_reply_to;
  std::string message_id;
  friend bool operator==(const Envelope&, const Envelope&) = default;
};

}  // namespace mailstead::mime

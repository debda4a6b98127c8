// The summary of a message, stored beside its blob: all that FETCH ENVELOPE, BODY, BODYSTRUCTURE, PREVIEW, reads of
// sections, SEARCH of addresses, dates and subject, SORT and THREAD need, so that none of them opens the blob.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mime/date.h"
#include "mime/message.h"
#include "mime/text.h"

namespace mailstead::mime {

struct Summary {
  Message message;
  std::uint64_t size = 0;        // RFC822.SIZE
  std::optional<DateTime> sent;  // of the Date header, when it can be read
  std::string preview;           // RFC 8970
  // Thread keys (RFC 5256). Ids are without brackets.
  std::string message_id;
  std::vector<std::string> references;  // of References, else the first of In-Reply-To; at most limits::k_references
  std::string base_subject;
  bool is_reply = false;  // the subject had a "Re:" or the like
  friend bool operator==(const Summary&, const Summary&) = default;
};

Summary summarize(std::string_view raw);
// `by` bytes of header lines stand in front now: what decode()'s `shift` does, for a summary that was just made.
void shift(Summary& summary, std::uint64_t by);

// nullopt: over limits::k_summary_bytes; such a message is summarized anew whenever it is asked for.
std::optional<std::string> encode(const Summary&);

// `shift` bytes of header lines (Return-Path, Delivered-To) stand before the blob that was summarized: all offsets and
// the size grow by it, while the root's header still begins at 0. Errc::unsupported: another version, rebuild;
// Errc::corrupt: not a summary.
Result<Summary> decode(std::string_view, std::uint64_t shift = 0);
// Costs a fraction of it: without the preview, parts and embedded messages, nor Sender and Reply-To if they are From's.
Result<Summary> decode_brief(std::string_view);

}  // namespace mailstead::mime

#include "mime/summary.h"

#include "base/limits.h"
#include "mime/envelope.h"
#include "mime/header.h"
#include "mime/subject.h"

namespace mailstead::mime {

Summary summarize(std::string_view raw) {
  Summary s;
  s.message = parse(raw);
  s.size = raw.size();
  const auto& e = s.message.envelope;
  s.sent = parse_date(e.date);
  s.preview = preview(raw, s.message);
  if (auto ids = parse_message_ids(e.message_id, 1); !ids.empty()) s.message_id = std::move(ids[0]);
  const auto header = raw.substr(0, std::min(s.message.parts[0].body_begin, limits::k_header_block_bytes));
  if (const auto references = find_header(header, "references")) {
    s.references = parse_message_ids(*references, limits::k_addresses);
    // The first is the thread's root, the last ones are the nearest: those in the middle may go.
    if (s.references.size() > limits::k_references)
      s.references.erase(s.references.begin() + 1, s.references.end() - (limits::k_references - 1));
  }
  if (s.references.empty()) s.references = parse_message_ids(e.in_reply_to, 1);
  auto base = base_subject(e.subject);
  s.base_subject = std::move(base.text);
  s.is_reply = base.is_reply;
  return s;
}

void shift(Summary& summary, std::uint64_t by) {
  if (by == 0) return;
  summary.size += by;
  for (auto& p : summary.message.parts) p.header_begin += by, p.body_begin += by, p.body_end += by;
  summary.message.parts[0].header_begin = 0;
}

}  // namespace mailstead::mime

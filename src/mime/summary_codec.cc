// The stored form of a Summary, version 1 (base/codec.h: varint, svarint, str; u8 is one byte):
//
//   summary  = version:u8(=1) flags:u8 size:varint [unix:svarint zone:svarint] preview:str message-id
//              references base-subject envelope parts embedded
//   flags    = 1 has_attachment, 2 sent is there, 4 is_reply, 8 the message id is the envelope's within "<>",
//              16 the base subject is the envelope's subject
//   message-id, base-subject = str, absent when the flag says so
//   references = count:varint *str
//   envelope = flags:u8 date:str subject:str in-reply-to:str message-id:str from [sender] [reply-to] to cc bcc
//              flags: 1 sender is from, 2 reply-to is from, 4 no to, 8 no cc, 16 no bcc: those lists are absent
//   list     = count:varint *(display-name:str route:str mailbox:str host:str)
//   parts    = count:varint *part                        each after its parent
//   part     = up:varint gap:svarint header:varint body:varint lines:varint flags:u8
//              type:word subtype:word params encoding:word
//              [id:str] [description:str] [md5:str] [disposition:word params] [count:varint *str] [location:str]
//              up: index minus parent's index, 0 for the root; gap: header_begin minus the last part's body_begin;
//              header, body: sizes; flags, from 1: id, description, md5, disposition, language, location
//   params   = count:varint *(name:word value:word)
//   word     = index:u8 in k_words, from 1; or 0 and a str
//   embedded = count:varint *(part:varint envelope)      part ascending
//
// k_words is part of the format: words may be added at its end only.
#include <array>

#include "base/ascii.h"
#include "base/codec.h"
#include "base/limits.h"
#include "mime/summary.h"

namespace mailstead::mime {
namespace {

constexpr std::uint8_t k_version = 1;

constexpr std::array<std::string_view, 48> k_words = {
    "text",        "plain",       "html",         "multipart", "mixed",
    "alternative", "related",     "signed",       "report",    "message",
    "rfc822",      "application", "octet-stream", "pdf",       "image",
    "jpeg",        "png",         "gif",          "audio",     "video",
    "7bit",        "8bit",        "binary",       "base64",    "quoted-printable",
    "charset",     "utf-8",       "UTF-8",        "us-ascii",  "US-ASCII",
    "iso-8859-1",  "ISO-8859-1",  "windows-1252", "boundary",  "name",
    "filename",    "attachment",  "inline",       "format",    "flowed",
    "delsp",       "yes",         "no",           "size",      "micalg",
    "protocol",    "calendar",    "digest"};
static_assert(k_words.back() == "digest");

void put_word(Writer& w, std::string_view s) {
  for (std::size_t i = 0; i < k_words.size(); ++i)
    if (k_words[i] == s) return void(w.u8(static_cast<std::uint8_t>(i + 1)));
  w.u8(0).str(s);
}

void put_params(Writer& w, const Params& params) {
  w.varint(params.size());
  for (const auto& [name, value] : params) put_word(w, name), put_word(w, value);
}

void put_list(Writer& w, const std::vector<Address>& list) {
  w.varint(list.size());
  for (const auto& a : list) w.str(a.display_name).str(a.route).str(a.mailbox).str(a.host);
}

void put_envelope(Writer& w, const Envelope& e) {
  const unsigned flags = (e.sender == e.from ? 1U : 0) | (e.reply_to == e.from ? 2U : 0) | (e.to.empty() ? 4U : 0) |
                         (e.cc.empty() ? 8U : 0) | (e.bcc.empty() ? 16U : 0);
  w.u8(static_cast<std::uint8_t>(flags)).str(e.date).str(e.subject).str(e.in_reply_to).str(e.message_id);
  put_list(w, e.from);
  if (!(flags & 1)) put_list(w, e.sender);
  if (!(flags & 2)) put_list(w, e.reply_to);
  if (!(flags & 4)) put_list(w, e.to);
  if (!(flags & 8)) put_list(w, e.cc);
  if (!(flags & 16)) put_list(w, e.bcc);
}

void put_part(Writer& w, const Part& p, std::uint64_t index, std::uint64_t last_body) {
  const unsigned flags = (p.id.empty() ? 0 : 1U) | (p.description.empty() ? 0 : 2U) | (p.md5.empty() ? 0 : 4U) |
                         (p.disposition.empty() && p.disposition_params.empty() ? 0 : 8U) |
                         (p.language.empty() ? 0 : 16U) | (p.location.empty() ? 0 : 32U);
  w.varint(p.parent < 0 ? 0 : index - static_cast<std::uint64_t>(p.parent));
  w.svarint(static_cast<std::int64_t>(p.header_begin) - static_cast<std::int64_t>(last_body));
  w.varint(p.body_begin - p.header_begin).varint(p.body_end - p.body_begin).varint(p.body_lines);
  w.u8(static_cast<std::uint8_t>(flags));
  put_word(w, p.type);
  put_word(w, p.subtype);
  put_params(w, p.params);
  put_word(w, p.encoding);
  if (flags & 1) w.str(p.id);
  if (flags & 2) w.str(p.description);
  if (flags & 4) w.str(p.md5);
  if (flags & 8) put_word(w, p.disposition), put_params(w, p.disposition_params);
  if (flags & 16) {
    w.varint(p.language.size());
    for (const auto& l : p.language) w.str(l);
  }
  if (flags & 32) w.str(p.location);
}

bool in_brackets(std::string_view whole, std::string_view inside) {
  return whole.size() == inside.size() + 2 && whole.front() == '<' && whole.back() == '>' &&
         whole.substr(1, inside.size()) == inside;
}

// Reads; every count is checked against what is left, so that a bad one cannot make it allocate.
class Decoder {
 public:
  // `brief`: stops before the parts, and leaves out what decode_brief() does.
  explicit Decoder(std::string_view in, bool brief = false) : r_(in), brief_(brief) {}

  bool summary(Summary& s) {
    const auto flags = r_.u8();
    s.message.has_attachment = flags & 1;
    s.is_reply = flags & 4;
    s.size = r_.varint();
    if (flags & 2) {
      DateTime d;
      d.unix_seconds = r_.svarint();
      d.zone_minutes = static_cast<std::int16_t>(r_.svarint());
      s.sent = d;
    }
    const auto preview = r_.str();
    if (!brief_) s.preview = preview;
    if (!(flags & 8)) s.message_id = r_.str();
    s.references.resize(count(1));
    for (auto& id : s.references) id = r_.str();
    if (!(flags & 16)) s.base_subject = r_.str();
    envelope(s.message.envelope);
    const auto& id = s.message.envelope.message_id;
    if (flags & 8) {
      if (id.size() < 2) return false;
      s.message_id.assign(id, 1, id.size() - 2);
    }
    if (flags & 16) s.base_subject = s.message.envelope.subject;
    if (brief_) return !r_.bad();
    if (!parts(s)) return false;
    return embedded(s.message) && r_.done();
  }

 private:
  std::size_t count(std::size_t least_bytes) {
    const auto n = r_.varint();
    if (n <= r_.rest().size() / least_bytes) return static_cast<std::size_t>(n);
    r_.raw(UINT64_MAX);  // marks it bad
    return 0;
  }

  void word(std::string& out) {
    const auto index = r_.u8();
    if (index == 0) {
      out = r_.str();
    } else if (index <= k_words.size()) {
      out = k_words[index - 1U];
    } else {
      r_.raw(UINT64_MAX);
    }
  }

  void params(Params& out) {
    out.resize(count(2));
    for (auto& [name, value] : out) word(name), word(value);
  }

  void list(std::vector<Address>& out) {
    out.resize(count(4));
    for (auto& a : out) {
      a.display_name = r_.str();
      a.route = r_.str();
      a.mailbox = r_.str();
      a.host = r_.str();
    }
  }

  void envelope(Envelope& e) {
    const auto flags = r_.u8();
    e.date = r_.str();
    e.subject = r_.str();
    e.in_reply_to = r_.str();
    e.message_id = r_.str();
    list(e.from);
    if (!(flags & 1)) list(e.sender);
    if (!(flags & 2)) list(e.reply_to);
    if ((flags & 1) && !brief_) e.sender = e.from;
    if ((flags & 2) && !brief_) e.reply_to = e.from;
    if (!(flags & 4)) list(e.to);
    if (!(flags & 8)) list(e.cc);
    if (!(flags & 16)) list(e.bcc);
  }

  // Offsets lie in the message, in order; the tree is one that parse() makes: readers need no checks of their own.
  bool parts(Summary& s) {
    auto& all = s.message.parts;
    all.resize(count(10));
    if (all.empty()) return false;
    std::vector<std::uint8_t> depth(all.size() > limits::k_mime_depth ? all.size() : 0);
    std::uint64_t last_body = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto& p = all[i];
      const auto up = r_.varint();
      if ((up == 0) != (i == 0) || up > i) return false;
      p.parent = static_cast<std::int32_t>(i) - static_cast<std::int32_t>(up);
      if (i == 0) p.parent = -1;
      const auto begin = static_cast<std::int64_t>(last_body) + r_.svarint();
      const auto header = r_.varint(), body = r_.varint(), lines = r_.varint();
      if (r_.bad() || begin < 0 || lines > UINT32_MAX || static_cast<std::uint64_t>(begin) > s.size ||
          header > s.size - static_cast<std::uint64_t>(begin) ||
          body > s.size - static_cast<std::uint64_t>(begin) - header)
        return false;
      p.header_begin = static_cast<std::uint64_t>(begin);
      p.body_begin = last_body = p.header_begin + header;
      p.body_end = p.body_begin + body;
      p.body_lines = static_cast<std::uint32_t>(lines);
      part(p);
      if (i == 0) continue;
      const auto parent = static_cast<std::size_t>(p.parent);
      all[parent].children.push_back(static_cast<std::uint32_t>(i));
      if (!depth.empty() && (depth[i] = static_cast<std::uint8_t>(depth[parent] + 1)) > limits::k_mime_depth + 2)
        return false;
    }
    for (const auto& p : all) {
      const auto children = p.children.size();
      if (p.is_multipart() ? children == 0 : children != (p.is_message() ? 1U : 0U)) return false;
    }
    return !r_.bad();
  }

  void part(Part& p) {
    const auto flags = r_.u8();
    word(p.type);
    word(p.subtype);
    params(p.params);
    word(p.encoding);
    if (flags & 1) p.id = r_.str();
    if (flags & 2) p.description = r_.str();
    if (flags & 4) p.md5 = r_.str();
    if (flags & 8) word(p.disposition), params(p.disposition_params);
    if (flags & 16) {
      p.language.resize(count(1));
      for (auto& l : p.language) l = r_.str();
    }
    if (flags & 32) p.location = r_.str();
  }

  bool embedded(Message& m) {
    m.embedded.resize(count(6));
    std::uint64_t least = 0;
    for (auto& [index, e] : m.embedded) {
      const auto part = r_.varint();
      if (part < least || part >= m.parts.size() || !m.parts[part].is_message()) return false;
      index = static_cast<std::uint32_t>(part);
      least = part + 1;
      envelope(e);
    }
    return !r_.bad();
  }

  Reader r_;
  bool brief_;
};

Result<Summary> decode(std::string_view in, std::uint64_t shift, bool brief) {
  if (in.empty()) return fail(Errc::corrupt, "empty summary");
  if (static_cast<std::uint8_t>(in[0]) != k_version) return fail(Errc::unsupported, "version of the summary");
  Summary s;
  if (!Decoder(in.substr(1), brief).summary(s)) return fail(Errc::corrupt, "summary");
  mime::shift(s, shift);
  return s;
}

}  // namespace

std::optional<std::string> encode(const Summary& s) {
  const auto& m = s.message;
  const bool id_inside = !s.message_id.empty() && in_brackets(m.envelope.message_id, s.message_id);
  const bool same_subject = !s.base_subject.empty() && s.base_subject == m.envelope.subject;
  const unsigned flags = (m.has_attachment ? 1U : 0) | (s.sent ? 2U : 0) | (s.is_reply ? 4U : 0) |
                         (id_inside ? 8U : 0) | (same_subject ? 16U : 0);
  Writer w;
  w.u8(k_version).u8(static_cast<std::uint8_t>(flags)).varint(s.size);
  if (s.sent) w.svarint(s.sent->unix_seconds).svarint(s.sent->zone_minutes);
  w.str(s.preview);
  if (!id_inside) w.str(s.message_id);
  w.varint(s.references.size());
  for (const auto& id : s.references) w.str(id);
  if (!same_subject) w.str(s.base_subject);
  put_envelope(w, m.envelope);
  w.varint(m.parts.size());
  std::uint64_t last_body = 0;
  for (std::size_t i = 0; i < m.parts.size(); ++i) {
    put_part(w, m.parts[i], i, last_body);
    last_body = m.parts[i].body_begin;
    if (w.size() > limits::k_summary_bytes) return std::nullopt;
  }
  w.varint(m.embedded.size());
  for (const auto& [part, e] : m.embedded) {
    w.varint(part);
    put_envelope(w, e);
    if (w.size() > limits::k_summary_bytes) return std::nullopt;
  }
  if (w.size() > limits::k_summary_bytes) return std::nullopt;
  return w.take();
}

Result<Summary> decode(std::string_view in, std::uint64_t shift) {
  return decode(in, shift, false);
}

Result<Summary> decode_brief(std::string_view in) {
  return decode(in, 0, true);
}

}  // namespace mailstead::mime

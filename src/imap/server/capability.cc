// The one table of capabilities: what is advertised, and when.
#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

enum When : std::uint8_t { always, before_login, after_login };

struct Advertised {
  std::string_view name;
  When when;
};

constexpr Advertised k_capabilities[] = {
    {"IMAP4rev1", always},                   // RFC 3501
    {"IMAP4rev2", always},                   // RFC 9051
    {"LITERAL-", always},                    // RFC 7888
    {"SASL-IR", before_login},               // RFC 4959
    {"ID", always},                          // RFC 2971
    {"ENABLE", always},                      // RFC 5161
    {"IDLE", after_login},                   // RFC 2177
    {"NAMESPACE", after_login},              // RFC 2342
    {"CHILDREN", after_login},               // RFC 3348
    {"UNSELECT", after_login},               // RFC 3691
    {"UIDPLUS", after_login},                // RFC 4315
    {"MOVE", after_login},                   // RFC 6851
    {"SPECIAL-USE", after_login},            // RFC 6154
    {"CREATE-SPECIAL-USE", after_login},     // RFC 6154 §3
    {"ESEARCH", after_login},                // RFC 4731
    {"PARTIAL", after_login},                // RFC 9394
    {"FILTERS", after_login},                // RFC 5466
    {"SEARCHRES", after_login},              // RFC 5182
    {"WITHIN", after_login},                 // RFC 5032
    {"SEARCH=FUZZY", after_login},           // RFC 6203
    {"SORT", after_login},                   // RFC 5256
    {"SORT=DISPLAY", after_login},           // RFC 5957
    {"ESORT", after_login},                  // RFC 5267 §3
    {"CONTEXT=SEARCH", after_login},         // RFC 5267 §4
    {"CONTEXT=SORT", after_login},           //
    {"THREAD=ORDEREDSUBJECT", after_login},  // RFC 5256
    {"THREAD=REFERENCES", after_login},      //
    {"THREAD=REFS", after_login},            // draft-ietf-morg-inthread
    {"MULTISEARCH", after_login},            // RFC 7377
    {"I18NLEVEL=2", after_login},            // RFC 5255 §4.4: which contains I18NLEVEL=1
    {"LANGUAGE", always},                    // RFC 5255 §3
    {"LIST-EXTENDED", after_login},          // RFC 5258
    {"LIST-STATUS", after_login},            // RFC 5819
    {"LIST-METADATA", after_login},          // RFC 9590
    {"METADATA", after_login},               // RFC 5464
    {"STATUS=SIZE", after_login},            // RFC 8438
    {"CONDSTORE", after_login},              // RFC 7162
    {"QRESYNC", after_login},                // RFC 7162 §3.2
    {"UIDONLY", after_login},                // RFC 9586
    {"UIDBATCHES", after_login},             // RFC 10022
    {"INPROGRESS", after_login},             // RFC 9585
    {"UTF8=ACCEPT", after_login},            // RFC 6855, RFC 9755
    {"COMPRESS=DEFLATE", after_login},       // RFC 4978
    {"NOTIFY", after_login},                 // RFC 5465
    {"MULTIAPPEND", after_login},            // RFC 3502
    {"REPLACE", after_login},                // RFC 8508
    {"CATENATE", after_login},               // RFC 4469
    {"URL-PARTIAL", after_login},            // RFC 5550
    {"BINARY", after_login},                 // RFC 3516
    {"OBJECTID", after_login},               // RFC 8474
    {"SAVEDATE", after_login},               // RFC 8514
    {"PREVIEW", after_login},                // RFC 8970
    {"UNAUTHENTICATE", after_login},         // RFC 8437
    {"QUOTA", after_login},                  // RFC 9208
    {"QUOTASET", after_login},               //
    {"QUOTA=RES-STORAGE", after_login},      //
    {"QUOTA=RES-MESSAGE", after_login},      //
    {"QUOTA=RES-MAILBOX", after_login},      //
};

}  // namespace

std::string capabilities(Session& s) {
  const bool in = s.account != nullptr;
  std::string out;
  for (const auto& c : k_capabilities)
    if (c.when == always || (c.when == after_login) == in) append(out, out.empty() ? "" : " ", c.name);
  if (in) {
    append(out, " APPENDLIMIT=", s.context.message_size_max);  // RFC 7889 §3
    return out;
  }
  // RFC 9051 §6.1.1, §6.2.1
  auto& stream = s.connection.stream();
  if (!stream.is_tls() && s.context.tls) out += " STARTTLS";
  const auth::SaslContext sasl{stream.peer().address, auth::imap, stream.is_tls(), stream.tls_exporter()};
  for (const auto& m : auth::sasl_mechanisms(sasl, s.context.allow_plain_without_tls)) append(out, " AUTH=", m);
  if (!stream.is_tls() && !s.context.allow_plain_without_tls) out += " LOGINDISABLED";
  return out;
}

}  // namespace mailstead::imap

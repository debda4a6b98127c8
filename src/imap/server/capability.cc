// The one table of capabilities: what is advertised, and when.
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/annotations.h"
#include "imap/server/message_limit.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

enum When : std::uint8_t { always, before_login, after_login };

struct Advertised {
  std::string_view name;
  When when;
  std::string_view needs = {};  // capabilities, with spaces between: without one of them it is not there either
};

// RFC 9051 appendix E: a server that has IMAP4rev2 has these.
constexpr std::string_view k_rev2 =
    "ENABLE IDLE NAMESPACE UNSELECT UIDPLUS MOVE ESEARCH SEARCHRES SASL-IR LIST-EXTENDED LIST-STATUS LITERAL- BINARY "
    "SPECIAL-USE STATUS=SIZE";

constexpr Advertised k_capabilities[] = {
    {"IMAP4rev1", always},                                     // RFC 3501
    {"IMAP4rev2", always, k_rev2},                             // RFC 9051
    {"LITERAL-", always},                                      // RFC 7888
    {"SASL-IR", before_login},                                 // RFC 4959
    {"ID", always},                                            // RFC 2971
    {"ENABLE", always},                                        // RFC 5161
    {"IDLE", after_login},                                     // RFC 2177
    {"NAMESPACE", after_login},                                // RFC 2342
    {"CHILDREN", after_login},                                 // RFC 3348
    {"UNSELECT", after_login},                                 // RFC 3691
    {"UIDPLUS", after_login},                                  // RFC 4315
    {"MOVE", after_login},                                     // RFC 6851
    {"SPECIAL-USE", after_login},                              // RFC 6154
    {"CREATE-SPECIAL-USE", after_login, "SPECIAL-USE"},        // RFC 6154 §3
    {"ESEARCH", after_login},                                  // RFC 4731
    {"PARTIAL", after_login, "ESEARCH"},                       // RFC 9394
    {"FILTERS", after_login},                                  // RFC 5466
    {"SEARCHRES", after_login, "ESEARCH"},                     // RFC 5182
    {"WITHIN", after_login},                                   // RFC 5032
    {"SEARCH=FUZZY", after_login},                             // RFC 6203
    {"SORT", after_login},                                     // RFC 5256
    {"SORT=DISPLAY", after_login, "SORT"},                     // RFC 5957
    {"ESORT", after_login, "SORT ESEARCH"},                    // RFC 5267 §3
    {"CONTEXT=SEARCH", after_login, "ESEARCH"},                // RFC 5267 §4
    {"CONTEXT=SORT", after_login, "ESORT"},                    //
    {"THREAD=ORDEREDSUBJECT", after_login},                    // RFC 5256
    {"THREAD=REFERENCES", after_login},                        //
    {"THREAD=REFS", after_login},                              // draft-ietf-morg-inthread
    {"MULTISEARCH", after_login, "ESEARCH"},                   // RFC 7377
    {"I18NLEVEL=2", after_login},                              // RFC 5255 §4.4: which contains I18NLEVEL=1
    {"LANGUAGE", always},                                      // RFC 5255 §3
    {"LIST-EXTENDED", after_login},                            // RFC 5258
    {"LIST-STATUS", after_login, "LIST-EXTENDED"},             // RFC 5819
    {"LIST-METADATA", after_login, "LIST-EXTENDED METADATA"},  // RFC 9590
    {"METADATA", after_login},                                 // RFC 5464
    {"ANNOTATE-EXPERIMENT-1", after_login},                    // RFC 5257
    {"ACL", after_login},                                      // RFC 4314
    {"RIGHTS=kxten", after_login, "ACL"},                      // RFC 4314 §2.2; n: RFC 5257 §3.4
    {"LIST-MYRIGHTS", after_login, "LIST-EXTENDED ACL"},       // RFC 8440
    {"STATUS=SIZE", after_login},                              // RFC 8438
    {"CONDSTORE", after_login},                                // RFC 7162
    {"QRESYNC", after_login, "CONDSTORE ENABLE"},              // RFC 7162 §3.2
    {"UIDONLY", after_login, "ENABLE"},                        // RFC 9586
    {"UIDBATCHES", after_login},                               // RFC 10022
    {"INPROGRESS", after_login},                               // RFC 9585
    {"UTF8=ACCEPT", after_login, "ENABLE"},                    // RFC 6855, RFC 9755
    {"COMPRESS=DEFLATE", after_login},                         // RFC 4978
    {"NOTIFY", after_login},                                   // RFC 5465
    {"MULTIAPPEND", after_login},                              // RFC 3502
    {"REPLACE", after_login},                                  // RFC 8508
    {"CATENATE", after_login},                                 // RFC 4469
    {"URL-PARTIAL", after_login},                              // RFC 5550
    {"URLAUTH", after_login},                                  // RFC 4467
    {"BINARY", after_login},                                   // RFC 3516
    {"OBJECTID", after_login},                                 // RFC 8474
    {"SAVEDATE", after_login},                                 // RFC 8514
    {"PREVIEW", after_login},                                  // RFC 8970
    {"UNAUTHENTICATE", after_login},                           // RFC 8437
    {"QUOTA", after_login},                                    // RFC 9208
    {"QUOTASET", after_login, "QUOTA"},                        //
    {"QUOTA=RES-STORAGE", after_login, "QUOTA"},               //
    {"QUOTA=RES-MESSAGE", after_login, "QUOTA"},               //
    {"QUOTA=RES-MAILBOX", after_login, "QUOTA"},               //
};

// With the limit behind them: RFC 7889 §3, RFC 9738 §3.
constexpr std::string_view k_appendlimit = "APPENDLIMIT", k_messagelimit = "MESSAGELIMIT", k_savelimit = "SAVELIMIT";
constexpr std::string_view k_limits[] = {k_appendlimit, k_messagelimit, k_savelimit};

const Advertised* find(std::string_view name) {
  const auto* found = std::find_if(std::begin(k_capabilities), std::end(k_capabilities),
                                   [&](const auto& c) { return iequals(c.name, name); });
  return found == std::end(k_capabilities) ? nullptr : found;
}

}  // namespace

bool Profile::offers(std::string_view capability) const {
  if (off_.empty()) return true;
  if (std::any_of(off_.begin(), off_.end(), [&](const auto& off) { return iequals(off, capability); })) return false;
  const auto* row = find(capability);
  auto needs = row == nullptr ? std::string_view() : row->needs;
  while (!needs.empty()) {
    const auto end = std::min(needs.find(' '), needs.size());
    if (!offers(needs.substr(0, end))) return false;
    needs.remove_prefix(std::min(end + 1, needs.size()));
  }
  return true;
}

Result<> check_capability(std::string_view name) {
  if (iequals(name, "IMAP4rev1")) return fail(Errc::syntax, "IMAP4rev1 cannot be switched off");
  if (find(name) == nullptr &&
      std::none_of(std::begin(k_limits), std::end(k_limits), [&](auto limit) { return iequals(name, limit); }))
    return fail(Errc::syntax, cat("no such capability: ", name));
  return {};
}

namespace {

struct Of {
  std::string_view operator()(const Namespace&) const { return "NAMESPACE"; }
  std::string_view operator()(const Idle&) const { return "IDLE"; }
  std::string_view operator()(const Unauthenticate&) const { return "UNAUTHENTICATE"; }
  std::string_view operator()(const Unselect&) const { return "UNSELECT"; }
  std::string_view operator()(const Id&) const { return "ID"; }
  std::string_view operator()(const Enable&) const { return "ENABLE"; }
  std::string_view operator()(const Compress&) const { return "COMPRESS=DEFLATE"; }
  std::string_view operator()(const Select& c) const {
    return c.annotate ? k_annotate : c.qresync ? "QRESYNC" : c.condstore ? "CONDSTORE" : "";
  }
  std::string_view operator()(const Create& c) const { return c.uses.empty() ? "" : "CREATE-SPECIAL-USE"; }
  std::string_view operator()(const List& c) const {
    return !c.extended                ? ""
           : !c.give.metadata.empty() ? "LIST-METADATA"
           : c.give.my_rights         ? "LIST-MYRIGHTS"
           : !c.give.status.empty()   ? "LIST-STATUS"
                                      : "LIST-EXTENDED";
  }
  std::string_view operator()(const Append& c) const {
    const auto annotated = [](const AppendMessage& m) { return !m.annotations.empty(); };
    return std::any_of(c.messages.begin(), c.messages.end(), annotated)  ? k_annotate
           : c.messages.size() > 1                                       ? "MULTIAPPEND"
           : c.messages.size() == 1 && !c.messages.front().parts.empty() ? "CATENATE"
                                                                         : "";
  }
  std::string_view operator()(const Replace& c) const { return c.with.annotations.empty() ? "REPLACE" : k_annotate; }
  std::string_view operator()(const Expunge& c) const { return c.uids ? "UIDPLUS" : ""; }
  std::string_view operator()(const Search& c) const {
    return model::needs_annotations(c.query) ? k_annotate : of_return(c.give, "ESEARCH");
  }
  std::string_view operator()(const Esearch& c) const {
    return model::needs_annotations(c.query) ? k_annotate : "MULTISEARCH";
  }
  std::string_view operator()(const CancelUpdate&) const { return "CONTEXT=SEARCH"; }
  std::string_view operator()(const Sort& c) const {
    const auto annotated = [](const model::SortKey& k) { return k.by == model::SortBy::annotation; };
    if (model::needs_annotations(c.query) || std::any_of(c.keys.begin(), c.keys.end(), annotated)) return k_annotate;
    return c.give ? of_return(c.give, "ESORT") : "SORT";
  }
  std::string_view operator()(const Thread& c) const {
    return c.by == model::Threading::ordered_subject ? "THREAD=ORDEREDSUBJECT"
           : c.by == model::Threading::references    ? "THREAD=REFERENCES"
                                                     : "THREAD=REFS";
  }
  std::string_view operator()(const Language&) const { return "LANGUAGE"; }
  std::string_view operator()(const Comparator&) const { return "I18NLEVEL=2"; }
  std::string_view operator()(const Fetch& c) const {
    const auto annotated = [](const FetchItem& i) { return i.attr == FetchAttr::annotation; };
    if (std::any_of(c.items.begin(), c.items.end(), annotated)) return k_annotate;
    return c.partial ? "PARTIAL" : c.vanished ? "QRESYNC" : c.changed_since ? "CONDSTORE" : "";
  }
  std::string_view operator()(const Notify&) const { return "NOTIFY"; }
  std::string_view operator()(const Store& c) const {
    return !c.annotations.empty() ? k_annotate : c.unchanged_since ? "CONDSTORE" : "";
  }
  std::string_view operator()(const UidBatches&) const { return "UIDBATCHES"; }
  std::string_view operator()(const Copy& c) const { return c.move ? "MOVE" : ""; }
  std::string_view operator()(const GetMetadata&) const { return "METADATA"; }
  std::string_view operator()(const SetMetadata&) const { return "METADATA"; }
  std::string_view operator()(const SetAcl&) const { return "ACL"; }
  std::string_view operator()(const DeleteAcl&) const { return "ACL"; }
  std::string_view operator()(const GetAcl&) const { return "ACL"; }
  std::string_view operator()(const ListRights&) const { return "ACL"; }
  std::string_view operator()(const MyRights&) const { return "ACL"; }
  std::string_view operator()(const GenUrlAuth&) const { return "URLAUTH"; }
  std::string_view operator()(const UrlFetch&) const { return "URLAUTH"; }
  std::string_view operator()(const ResetKey&) const { return "URLAUTH"; }
  std::string_view operator()(const GetQuota&) const { return "QUOTA"; }
  std::string_view operator()(const GetQuotaRoot&) const { return "QUOTA"; }
  std::string_view operator()(const SetQuota&) const { return "QUOTASET"; }
  template <class C>
  std::string_view operator()(const C&) const {  // RFC 3501
    return "";
  }

  static std::string_view of_return(const std::optional<SearchReturn>& give, std::string_view plain) {
    return !give ? "" : give->partial ? "PARTIAL" : give->save ? "SEARCHRES" : give->update ? "CONTEXT=SEARCH" : plain;
  }
};

}  // namespace

std::string_view capability_of(const Command& command) {
  return std::visit(Of(), command);
}

std::string capabilities(Session& s) {
  const bool in = s.account != nullptr;
  std::string out;
  for (const auto& c : k_capabilities)
    if ((c.when == always || (c.when == after_login) == in) && s.profile.offers(c.name))
      append(out, out.empty() ? "" : " ", c.name);
  if (in) {
    if (s.profile.offers(k_appendlimit)) append(out, ' ', k_appendlimit, '=', s.context.message_size_max);
    if (const auto limit = message_limit(s); limit != 0)
      append(out, ' ', k_messagelimit, '=', limit);
    else if (const auto saved = save_limit(s); saved != 0)
      append(out, ' ', k_savelimit, '=', saved);
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

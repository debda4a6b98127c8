// The commands of IMAP as values. A parsed command owns its bytes: it lives across suspensions. Mailbox names are UTF-8
// in canonical form; sets of sequence numbers and of UIDs are different types.
//
// A new command: its struct here, one parse file, one line in the table of parse.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "imap/wire/framer.h"
#include "model/ids.h"
#include "model/mailbox_name.h"
#include "model/message_annotation.h"
#include "model/numset.h"
#include "model/rights.h"
#include "model/search.h"
#include "model/sort.h"
#include "model/thread.h"

namespace mailstead::imap {

using model::ModSeq;
using model::SeqNum;
using model::Uid;
using SeqSet = model::NumSet<SeqNum>;
using UidSet = model::NumSet<Uid>;

struct SavedResult {  // "$", RFC 5182
  friend bool operator==(const SavedResult&, const SavedResult&) = default;
};
using MessageSet = std::variant<SeqSet, UidSet, SavedResult>;

#define MAILSTEAD_EQ(T) friend bool operator==(const T&, const T&) = default

// Commands without arguments.
struct Capability {
  MAILSTEAD_EQ(Capability);
};
struct Noop {
  MAILSTEAD_EQ(Noop);
};
struct Logout {
  MAILSTEAD_EQ(Logout);
};
struct StartTls {
  MAILSTEAD_EQ(StartTls);
};
struct Namespace {
  MAILSTEAD_EQ(Namespace);
};
struct Idle {
  MAILSTEAD_EQ(Idle);
};
struct Check {
  MAILSTEAD_EQ(Check);
};
struct Close {
  MAILSTEAD_EQ(Close);
};
struct Unauthenticate {  // RFC 8437
  MAILSTEAD_EQ(Unauthenticate);
};
struct Unselect {
  MAILSTEAD_EQ(Unselect);
};

// RFC 2971. No list: NIL.
struct Id {
  std::optional<std::vector<std::pair<std::string, std::optional<std::string>>>> fields;
  MAILSTEAD_EQ(Id);
};
struct Authenticate {
  std::string mechanism;               // in capitals
  std::optional<std::string> initial;  // RFC 4959: base64 as sent; "" for "="
  MAILSTEAD_EQ(Authenticate);
};
struct Login {
  std::string user, password;
  MAILSTEAD_EQ(Login);
};
struct Enable {
  std::vector<std::string> capabilities;  // in capitals
  MAILSTEAD_EQ(Enable);
};
struct Compress {  // RFC 4978
  std::string mechanism;
  MAILSTEAD_EQ(Compress);
};

// RFC 7162 §3.2.5.
struct QResync {
  std::uint32_t uidvalidity = 0;
  ModSeq modseq;
  std::optional<UidSet> known_uids;
  std::optional<std::pair<SeqSet, UidSet>> match;  // sequence numbers and their UIDs
  MAILSTEAD_EQ(QResync);
};
struct Select {
  bool examine = false;
  std::string mailbox;
  bool condstore = false;
  bool annotate = false;  // RFC 5257 §4.2
  std::optional<QResync> qresync;
  MAILSTEAD_EQ(Select);
};
struct Create {
  std::string mailbox;
  std::vector<model::SpecialUse> uses;  // RFC 6154 §3
  bool unknown_use = false;             // it names a use that is none of these
  MAILSTEAD_EQ(Create);
};
struct Delete {
  std::string mailbox;
  MAILSTEAD_EQ(Delete);
};
struct Rename {
  std::string from, to;
  MAILSTEAD_EQ(Rename);
};
struct Subscribe {  // UNSUBSCRIBE with on = false
  std::string mailbox;
  bool on = true;
  MAILSTEAD_EQ(Subscribe);
};

enum class StatusItem : std::uint8_t {
  messages,
  recent,
  uidnext,
  uidvalidity,
  unseen,
  deleted,
  size,
  highestmodseq,
  appendlimit,
  mailboxid,
  deleted_storage
};
std::string_view to_string(StatusItem);
struct Status {
  std::string mailbox;
  std::vector<StatusItem> items;
  MAILSTEAD_EQ(Status);
};

// RFC 9051 §6.3.9, RFC 5258.
struct List {
  struct Selection {
    bool subscribed = false, remote = false, recursive_match = false, special_use = false;
    MAILSTEAD_EQ(Selection);
  } select;
  std::string reference;
  std::vector<std::string> patterns;
  struct Return {
    bool subscribed = false, children = false, special_use = false;
    std::vector<StatusItem> status;     // RFC 5819
    std::vector<std::string> metadata;  // RFC 9590: entries
    bool my_rights = false;             // RFC 8440
    MAILSTEAD_EQ(Return);
  } give;
  bool extended = false;  // options or several patterns were given: reply in the extended way
  MAILSTEAD_EQ(List);
};
struct Lsub {
  std::string reference, pattern;
  MAILSTEAD_EQ(Lsub);
};

// RFC 4469: octets, or the URL of octets that the server has.
struct CatPart {
  bool url = false;
  std::string text;
  MAILSTEAD_EQ(CatPart);
};
struct AppendMessage {
  std::vector<std::string> flags;
  std::optional<std::pair<std::int64_t, std::int16_t>> date;  // Unix seconds, minutes east of UTC
  std::string content;
  bool binary = false;                                // literal8
  bool utf8 = false;                                  // RFC 6855 §4: UTF8 (literal8)
  std::vector<CatPart> parts;                         // CATENATE: in place of `content`
  std::vector<model::MessageAnnotation> annotations;  // RFC 5257 §4.7
  MAILSTEAD_EQ(AppendMessage);
};
struct Append {
  std::string mailbox;
  std::vector<AppendMessage> messages;  // RFC 3502: several
  MAILSTEAD_EQ(Append);
};

struct Replace {  // RFC 8508
  bool uid = false;
  MessageSet message;  // one number
  std::string mailbox;
  AppendMessage with;
  MAILSTEAD_EQ(Replace);
};

struct Expunge {
  std::optional<MessageSet> uids;  // UID EXPUNGE
  MAILSTEAD_EQ(Expunge);
};

enum class FetchAttr : std::uint8_t {
  uid,
  flags,
  internaldate,
  envelope,
  bodystructure,
  body_structure_short,  // BODY without []
  rfc822_size,
  modseq,
  emailid,
  threadid,
  preview,
  savedate,
  annotation,   // RFC 5257 §4.3
  body,         // BODY[…], BODY.PEEK[…]
  binary,       // BINARY[…], BINARY.PEEK[…]
  binary_size,  // BINARY.SIZE[…]
  rfc822,
  rfc822_header,
  rfc822_text  // RFC 3501; header does not set \Seen
};
// RFC 9051 §6.4.5.1.
struct Section {
  enum class Text : std::uint8_t { all, header, header_fields, header_fields_not, text, mime };
  std::vector<std::uint32_t> part;  // 1.2.3
  Text text = Text::all;
  std::vector<std::string> fields;  // as the client wrote them
  MAILSTEAD_EQ(Section);
};
struct FetchItem {
  FetchAttr attr{};
  bool peek = false;  // do not set \Seen: BODY.PEEK, BINARY.PEEK, RFC822.PEEK
  Section section;
  std::optional<std::pair<std::uint64_t, std::uint64_t>> partial;  // <offset.count>
  bool lazy = false;                                               // PREVIEW (LAZY)
  std::vector<std::string> entries = {}, attributes = {};          // ANNOTATION: patterns; "value", "size.priv", …
  MAILSTEAD_EQ(FetchItem);
};
// RFC 9394 §4: the first result is 1; counted from the last one with `from_end`. As the client wrote it.
struct PartialRange {
  bool from_end = false;
  std::uint32_t a = 1, b = 1;
  MAILSTEAD_EQ(PartialRange);
};
struct SearchReturn {
  bool min = false, max = false, all = false, count = false, save = false;
  std::optional<PartialRange> partial = std::nullopt;
  bool relevancy = false;                                       // RFC 6203 §4
  bool context = false;                                         // RFC 5267 §4.2: a hint
  std::optional<std::vector<FetchItem>> update = std::nullopt;  // RFC 5267 §4.3; the items: RFC 5465 §7
  MAILSTEAD_EQ(SearchReturn);
};
struct Search {
  bool uid = false;
  std::optional<SearchReturn> give;  // RETURN (…); RETURN () is ALL. With it the reply is ESEARCH.
  model::Query query;
  MAILSTEAD_EQ(Search);
};

// RFC 5465 §6, RFC 7377 §2.2: which mailboxes.
struct MailboxFilter {
  enum class Kind : std::uint8_t { selected, inboxes, personal, subscribed, subtree, subtree_one, mailboxes };
  Kind kind{};
  std::vector<std::string> names;  // of the last three kinds
  MAILSTEAD_EQ(MailboxFilter);
};
struct Esearch {
  std::vector<MailboxFilter> in;  // none: the selected one
  std::optional<SearchReturn> give;
  model::Query query;
  MAILSTEAD_EQ(Esearch);
};

struct CancelUpdate {  // RFC 5267 §4.3.5
  std::vector<std::string> tags;
  MAILSTEAD_EQ(CancelUpdate);
};

// RFC 5256, 5957; RETURN: RFC 5267 §3.
struct Sort {
  bool uid = false;
  std::optional<SearchReturn> give;
  std::vector<model::SortKey> keys;
  model::Query query;
  MAILSTEAD_EQ(Sort);
};
struct Thread {
  bool uid = false;
  model::Threading by{};
  model::Query query;
  MAILSTEAD_EQ(Thread);
};

// RFC 5255 §3.2: no tags: a question.
struct Language {
  std::vector<std::string> tags;
  MAILSTEAD_EQ(Language);
};
// RFC 5255 §4.7: no names: a question. "cz;*" are patterns (RFC 4790 §3.2).
struct Comparator {
  std::vector<std::string> names;
  MAILSTEAD_EQ(Comparator);
};

struct Fetch {
  bool uid = false;
  MessageSet set;
  std::vector<FetchItem> items;  // macros are expanded, doubles left out
  std::optional<ModSeq> changed_since;
  bool vanished = false;
  std::optional<PartialRange> partial;
  MAILSTEAD_EQ(Fetch);
};

// RFC 5465 §8.
enum class NotifyEvent : std::uint8_t {
  message_new,
  message_expunge,
  flag_change,
  mailbox_name,
  subscription_change,
  mailbox_metadata_change,
  server_metadata_change
};
struct NotifyGroup {
  MailboxFilter of;
  bool delayed = false;                  // SELECTED-DELAYED
  std::vector<NotifyEvent> events;       // none at all: NONE
  std::vector<std::string> unsupported;  // other events, in capitals
  std::vector<FetchItem> items;          // of MessageNew
  MAILSTEAD_EQ(NotifyGroup);
};
struct Notify {
  bool status = false;
  std::vector<NotifyGroup> groups;  // none: NOTIFY NONE
  MAILSTEAD_EQ(Notify);
};

struct Store {
  enum class Change : std::uint8_t { set, add, remove };
  bool uid = false;
  MessageSet set;
  Change change = Change::set;
  bool silent = false;
  std::vector<std::string> flags;  // system flags as the RFC writes them; keywords as sent; without doubles
  std::vector<model::MessageAnnotation> annotations;  // in place of FLAGS: RFC 5257 §4.5
  std::optional<ModSeq> unchanged_since;
  bool modifier_last = false;  // behind the flags: imapflow sends it there (counted)
  MAILSTEAD_EQ(Store);
};
struct UidBatches {  // RFC 10022
  std::uint32_t size = 1;
  std::optional<std::pair<std::uint32_t, std::uint32_t>> wanted;  // which batches, the first is 1
  MAILSTEAD_EQ(UidBatches);
};
struct Copy {  // and MOVE, RFC 6851
  bool uid = false;
  bool move = false;
  MessageSet set;
  std::string mailbox;
  MAILSTEAD_EQ(Copy);
};

// RFC 5464. The mailbox "" is the server. Names of entries are in small letters.
struct GetMetadata {
  static constexpr std::uint8_t k_all_below = 255;
  std::string mailbox;
  std::vector<std::string> entries;
  std::optional<std::uint32_t> max_size;
  std::uint8_t depth = 0;  // how many levels below the entries; k_all_below: infinity
  MAILSTEAD_EQ(GetMetadata);
};
struct SetMetadata {
  std::string mailbox;
  std::vector<std::pair<std::string, std::optional<std::string>>> entries;
  MAILSTEAD_EQ(SetMetadata);
};

// RFC 4467 §9. Mechanisms in capitals.
struct GenUrlAuth {
  std::vector<std::pair<std::string, std::string>> urls;  // without what is asked for, and the mechanism
  MAILSTEAD_EQ(GenUrlAuth);
};
struct UrlFetch {
  std::vector<std::string> urls;
  MAILSTEAD_EQ(UrlFetch);
};
struct ResetKey {
  std::string mailbox;  // "": all
  std::vector<std::string> mechanisms;
  MAILSTEAD_EQ(ResetKey);
};

// RFC 9208.
struct GetQuota {
  std::string root;
  MAILSTEAD_EQ(GetQuota);
};
struct GetQuotaRoot {
  std::string mailbox;
  MAILSTEAD_EQ(GetQuotaRoot);
};
struct SetQuota {
  std::string root;
  std::vector<std::pair<std::string, std::uint64_t>> limits;
  MAILSTEAD_EQ(SetQuota);
};

// RFC 4314 §3.
struct SetAcl {
  std::string mailbox, identifier;
  model::RightsChange change;
  MAILSTEAD_EQ(SetAcl);
};
struct DeleteAcl {
  std::string mailbox, identifier;
  MAILSTEAD_EQ(DeleteAcl);
};
struct GetAcl {
  std::string mailbox;
  MAILSTEAD_EQ(GetAcl);
};
struct ListRights {
  std::string mailbox, identifier;
  MAILSTEAD_EQ(ListRights);
};
struct MyRights {
  std::string mailbox;
  MAILSTEAD_EQ(MyRights);
};

#undef MAILSTEAD_EQ

using Command =
    std::variant<Noop, Capability, Logout, StartTls, Namespace, Idle, Check, Close, Unselect, Unauthenticate, Id,
                 Authenticate, Login, Enable, Compress, Select, Create, Delete, Rename, Subscribe, Status, List, Lsub,
                 Append, Replace, Expunge, Search, Esearch, CancelUpdate, Sort, Thread, Language, Comparator, Fetch,
                 Notify, Store, Copy, UidBatches, GetMetadata, SetMetadata, GetQuota, GetQuotaRoot, SetQuota, SetAcl,
                 DeleteAcl, GetAcl, ListRights, MyRights, GenUrlAuth, UrlFetch, ResetKey>;

struct ParseContext {
  bool utf8 = false;        // IMAP4rev2 or UTF8=ACCEPT was enabled: mailbox names are UTF-8; else modified UTF-7
  bool no_charset = false;  // UTF8=ACCEPT was enabled: SEARCH CHARSET is refused (RFC 6855 §3)
};

// Takes the literals out of `raw`. The tag is tag_of(raw.text), whatever comes out here.
//   syntax, too_big   BAD
//   invalid           NO [CANNOT]: a mailbox name that cannot exist
//   unsupported       NO [BADCHARSET]: SEARCH with another charset than UTF-8 and US-ASCII; unknown command: syntax.
//                     Its detail is k_saves_nothing if the result was to be saved
Result<Command> parse(RawCommand& raw, const ParseContext& context);
inline constexpr std::string_view k_saves_nothing = "charset not supported, nothing saved";  // RFC 5182 §2.1

// RFC 5466 §4 search-criteria, in UTF-8: the value of a filter.
Result<model::Query> parse_search_criteria(std::string_view text);

// As the command would be sent, without tag and line end; strings as quoted or non-synchronising literals, which the
// framer takes. parse(to_string(x)) == x: for tests, traces and the client.
std::string to_string(const Command& command, const ParseContext& context = {});

// The keyword: "UID FETCH", "SELECT", …: for dispatch, metrics and logs.
std::string_view name_of(const Command& command);

}  // namespace mailstead::imap

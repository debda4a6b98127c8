// The one table of commands.
#include <algorithm>

#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

template <class C>
Result<Command> plain(Scanner&, bool) {
  return Command(C{});
}

struct Entry {
  std::string_view name;
  ParseFunction* parse;
  enum Uid { never, may } uid = never;  // UID in front
};

constexpr Entry k_commands[] = {
    {"APPEND", parse_append},
    {"AUTHENTICATE", parse_authenticate},
    {"CANCELUPDATE", parse_cancelupdate},
    {"CAPABILITY", plain<Capability>},
    {"CHECK", plain<Check>},
    {"CLOSE", plain<Close>},
    {"COMPARATOR", parse_comparator},
    {"COMPRESS", parse_compress},
    {"COPY", parse_copy, Entry::may},
    {"CREATE", parse_create},
    {"DELETE", parse_delete},
    {"DELETEACL", parse_deleteacl},
    {"ENABLE", parse_enable},
    {"ESEARCH", parse_esearch},
    {"EXAMINE", parse_examine},
    {"EXPUNGE", parse_expunge, Entry::may},
    {"FETCH", parse_fetch, Entry::may},
    {"GENURLAUTH", parse_genurlauth},
    {"GETACL", parse_getacl},
    {"GETMETADATA", parse_getmetadata},
    {"GETQUOTA", parse_getquota},
    {"GETQUOTAROOT", parse_getquotaroot},
    {"ID", parse_id},
    {"IDLE", plain<Idle>},
    {"LANGUAGE", parse_language},
    {"LIST", parse_list},
    {"LISTRIGHTS", parse_listrights},
    {"LOGIN", parse_login},
    {"LOGOUT", plain<Logout>},
    {"LSUB", parse_lsub},
    {"MOVE", parse_move, Entry::may},
    {"MYRIGHTS", parse_myrights},
    {"NAMESPACE", plain<Namespace>},
    {"NOOP", plain<Noop>},
    {"NOTIFY", parse_notify},
    {"RENAME", parse_rename},
    {"REPLACE", parse_replace, Entry::may},
    {"RESETKEY", parse_resetkey},
    {"SEARCH", parse_search, Entry::may},
    {"SELECT", parse_select},
    {"SETACL", parse_setacl},
    {"SETMETADATA", parse_setmetadata},
    {"SETQUOTA", parse_setquota},
    {"SORT", parse_sort, Entry::may},
    {"STARTTLS", plain<StartTls>},
    {"STATUS", parse_status},
    {"STORE", parse_store, Entry::may},
    {"SUBSCRIBE", parse_subscribe},
    {"THREAD", parse_thread, Entry::may},
    {"UIDBATCHES", parse_uidbatches},
    {"UNAUTHENTICATE", plain<Unauthenticate>},
    {"UNSELECT", plain<Unselect>},
    {"UNSUBSCRIBE", parse_unsubscribe},
    {"URLFETCH", parse_urlfetch},
};

}  // namespace

Result<Command> parse(RawCommand& raw, const ParseContext& context) {
  Scanner in(raw, context);
  TRY(const auto tag, in.tag());
  TRY_VOID(in.space());
  TRY(auto word, in.word());
  const bool uid = word == "UID";
  if (uid) {
    TRY_VOID(in.space());
    TRY(word, in.word());
  }
  const auto* entry = std::find_if(std::begin(k_commands), std::end(k_commands),
                                   [&](const Entry& e) { return e.name == word && (!uid || e.uid != Entry::never); });
  if (entry == std::end(k_commands)) return fail(Errc::syntax, "unknown command");
  TRY(auto command, entry->parse(in, uid));
  TRY_VOID(in.end());
  return command;
}

}  // namespace mailstead::imap

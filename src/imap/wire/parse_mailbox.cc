// CREATE, DELETE, RENAME, SUBSCRIBE, STATUS, and quota (RFC 9208).
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

template <class C>
Result<Command> one_mailbox(Scanner& in, C out) {
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  return Command(std::move(out));
}

constexpr std::string_view k_status_items[] = {"MESSAGES",    "RECENT",    "UIDNEXT",        "UIDVALIDITY",
                                               "UNSEEN",      "DELETED",   "SIZE",           "HIGHESTMODSEQ",
                                               "APPENDLIMIT", "MAILBOXID", "DELETED-STORAGE"};

}  // namespace

std::string_view to_string(StatusItem item) {
  return k_status_items[static_cast<std::size_t>(item)];
}

Result<std::vector<StatusItem>> status_items(Scanner& in) {
  std::vector<StatusItem> out;
  TRY_VOID(in.list([&]() -> Result<> {
    TRY(const auto word, in.word());
    for (std::size_t i = 0; i < std::size(k_status_items); ++i) {
      if (word != k_status_items[i]) continue;
      const auto item = static_cast<StatusItem>(i);
      if (std::find(out.begin(), out.end(), item) == out.end()) out.push_back(item);
      return {};
    }
    return fail(Errc::syntax, "unknown STATUS item");
  }));
  return out;
}

Result<Command> parse_create(Scanner& in, bool) {
  Create out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  if (in.accept(' ')) {  // RFC 6154 §3: (USE (\Drafts))
    TRY_VOID(in.list([&]() -> Result<> {
      if (!in.accept_word("USE")) return fail(Errc::syntax, "unknown CREATE parameter");
      TRY_VOID(in.space());
      return in.list(
          [&]() -> Result<> {
            TRY_VOID(in.expect('\\'));
            TRY(const auto name, in.atom());
            const auto use = model::parse_special_use("\\" + name);
            out.unknown_use = out.unknown_use || !use;
            if (use && std::find(out.uses.begin(), out.uses.end(), *use) == out.uses.end()) out.uses.push_back(*use);
            return {};
          },
          true);
    }));
  }
  return Command(std::move(out));
}

Result<Command> parse_delete(Scanner& in, bool) {
  return one_mailbox(in, Delete{});
}
Result<Command> parse_subscribe(Scanner& in, bool) {
  return one_mailbox(in, Subscribe{.mailbox = {}, .on = true});
}
Result<Command> parse_unsubscribe(Scanner& in, bool) {
  return one_mailbox(in, Subscribe{.mailbox = {}, .on = false});
}
Result<Command> parse_getquotaroot(Scanner& in, bool) {
  return one_mailbox(in, GetQuotaRoot{});
}

Result<Command> parse_rename(Scanner& in, bool) {
  Rename out;
  TRY_VOID(in.space());
  TRY(out.from, in.mailbox());
  TRY_VOID(in.space());
  TRY(out.to, in.mailbox());
  return Command(std::move(out));
}

Result<Command> parse_status(Scanner& in, bool) {
  Status out;
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  TRY_VOID(in.space());
  TRY(out.items, status_items(in));
  return Command(std::move(out));
}

Result<Command> parse_getquota(Scanner& in, bool) {
  GetQuota out;
  TRY_VOID(in.space());
  TRY(out.root, in.astring());
  return Command(std::move(out));
}

Result<Command> parse_setquota(Scanner& in, bool) {
  SetQuota out;
  TRY_VOID(in.space());
  TRY(out.root, in.astring());
  TRY_VOID(in.space());
  TRY_VOID(in.list(
      [&]() -> Result<> {
        TRY(auto resource, in.word());
        TRY_VOID(in.space());
        TRY(const auto limit, in.number64());
        out.limits.emplace_back(std::move(resource), limit);
        return {};
      },
      true));
  return Command(std::move(out));
}

}  // namespace mailstead::imap

// GETMETADATA and SETMETADATA (RFC 5464).
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/filters.h"
#include "imap/server/names.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::string_view k_admin = "/shared/admin";  // §3.2.1.1: never a client's to change

// §4.2.2
bool covers(std::string_view entry, std::uint8_t depth, std::string_view name) {
  if (name == entry) return true;
  if (depth == 0 || !model::is_under(name, entry)) return false;
  return depth == GetMetadata::k_all_below || name.find('/', entry.size() + 1) == std::string_view::npos;
}

// The mailbox meant, "" the account; outer nullopt: there is none.
std::optional<std::optional<model::MailboxId>> target(const Session& s, const std::string& name) {
  if (name.empty()) return std::optional<model::MailboxId>();
  const auto* m = s.account->find(name);
  if (m == nullptr) return std::nullopt;
  return m->id;
}

void print_entry(Printer& p, bool& any, std::string_view name, const std::string* value) {
  p.raw(any ? " " : "(").astring(name).space();
  any = true;
  if (value == nullptr)
    p.raw("NIL");
  else if (value->find('\0') != std::string::npos)
    p.literal(*value, true);
  else
    p.string(*value);
}

}  // namespace

Task<Result<std::optional<std::size_t>>> print_metadata(Session* s, std::optional<model::MailboxId> of,
                                                        GetMetadata command) {
  auto ask = s->account->annotations(of);
  CO_TRY(const auto there, co_await std::move(ask));
  const auto* m = of ? s->account->find(*of) : nullptr;
  if (of && m == nullptr) co_return fail(Errc::not_found);
  std::string list;
  Printer p(list, s->utf8());
  bool any = false;
  std::optional<std::size_t> longest;
  for (const auto& entry : command.entries) {
    bool found = false;
    for (const auto& a : there) {
      if (!covers(entry, command.depth, a.name)) continue;
      found = true;
      if (command.max_size && a.value.size() > *command.max_size)
        longest = std::max(longest.value_or(0), a.value.size());
      else
        print_entry(p, any, a.name, &a.value);
    }
    if (!found) print_entry(p, any, entry, nullptr);
  }
  if (any) {
    auto out = s->printer();
    out.raw("* METADATA ");
    if (m == nullptr)
      out.raw("\"\"");
    else
      out.mailbox(m->name);
    out.space().raw(list).raw(")\r\n");
  }
  co_return longest;
}

Task<Reply> run(Session& s, GetMetadata command) {
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  const auto of = target(s, command.mailbox);
  if (!of) co_return reply_of(Errc::not_found);
  auto print = print_metadata(&s, *of, std::move(command));
  const auto longest = co_await std::move(print);
  if (!longest) co_return reply_of(longest.error());
  if (*longest) co_return Reply::done("Some values are longer", cat("METADATA LONGENTRIES ", **longest));  // §4.2.1
  co_return Reply::done();
}

Task<Reply> run(Session& s, SetMetadata command) {
  const auto fresh = co_await s.account->refresh();
  if (!fresh) co_return reply_of(fresh.error());
  const auto of = target(s, command.mailbox);
  if (!of) co_return reply_of(Errc::not_found);
  std::vector<std::string> names;
  for (const auto& [name, value] : command.entries) {
    if (!*of && name == k_admin) co_return Reply::refuse("NOPERM", "This entry is the administrator's");
    if (!*of && value && is_filter_entry(name) && !parse_search_criteria(*value))
      co_return Reply::refuse("CANNOT", "A filter must be a search");  // RFC 5466 §3.2
    names.push_back(name);
  }
  auto annotate = s.account->annotate(*of, std::move(command.entries), s.actor());
  const auto done = co_await std::move(annotate);
  if (!done && done.error().code == Errc::too_big)
    co_return Reply::refuse(cat("METADATA MAXSIZE ", account::k_annotation_bytes_max), "Too long");
  if (!done && done.error().code == Errc::full) co_return Reply::refuse("METADATA TOOMANY", "Too many annotations");
  if (!done) co_return reply_of(done.error());
  for (const auto& name : names) s.note_own_annotation(*of, name);
  co_return Reply::done();
}

}  // namespace mailstead::imap

// GETMETADATA and SETMETADATA (RFC 5464).
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/filters.h"
#include "imap/server/names.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::string_view k_private = "/private";
constexpr std::string_view k_admin = "/shared/admin";  // §3.2.1.1: never a client's to change

constexpr std::string_view k_special_use = "/private/specialuse";  // RFC 6154 §4: what LIST says, set by CREATE

// §4.2.2
bool covers(std::string_view entry, std::uint8_t depth, std::string_view name) {
  if (name == entry) return true;
  if (depth == 0 || !model::is_under(name, entry)) return false;
  return depth == GetMetadata::k_all_below || name.find('/', entry.size() + 1) == std::string_view::npos;
}

// RFC 5464 §3.3: with "l", and any of these; to change them, "w".
constexpr auto k_any =
    model::right::read | model::right::seen | model::right::write | model::right::insert | model::right::post;

// The mailbox meant, "" the account.
Task<Result<std::optional<model::MailboxId>>> target(Session* s, std::string name, model::Rights any) {
  if (name.empty()) {
    co_await s->go_home();
    CO_TRY_VOID(co_await s->account->refresh());
    co_return std::optional<model::MailboxId>();
  }
  CO_TRY(const auto* m, co_await s->reach(std::move(name), model::right::lookup));
  if (!s->rights(m->id).any(any)) co_return fail(Errc::no_permission);
  co_return std::optional(m->id);
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
  CO_TRY(auto there, co_await std::move(ask));
  const auto* m = of ? s->account->find(*of) : nullptr;
  if (of && m == nullptr) co_return fail(Errc::not_found);
  if (m != nullptr) std::erase_if(there, [](const auto& a) { return a.name == k_special_use; });
  if (m != nullptr && m->use) there.push_back({std::string(k_special_use), std::string(model::to_string(*m->use))});
  std::string list;
  Printer p(list, s->utf8());
  bool any = false;
  std::optional<std::size_t> longest;
  for (const auto& entry : command.entries) {
    bool found = false;
    for (const auto& a : there) {
      if (s->account != s->mine && a.name.starts_with(k_private)) continue;  // the owner's
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
      out.mailbox(s->shown(m->name));
    out.space().raw(list).raw(")\r\n");
  }
  co_return longest;
}

Task<Reply> run(Session& s, GetMetadata command) {
  auto find = target(&s, command.mailbox, k_any);
  const auto of = co_await std::move(find);
  if (!of) co_return reply_of(of.error());
  auto print = print_metadata(&s, *of, std::move(command));
  const auto longest = co_await std::move(print);
  if (!longest) co_return reply_of(longest.error());
  if (*longest) co_return Reply::done("Some values are longer", cat("METADATA LONGENTRIES ", **longest));  // §4.2.1
  co_return Reply::done();
}

Task<Reply> run(Session& s, SetMetadata command) {
  auto find = target(&s, command.mailbox, model::right::write);
  const auto of = co_await std::move(find);
  if (!of) co_return reply_of(of.error());
  std::vector<std::string> names;
  for (const auto& [name, value] : command.entries) {
    if (s.account != s.mine && name.starts_with(k_private))
      co_return Reply::refuse("METADATA NOPRIVATE", "No private annotations of another user's mailbox");
    if (*of && name == k_special_use) co_return Reply::refuse("CANNOT", "Uses are set by CREATE");
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

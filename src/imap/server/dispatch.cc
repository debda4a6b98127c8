// The one table of commands: in which states each is legal, whether EXPUNGE may come before its reply, what runs it.
#include <variant>

#include "imap/server/readonly.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

// One line a command; each is defined in the file of its family.
Task<Reply> run(Session&, Capability);  // cmd_session.cc
Task<Reply> run(Session&, Noop);
Task<Reply> run(Session&, Check);
Task<Reply> run(Session&, Logout);
Task<Reply> run(Session&, Id);
Task<Reply> run(Session&, Enable);
Task<Reply> run(Session&, Namespace);
Task<Reply> run(Session&, Compress);  // cmd_compress.cc
Task<Reply> run(Session&, StartTls);  // cmd_login.cc
Task<Reply> run(Session&, Authenticate);
Task<Reply> run(Session&, Login);
Task<Reply> run(Session&, Unauthenticate);  // cmd_unauthenticate.cc
Task<Reply> run(Session&, Select);          // cmd_select.cc
Task<Reply> run(Session&, Close);
Task<Reply> run(Session&, Unselect);
Task<Reply> run(Session&, Create);  // cmd_mailbox.cc
Task<Reply> run(Session&, Delete);
Task<Reply> run(Session&, Rename);
Task<Reply> run(Session&, Subscribe);
Task<Reply> run(Session&, List);  // cmd_list.cc
Task<Reply> run(Session&, Lsub);
Task<Reply> run(Session&, Status);   // cmd_status.cc
Task<Reply> run(Session&, Append);   // cmd_append.cc
Task<Reply> run(Session&, Replace);  // cmd_append.cc
Task<Reply> run(Session&, Idle);     // cmd_idle.cc
Task<Reply> run(Session&, Fetch);    // cmd_fetch.cc
Task<Reply> run(Session&, Notify);   // cmd_notify.cc
Task<Reply> run(Session&, Store);    // cmd_store.cc
Task<Reply> run(Session&, Search);   // cmd_search.cc
Task<Reply> run(Session&, CancelUpdate);
Task<Reply> run(Session&, Esearch);  // cmd_esearch.cc
Task<Reply> run(Session&, Sort);     // cmd_sort.cc
Task<Reply> run(Session&, Thread);
Task<Reply> run(Session&, Language);  // cmd_language.cc
Task<Reply> run(Session&, Comparator);
Task<Reply> run(Session&, Copy);         // cmd_copy.cc
Task<Reply> run(Session&, UidBatches);   // cmd_uidbatches.cc
Task<Reply> run(Session&, Expunge);      // cmd_expunge.cc
Task<Reply> run(Session&, GetMetadata);  // cmd_metadata.cc
Task<Reply> run(Session&, SetMetadata);
Task<Reply> run(Session&, GetQuota);  // cmd_quota.cc
Task<Reply> run(Session&, GetQuotaRoot);
Task<Reply> run(Session&, SetQuota);
Task<Reply> run(Session&, SetAcl);  // cmd_acl.cc
Task<Reply> run(Session&, DeleteAcl);
Task<Reply> run(Session&, GetAcl);
Task<Reply> run(Session&, ListRights);
Task<Reply> run(Session&, MyRights);
Task<Reply> run(Session&, GenUrlAuth);  // cmd_urlauth.cc
Task<Reply> run(Session&, UrlFetch);
Task<Reply> run(Session&, ResetKey);

namespace {

constexpr auto k_new = static_cast<std::uint8_t>(State::not_authenticated);
constexpr auto k_authenticated = static_cast<std::uint8_t>(State::authenticated);
constexpr auto k_selected = static_cast<std::uint8_t>(State::selected);
constexpr std::uint8_t k_in = k_authenticated | k_selected;
constexpr std::uint8_t k_any = k_new | k_in;

struct Row {
  std::uint8_t states;
  bool expunges;  // of the plain form; the UID form always allows them (RFC 9051 §7.5.1)
  Task<Reply> (*run)(Session&, Command&&);
};

template <class C>
Task<Reply> run_as(Session& session, Command&& command) {
  return run(session, std::get<C>(std::move(command)));
}

template <class C>
constexpr Row row(std::uint8_t states, bool expunges = true) {
  return {states, expunges, run_as<C>};
}

// RFC 9051 §6: in the order of the section.
template <class C>
constexpr Row k_row = row<C>(k_in);
template <>
constexpr Row k_row<Capability> = row<Capability>(k_any);
template <>
constexpr Row k_row<Noop> = row<Noop>(k_any);
template <>
constexpr Row k_row<Logout> = row<Logout>(k_any);
template <>
constexpr Row k_row<Id> = row<Id>(k_any);
template <>
constexpr Row k_row<StartTls> = row<StartTls>(k_new);
template <>
constexpr Row k_row<Authenticate> = row<Authenticate>(k_new);
template <>
constexpr Row k_row<Login> = row<Login>(k_new);
template <>
constexpr Row k_row<Enable> = row<Enable>(k_authenticated);  // §6.3.1: before a mailbox is selected
template <>
constexpr Row k_row<Check> = row<Check>(k_selected);
template <>
constexpr Row k_row<Close> = row<Close>(k_selected);
template <>
constexpr Row k_row<Unselect> = row<Unselect>(k_selected);
template <>
constexpr Row k_row<Expunge> = row<Expunge>(k_selected);
template <>
constexpr Row k_row<UidBatches> = row<UidBatches>(k_selected);
template <>
constexpr Row k_row<CancelUpdate> = row<CancelUpdate>(k_selected);
template <>
constexpr Row k_row<Replace> = row<Replace>(k_selected);  // RFC 8508 §3.5
template <>
constexpr Row k_row<Search> = row<Search>(k_selected, false);
template <>
constexpr Row k_row<Sort> = row<Sort>(k_selected, false);
template <>
constexpr Row k_row<Thread> = row<Thread>(k_selected, false);
template <>
constexpr Row k_row<Language> = row<Language>(k_any);  // RFC 5255 §3.1: any state
template <>
constexpr Row k_row<Fetch> = row<Fetch>(k_selected, false);
template <>
constexpr Row k_row<Store> = row<Store>(k_selected, false);
template <>
constexpr Row k_row<Copy> = row<Copy>(k_selected);

const Row& row_of(const Command& command) {
  return std::visit([]<class C>(const C&) -> const Row& { return k_row<C>; }, command);
}

}  // namespace

bool expunges_allowed(const Command& command) {
  return row_of(command).expunges || std::visit(
                                         [](const auto& c) {
                                           if constexpr (requires { c.uid; })
                                             return c.uid;
                                           else
                                             return false;
                                         },
                                         command);
}

bool removes_messages(const Command& command) {
  const auto* copy = std::get_if<Copy>(&command);
  return std::holds_alternative<Expunge>(command) || std::holds_alternative<Replace>(command) ||
         (copy != nullptr && copy->move);
}

namespace {

// RFC 9586 §3: what takes or gives sequence numbers.
bool uses_seqs(const Command& command) {
  return std::visit(
      [](const auto& c) {
        if constexpr (requires { c.query; })
          if (model::needs_seqs(c.query)) return true;
        if constexpr (requires { c.qresync; }) return c.qresync && c.qresync->match;
        if constexpr (requires { c.uid; }) return !c.uid;
        return false;
      },
      command);
}

}  // namespace

Task<Reply> dispatch(Session& session, Command command) {
  const auto& row = row_of(command);
  if (const auto capability = capability_of(command); !capability.empty() && !session.profile.offers(capability))
    co_return Reply::wrong("unknown command");  // as the parser says
  if (session.uidonly && uses_seqs(command)) co_return Reply{Reply::bad, "UIDREQUIRED", "UIDONLY is enabled"};
  // What another node has withdrawn is withdrawn; a failure: nothing newer can be learnt now.
  if (session.account && session.account != session.mine) (void)co_await session.account->refresh();
  if (session.account && !session.may_stay()) {
    session.untagged("BYE The right to read the selected mailbox was withdrawn");
    session.over = true;
    co_return Reply{Reply::none, {}, {}};
  }
  if ((row.states & static_cast<std::uint8_t>(session.state())) != 0) {
    if (session.account) {
      auto ask = writes_to_readonly(&session, &command);
      if (co_await std::move(ask)) co_return Reply::refuse("CANNOT", "Only to be looked at");
    }
    auto task = row.run(session, std::move(command));
    co_return co_await std::move(task);
  }
  switch (session.state()) {
    case State::not_authenticated:
      co_return Reply::wrong("Log in first");
    case State::authenticated:
      co_return Reply::wrong(row.states == k_selected ? "Select a mailbox first" : "Not after login");
    case State::selected:
      co_return Reply::wrong(row.states == k_new ? "Not after login" : "Not while a mailbox is selected");
  }
  std::unreachable();
}

}  // namespace mailstead::imap

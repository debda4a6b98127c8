// GENURLAUTH, URLFETCH, RESETKEY (RFC 4467 §4–§7), with the mechanism INTERNAL.
#include "auth/directory.h"
#include "base/ascii.h"
#include "base/random.h"
#include "imap/server/session_impl.h"
#include "imap/server/urlauth.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_key_bytes = 32;
constexpr std::string_view k_internal = "INTERNAL";

// Of one of the user's own mailboxes; made when it is first needed. `fresh`: a new one in any case.
Task<Result<std::string>> key_of(Session* s, model::MailboxId id, bool fresh) {
  const auto& keys = s->account->options().url_keys;
  if (const auto found = keys.find(id.value); found != keys.end() && !fresh) co_return found->second;
  const auto made = random_string(k_key_bytes);
  auto change = s->account->change_options(
      [id, made, fresh](account::Options& options) -> Result<> {
        if (fresh)
          options.url_keys[id.value] = made;
        else
          options.url_keys.try_emplace(id.value, made);  // another session may have been first
        return {};
      },
      s->actor());
  CO_TRY_VOID(co_await std::move(change));
  const auto& now = s->account->options().url_keys;
  const auto found = now.find(id.value);
  if (found == now.end()) co_return fail(Errc::not_found);  // deleted meanwhile
  co_return found->second;
}

// §7: what is wrong with the URL is the client's mistake: BAD. The host is not looked at: a server has many names, and
// the one that is signed is the one that the client knows.
Result<const account::Mailbox*> mailbox_of(const Session& s, const AuthUrl& url) {
  const auto* m = s.account->find(*url.message.mailbox);
  if (url.user != s.identity.name || !url.mechanism.empty() || m == nullptr || !m->selectable)
    return fail(Errc::syntax, "Not a URL of a mailbox of yours");
  if (url.message.uidvalidity && *url.message.uidvalidity != m->uidvalidity)
    return fail(Errc::syntax, "Not its UIDVALIDITY");
  return m;
}

}  // namespace

Task<Reply> run(Session& s, GenUrlAuth command) {
  co_await s.go_home();
  const auto current = co_await s.account->refresh();
  if (!current) co_return reply_of(current.error());
  std::vector<std::string> urls;
  for (auto& [rump, mechanism] : command.urls) {
    if (mechanism != k_internal) co_return Reply::wrong("The mechanism is INTERNAL");
    const auto url = parse_auth_url(rump);
    if (!url) co_return Reply::wrong(url.error().detail);
    const auto m = mailbox_of(s, *url);
    if (!m) co_return Reply::wrong(m.error().detail);
    auto ask = key_of(&s, (*m)->id, false);
    const auto key = co_await std::move(ask);
    if (!key) co_return reply_of(key.error());
    urls.push_back(rump + url_verifier(*key, rump));
  }
  auto p = s.printer();
  p.raw("* GENURLAUTH");
  for (const auto& url : urls) p.space().astring(url);
  p.crlf();
  co_return Reply::done();
}

// §6: all that is wrong with a URL is NIL.
Task<Reply> run(Session& s, UrlFetch command) {
  std::size_t wrong = 0;
  s.printer().raw("* URLFETCH");
  for (auto& url : command.urls) {
    auto read = read_auth_url(&s.context, url, {s.identity.name, false}, s.context.message_size_max);
    const auto octets = co_await std::move(read);
    auto p = s.printer();
    p.space().astring(url).space();
    if (octets)
      p.literal(*octets);
    else
      p.raw("NIL");
    wrong += octets ? 0 : 1;
    co_await s.connection.flush_if_full();
  }
  s.printer().crlf();
  for (; wrong > 0; --wrong) s.count_guess();
  co_return Reply::done();
}

// §5
Task<Reply> run(Session& s, ResetKey command) {
  for (const auto& mechanism : command.mechanisms)
    if (mechanism != k_internal) co_return Reply::wrong("The mechanism is INTERNAL");
  if (!command.mailbox.empty()) {
    auto reach = s.reach(std::move(command.mailbox), model::right::all);
    const auto m = co_await std::move(reach);
    if (!m) co_return reply_of(m.error());
    if (s.account != s.mine) co_return reply_of(Errc::no_permission);
    auto reset = key_of(&s, (*m)->id, true);
    const auto key = co_await std::move(reset);
    if (!key) co_return reply_of(key.error());
    co_return Reply::done("All URLs of this mailbox are void", "URLMECH INTERNAL");
  }
  co_await s.go_home();
  auto change = s.account->change_options(
      [](account::Options& options) -> Result<> {
        options.url_keys.clear();
        return {};
      },
      s.actor());
  const auto done = co_await std::move(change);
  if (!done) co_return reply_of(done.error());
  co_return Reply::done("All URLs are void");
}

}  // namespace mailstead::imap

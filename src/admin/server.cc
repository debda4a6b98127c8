#include "admin/server.h"

#include "admin/wire.h"
#include "base/ascii.h"
#include "base/log.h"
#include "net/connection.h"

namespace mailstead::admin {
namespace {

using Words = std::vector<std::string>;
using Reply = Result<std::string>;
using Handler = Task<Reply> (*)(Context&, Words);

std::string lines(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& l : all) append(out, l, '\n');
  return out;
}

Reply done(Result<> r) {
  if (!r) return std::unexpected(r.error());
  return std::string();
}

Task<Reply> domain_add(Context& c, Words w) {
  co_return done(co_await c.directory.add_domain(w[0]));
}
Task<Reply> domain_remove(Context& c, Words w) {
  co_return done(co_await c.directory.remove_domain(w[0]));
}
Task<Reply> domain_list(Context& c, Words) {
  CO_TRY(const auto all, co_await c.directory.domains());
  co_return lines(all);
}
Task<Reply> domain_catch_all(Context& c, Words w) {
  co_return done(co_await c.directory.set_catch_all(w[0], w[1] == "off" ? "" : w[1]));
}

Task<Reply> account_add(Context& c, Words w) {
  CO_TRY_VOID(co_await c.directory.add_account(w[0], w[1]));
  co_return std::string();
}
Task<Reply> account_list(Context& c, Words) {
  CO_TRY(const auto all, co_await c.directory.accounts(""));
  co_return lines(all);
}
Task<Reply> account_enable(Context& c, Words w) {
  co_return done(co_await c.directory.set_enabled(w[0], true));
}
Task<Reply> account_disable(Context& c, Words w) {
  co_return done(co_await c.directory.set_enabled(w[0], false));
}
Task<Reply> password_set(Context& c, Words w) {
  co_return done(co_await c.directory.set_password(w[0], w[1]));
}

Task<Reply> device_add(Context& c, Words w) {
  CO_TRY(const auto password, co_await c.directory.add_device(w[0], w[1], auth::all_scopes));
  co_return password + "\n";
}
Task<Reply> device_remove(Context& c, Words w) {
  co_return done(co_await c.directory.remove_device(w[0], w[1]));
}
Task<Reply> device_list(Context& c, Words w) {
  CO_TRY(const auto info, co_await c.directory.account(w[0]));
  std::string out;
  for (const auto& d : info.devices) append(out, d.name, '\n');
  co_return out;
}

Task<Reply> alias_add(Context& c, Words w) {
  co_return done(co_await c.directory.add_alias(w[0], Words(w.begin() + 1, w.end())));
}
Task<Reply> alias_remove(Context& c, Words w) {
  co_return done(co_await c.directory.remove_alias(w[0]));
}
Task<Reply> alias_list(Context& c, Words) {
  CO_TRY(const auto all, co_await c.directory.aliases());
  std::string out;
  for (const auto& [address, targets] : all) {
    out += address;
    for (const auto& t : targets) append(out, ' ', t);
    out += '\n';
  }
  co_return out;
}

// Commands on an account run on its home.
using AccountHandler = Task<Reply> (*)(account::AccountRef, Words);

Task<Reply> at_home(Context* c, model::AccountId id, Words w, AccountHandler handler) {
  CO_TRY(auto account, co_await c->accounts.open(id));
  co_return co_await handler(std::move(account), std::move(w));
}

Task<Reply> with_account(Context& c, Words w, AccountHandler handler) {
  CO_TRY(const auto info, co_await c.directory.account(w[0]));
  auto task = at_home(&c, info.id, std::move(w), handler);
  co_return co_await on(c.accounts.runtime().home_of(info.id.value), std::move(task));
}

const account::Actor k_admin{"", "admin", ""};

Task<Reply> show_account(account::AccountRef a, Words) {
  std::string out;
  const auto q = a->quota();
  append(out, "messages ", q.messages_used, ", bytes ", q.bytes_used, " of ",
         q.bytes_max == 0 ? std::string("no limit") : std::to_string(q.bytes_max), "; recently removed: messages ",
         q.removed_messages, ", bytes ", q.removed_bytes, '\n');
  for (const auto* m : a->mailboxes())
    append(out, m->name, ": messages ", m->messages, ", unseen ", m->unseen, ", bytes ", m->bytes, '\n');
  co_return out;
}
Task<Reply> account_show(Context& c, Words w) {
  co_return co_await with_account(c, std::move(w), show_account);
}

Task<Reply> set_quota(account::AccountRef a, Words w) {
  const auto bytes = parse_number<std::uint64_t>(w[1]);
  if (!bytes) co_return fail(Errc::syntax, "bytes must be a number");
  co_return done(co_await a->set_quota(*bytes, a->quota().messages_max, k_admin));
}
Task<Reply> quota_set(Context& c, Words w) {
  co_return co_await with_account(c, std::move(w), set_quota);
}

Task<Reply> list_removed(account::AccountRef a, Words) {
  std::string out;
  for (std::uint64_t after = 0;;) {
    CO_TRY(const auto page, co_await a->removed(after, 500));
    for (const auto& r : page)
      append(out, r.number, ' ', r.mailbox, ' ', r.size, " bytes, removed ", r.removed_at, " by ", r.actor, '\n');
    if (page.size() < 500) co_return out;
    after = page.back().number;
  }
}
Task<Reply> removed_list(Context& c, Words w) {
  co_return co_await with_account(c, std::move(w), list_removed);
}

Task<Reply> restore_removed(account::AccountRef a, Words w) {
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 1; i < w.size(); ++i) {
    const auto n = parse_number<std::uint64_t>(w[i]);
    if (!n) co_return fail(Errc::syntax, "not a number of `removed list`");
    numbers.push_back(*n);
  }
  co_return done(co_await a->restore(std::move(numbers), k_admin));
}
Task<Reply> removed_restore(Context& c, Words w) {
  co_return co_await with_account(c, std::move(w), restore_removed);
}

Task<Reply> stop(Context& c, Words) {
  c.stop();
  co_return std::string();
}
Task<Reply> reload(Context& c, Words) {
  c.reload();
  co_return std::string();
}

struct Row {
  std::string_view noun, verb;  // verb "": a command of one word
  std::size_t least, most;      // words that follow
  Handler handler;
};
constexpr Row k_commands[] = {
    {"domain", "add", 1, 1, domain_add},
    {"domain", "remove", 1, 1, domain_remove},
    {"domain", "list", 0, 0, domain_list},
    {"domain", "catch-all", 2, 2, domain_catch_all},
    {"account", "add", 2, 2, account_add},
    {"account", "list", 0, 0, account_list},
    {"account", "show", 1, 1, account_show},
    {"account", "enable", 1, 1, account_enable},
    {"account", "disable", 1, 1, account_disable},
    {"password", "set", 2, 2, password_set},
    {"device", "add", 2, 2, device_add},
    {"device", "remove", 2, 2, device_remove},
    {"device", "list", 1, 1, device_list},
    {"alias", "add", 2, 1000, alias_add},
    {"alias", "remove", 1, 1, alias_remove},
    {"alias", "list", 0, 0, alias_list},
    {"quota", "set", 2, 2, quota_set},
    {"removed", "list", 1, 1, removed_list},
    {"removed", "restore", 2, 1000, removed_restore},
    {"stop", "", 0, 0, stop},
    {"reload", "", 0, 0, reload},
};

Task<Reply> run(Context& c, Words words) {
  for (const auto& row : k_commands) {
    const std::size_t names = row.verb.empty() ? 1 : 2;
    if (words.size() < names || words[0] != row.noun || (names == 2 && words[1] != row.verb)) continue;
    Words rest(words.begin() + static_cast<std::ptrdiff_t>(names), words.end());
    if (rest.size() < row.least || rest.size() > row.most)
      co_return fail(Errc::syntax, cat("wrong number of words\n", usage()));
    log::info("admin", {{"command", cat(row.noun, ' ', row.verb)}});
    co_return co_await row.handler(c, std::move(rest));
  }
  co_return fail(Errc::unsupported, cat("no such command\n", usage()));
}

}  // namespace

std::string_view usage() {
  return "domain add|remove NAME, domain list, domain catch-all NAME ACCOUNT|off\n"
         "account add NAME --password-stdin, account list|show|enable|disable NAME\n"
         "password set NAME --password-stdin\n"
         "device add|remove ACCOUNT NAME, device list ACCOUNT\n"
         "alias add ADDRESS TARGET…, alias remove ADDRESS, alias list\n"
         "quota set ACCOUNT BYTES\n"
         "removed list ACCOUNT, removed restore ACCOUNT NUMBER…\n"
         "reload, stop\n";
}

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context) {
  net::Connection c(std::move(stream));
  c.stream().set_deadline(60'000);
  std::size_t length = 0;
  for (;;) {
    if (length == 0 && c.input().size() >= 4) {
      length = Reader(c.input()).u32be();
      if (length > k_frame_max) co_return;
    }
    if (length != 0 && c.input().size() >= 4 + length) break;
    if (!co_await c.fill()) co_return;
  }
  auto words = decode_frame(c.input().substr(4, length));
  if (!words) co_return;
  const auto reply = co_await run(context, *std::move(words));
  c.write(reply ? encode_frame({"ok", *reply})
                : encode_frame({"error", cat(to_string(reply.error().code), reply.error().detail.empty() ? "" : ": ",
                                             reply.error().detail)}));
  co_await c.flush();
}

}  // namespace mailstead::admin

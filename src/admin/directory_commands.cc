#include "admin/handlers.h"
#include "base/ascii.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

using Reply = Result<Output>;

Reply done(Result<> r) {
  if (!r) return std::unexpected(r.error());
  return Output();
}

Cell time_cell(std::int64_t when) {
  return {Cell::time, static_cast<std::uint64_t>(when)};
}

struct ScopeName {
  auth::Scope scope;
  std::string_view name;
};
constexpr ScopeName k_scopes[] = {
    {auth::imap, "imap"}, {auth::pop3, "pop3"}, {auth::submission, "submission"}, {auth::web, "web"}};

std::vector<std::string> scope_names(std::uint8_t scopes) {
  std::vector<std::string> out;
  for (const auto& s : k_scopes)
    if (scopes & s.scope) out.emplace_back(s.name);
  return out;
}

Result<std::uint8_t> parse_scopes(std::string_view text) {
  if (text.empty() || text == "all") return auth::all_scopes;
  std::uint8_t scopes = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const auto* found = std::find_if(std::begin(k_scopes), std::end(k_scopes), [&](auto s) { return s.name == word; });
    if (found == std::end(k_scopes))
      return fail(Errc::syntax, cat("no such scope: ", word, "; there are imap, pop3, submission, web"));
    scopes = static_cast<std::uint8_t>(scopes | found->scope);
  }
  return scopes;
}

Task<Reply> domain_add(Context& c, Invocation i) {
  co_return done(co_await c.directory.add_domain(i[0]));
}
Task<Reply> domain_remove(Context& c, Invocation i) {
  co_return done(co_await c.directory.remove_domain(i[0]));
}
Task<Reply> domain_list(Context& c, Invocation) {
  CO_TRY(const auto all, co_await c.directory.domains());
  Output out;
  out.columns = {"domain"};
  for (const auto& d : all) out.rows.push_back({d});
  co_return out;
}
Task<Reply> domain_catch_all(Context& c, Invocation i) {
  co_return done(co_await c.directory.set_catch_all(i[0], i[1] == "off" ? "" : i[1]));
}

Task<Reply> account_add(Context& c, Invocation i) {
  CO_TRY_VOID(co_await c.directory.add_account(i[0], i.secret, i.has("--scram")));
  co_return Output();
}
Task<Reply> account_list(Context& c, Invocation i) {
  CO_TRY(const auto all, co_await c.directory.accounts(i.get("--domain")));
  Output out;
  out.columns = {"account", "state", "devices", "last use"};
  for (const auto& name : all) {
    const auto info = co_await c.directory.account(name);
    if (!info) continue;  // removed meanwhile
    std::int64_t last = 0;
    for (const auto& d : info->devices) last = std::max(last, d.last_used);
    out.rows.push_back(
        {name, info->enabled ? "enabled" : "disabled", Cell(Cell::number, info->devices.size()), time_cell(last)});
  }
  co_return out;
}
Task<Reply> account_enable(Context& c, Invocation i) {
  co_return done(co_await c.directory.set_enabled(i[0], true));
}
Task<Reply> account_disable(Context& c, Invocation i) {
  co_return done(co_await c.directory.set_enabled(i[0], false));
}

// Its words, too: the index finds that there is no such account any more.
Task<Result<>> erase_mail(Context* c, model::AccountId id) {
  auto erased = co_await c->accounts.erase(id);
  if (c->index != nullptr) co_await c->index->rebuild(id);
  co_return erased;
}

// Safe to repeat when it stops half way: the name goes last but one. Mail that was being delivered meanwhile goes with
// the second erasure.
Task<Reply> account_remove(Context& c, Invocation i) {
  if (!i.has("--erase-mail"))
    co_return fail(Errc::invalid, "this erases all mail of the account, for good: say --erase-mail");
  CO_TRY(const auto info, co_await c.directory.account(i[0]));
  auto& home = c.accounts.runtime().home_of(info.id.value);
  CO_TRY_VOID(co_await c.directory.set_enabled(i[0], false));
  auto first = erase_mail(&c, info.id);
  CO_TRY_VOID(co_await on(home, std::move(first)));
  CO_TRY_VOID(co_await c.directory.remove_account(i[0]));
  auto second = erase_mail(&c, info.id);
  co_return done(co_await on(home, std::move(second)));
}

Task<Reply> password_set(Context& c, Invocation i) {
  co_return done(co_await c.directory.set_password(i[0], i.secret, i.has("--scram")));
}

Task<Reply> device_add(Context& c, Invocation i) {
  CO_TRY(const auto scopes, parse_scopes(i.get("--scopes")));
  CO_TRY(const auto password, co_await c.directory.add_device(i[0], i[1], scopes));
  Output out;
  out.message = password + "\n";
  co_return out;
}
Task<Reply> device_remove(Context& c, Invocation i) {
  co_return done(co_await c.directory.remove_device(i[0], i[1]));
}
Task<Reply> device_list(Context& c, Invocation i) {
  CO_TRY(const auto info, co_await c.directory.account(i[0]));
  Output out;
  out.columns = {"device", "scopes", "created", "last use", "from"};
  for (const auto& d : info.devices)
    out.rows.push_back(
        {d.name, Cell(scope_names(d.scopes)), time_cell(d.created), time_cell(d.last_used), d.last_address});
  co_return out;
}

Task<Reply> alias_add(Context& c, Invocation i) {
  co_return done(
      co_await c.directory.add_alias(i[0], std::vector<std::string>(i.arguments.begin() + 1, i.arguments.end())));
}
Task<Reply> alias_remove(Context& c, Invocation i) {
  co_return done(co_await c.directory.remove_alias(i[0]));
}
Task<Reply> alias_list(Context& c, Invocation) {
  CO_TRY(const auto all, co_await c.directory.aliases());
  Output out;
  out.columns = {"address", "targets"};
  for (const auto& [address, targets] : all) out.rows.push_back({address, Cell(targets)});
  co_return out;
}

Task<Reply> stop(Context& c, Invocation) {
  c.stop();
  co_return Output();
}
Task<Reply> reload(Context& c, Invocation) {
  c.reload();
  co_return Output();
}

constexpr Entry k_entries[] = {
    {"domain add", domain_add},
    {"domain remove", domain_remove},
    {"domain list", domain_list},
    {"domain catch-all", domain_catch_all},
    {"account add", account_add},
    {"account list", account_list},
    {"account enable", account_enable},
    {"account disable", account_disable},
    {"account remove", account_remove},
    {"password set", password_set},
    {"device add", device_add},
    {"device remove", device_remove},
    {"device list", device_list},
    {"alias add", alias_add},
    {"alias remove", alias_remove},
    {"alias list", alias_list},
    {"stop", stop},
    {"reload", reload},
};

}  // namespace

std::span<const Entry> directory_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin

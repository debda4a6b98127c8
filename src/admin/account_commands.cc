#include "admin/handlers.h"
#include "admin/units.h"
#include "base/ascii.h"

namespace mailstead::admin {
namespace {

using Reply = Result<Output>;

void quota_facts(Output& out, const account::Quota& q) {
  out.facts.emplace_back("bytes", Cell(Cell::bytes, q.bytes_used));
  out.facts.emplace_back("bytes_max", Cell(Cell::limit, q.bytes_max));
  out.facts.emplace_back("messages", Cell(Cell::number, q.messages_used));
  out.facts.emplace_back("messages_max",
                         q.messages_max == 0 ? Cell(Cell::limit, 0) : Cell(Cell::number, q.messages_max));
  out.facts.emplace_back("removed_bytes", Cell(Cell::bytes, q.removed_bytes));
  out.facts.emplace_back("removed_messages", Cell(Cell::number, q.removed_messages));
}

Task<Reply> show_account(account::AccountRef a, Invocation, auth::AccountInfo info) {
  Output out;
  out.facts.emplace_back("account", info.name);
  out.facts.emplace_back("state", info.enabled ? "enabled" : "disabled");
  std::vector<std::string> devices;
  for (const auto& d : info.devices) devices.push_back(d.name);
  out.facts.emplace_back("devices", Cell(std::move(devices)));
  out.facts.emplace_back("show_removed", a->options().show_removed ? "on" : "off");
  out.facts.emplace_back("show_past", a->options().show_past ? "on" : "off");
  const auto& without = a->options().imap_without;
  out.facts.emplace_back("without_capabilities", Cell(std::vector<std::string>(without.begin(), without.end())));
  std::vector<std::string> quirks;
  for (const auto& [name, on] : a->options().imap_quirks) quirks.push_back(cat(name, on ? "=on" : "=off"));
  out.facts.emplace_back("quirks", Cell(std::move(quirks)));
  quota_facts(out, a->quota());
  out.rows_name = "mailboxes";
  out.columns = {"mailbox", "messages", "unseen", "size"};
  for (const auto* m : a->mailboxes())
    out.rows.push_back(
        {m->name, Cell(Cell::number, m->messages), Cell(Cell::number, m->unseen), Cell(Cell::bytes, m->bytes)});
  co_return out;
}

std::vector<std::string> words_of(const Invocation& i, std::string_view option) {
  std::vector<std::string> out;
  const auto list = i.get(option);
  for (std::size_t at = 0; at < list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    out.push_back(list.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// "delay-newmail=on" → the name, and what it is set to; nullopt: the default. Checked before.
std::pair<std::string, std::optional<bool>> quirk_of(std::string_view word) {
  const auto equals = word.find('=');
  const auto value = word.substr(equals + 1);
  return {std::string(word.substr(0, equals)), value == "default" ? std::nullopt : std::optional(value == "on")};
}

Result<> check_settings(const Context& c, const Invocation& i) {
  if (i.options.empty()) return fail(Errc::syntax, "nothing to set");
  for (const auto* option : {"--show-removed", "--show-past"})
    if (i.has(option) && i.get(option) != "on" && i.get(option) != "off")
      return fail(Errc::syntax, cat(option, " takes on or off"));
  for (const auto* option : {"--without-capability", "--with-capability"})
    for (const auto& name : words_of(i, option))
      if (c.check_capability != nullptr) TRY_VOID(c.check_capability(name));
  for (const auto& word : words_of(i, "--quirk")) {
    const auto equals = word.find('=');
    const auto value = equals == std::string::npos ? std::string() : word.substr(equals + 1);
    if (value != "on" && value != "off" && value != "default")
      return fail(Errc::syntax, "--quirk takes NAME=on, NAME=off or NAME=default");
    if (c.check_quirk != nullptr) TRY_VOID(c.check_quirk(word.substr(0, equals)));
  }
  return {};
}

Task<Reply> change_account(account::AccountRef a, Invocation i, auth::AccountInfo) {
  CO_TRY_VOID(co_await a->change_options(
      [i](account::Options& o) {
        if (i.has("--show-removed")) o.show_removed = i.get("--show-removed") == "on";
        if (i.has("--show-past")) o.show_past = i.get("--show-past") == "on";
        for (const auto& name : words_of(i, "--without-capability")) o.imap_without.insert(upper(name));
        for (const auto& name : words_of(i, "--with-capability")) o.imap_without.erase(upper(name));
        for (const auto& word : words_of(i, "--quirk")) {
          const auto [name, on] = quirk_of(word);
          if (on)
            o.imap_quirks[name] = *on;
          else
            o.imap_quirks.erase(name);
        }
        return Result<>();
      },
      k_operator));
  // Many clients show what is subscribed alone.
  if (i.has("--show-removed"))
    CO_TRY_VOID(co_await a->subscribe(std::string(account::k_removed_name), a->options().show_removed, k_operator));
  co_return Output();
}

Task<Reply> set_account(Context& c, Invocation i) {
  CO_TRY_VOID(check_settings(c, i));
  auto work = with_account(c, std::move(i), change_account);
  co_return co_await std::move(work);
}

Task<Reply> show_quota(account::AccountRef a, Invocation, auth::AccountInfo) {
  Output out;
  quota_facts(out, a->quota());
  co_return out;
}

Task<Reply> set_quota(account::AccountRef a, Invocation i, auth::AccountInfo) {
  const auto bytes = parse_size(i[1]);
  if (!bytes) co_return fail(Errc::syntax, cat("not a size: ", i[1], "; say 500M, 1G or none"));
  auto messages = a->quota().messages_max;
  if (i.has("--messages")) {
    const auto text = i.get("--messages");
    const auto n = text == "none" ? 0 : parse_number<std::uint64_t>(text);
    if (!n) co_return fail(Errc::syntax, cat("not a number: ", text));
    messages = *n;
  }
  CO_TRY_VOID(co_await a->set_quota(*bytes, messages, k_operator));
  co_return Output();
}

constexpr Entry k_entries[] = {
    {"account show", about_account<show_account>},
    {"account set", set_account},
    {"quota show", about_account<show_quota>},
    {"quota set", about_account<set_quota>},
};

}  // namespace

std::span<const Entry> account_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin

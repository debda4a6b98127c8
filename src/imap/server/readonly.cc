#include "imap/server/readonly.h"

#include <algorithm>

#include "account/past.h"
#include "base/utc.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::int64_t k_day_s = 86'400;
constexpr std::int64_t k_days_listed = 30;
using account::k_removed_name;
constexpr std::string_view k_past = k_past_prefix.substr(0, k_past_prefix.size() - 1);

// "2026-11-24T10:00:00Z/Work" → the moment, and the mailbox; "" without one.
struct Place {
  std::string_view moment, mailbox;
  explicit Place(std::string_view name) {
    name.remove_prefix(k_past_prefix.size());
    const auto slash = name.find(model::k_separator);
    moment = name.substr(0, slash);
    if (slash != std::string_view::npos) mailbox = name.substr(slash + 1);
  }
};

Task<Result<account::Past>> past_at(Session* s, std::string_view moment) {
  const auto time = parse_utc(moment);
  if (!time || *time > s->context.clock.now()) co_return fail(Errc::not_found);
  auto ask = account::past(s->account, *time);
  co_return co_await std::move(ask);
}

account::Mailbox level(std::string name) {
  account::Mailbox m{};
  m.id = account::k_past_mailbox;
  m.name = std::move(name);
  return m;
}

// As far back as the history reaches, a day each.
Task<Result<>> list_days(Session* s, std::vector<account::Mailbox>* out) {
  CO_TRY(const auto page, co_await s->account->history({}));
  const auto now = s->context.clock.now();
  const auto first = page.entries.empty() ? now : page.entries.front().time;
  for (auto day = now - now % k_day_s; day >= first && day > now - k_days_listed * k_day_s; day -= k_day_s)
    out->push_back(level(cat(k_past_prefix, utc_day(day))));
  co_return Result<>();
}

Task<Result<>> list_moment(Session* s, std::string moment, std::vector<account::Mailbox>* out) {
  auto ask = past_at(s, moment);
  const auto past = co_await std::move(ask);
  if (!past)
    co_return past.error().code == Errc::not_found || past.error().code == Errc::expired
        ? Result<>()
        : std::unexpected(past.error());
  out->push_back(level(cat(k_past_prefix, moment)));
  for (const auto& [id, folder] : past->folders) {
    out->push_back(level(cat(k_past_prefix, moment, model::k_separator, folder.name)));
    out->back().selectable = true;
  }
  co_return Result<>();
}

bool is_removed(std::string_view name) {
  return name == k_removed_name || model::is_under(name, k_removed_name);
}

bool is_past(std::string_view name) {
  return name == k_past || name.starts_with(k_past_prefix);
}

// The mailboxes that a command changes by name.
std::vector<std::string_view> written(const Command& command) {
  return std::visit(
      []<class C>(const C& c) -> std::vector<std::string_view> {
        if constexpr (std::is_same_v<C, Rename>)
          return {c.from, c.to};
        else if constexpr (std::is_same_v<C, Create> || std::is_same_v<C, Delete> || std::is_same_v<C, Append> ||
                           std::is_same_v<C, Replace> || std::is_same_v<C, Copy> || std::is_same_v<C, SetMetadata>)
          return {c.mailbox};
        else
          return {};
      },
      command);
}

}  // namespace

bool is_readonly(model::MailboxId id) {
  return id == account::k_removed_mailbox || id == account::k_past_mailbox;
}

bool is_readonly(const Session& s, std::string_view name) {
  if (s.account != s.mine) return false;
  const auto& options = s.account->options();
  return ((options.show_removed && is_removed(name)) || (options.show_past && is_past(name))) &&
         s.account->find(name) == nullptr;
}

Task<bool> writes_to_readonly(Session* s, const Command* command) {
  for (const auto name : written(*command)) {
    if (!is_removed(name) && !is_past(name)) continue;
    co_await s->go_home();
    const bool found = is_readonly(*s, name);
    co_await s->settle();
    if (found) co_return true;
  }
  co_return false;
}

Task<Result<account::MailboxRef>> open_readonly(Session* s, std::string name) {
  if (!is_readonly(*s, name) || name == k_past) co_return fail(Errc::not_found);
  if (name == k_removed_name) {
    auto ask = s->account->removed_mailbox({});
    co_return co_await std::move(ask);
  }
  if (!name.starts_with(k_past_prefix)) co_return fail(Errc::not_found);
  const Place place(name);
  auto ask = past_at(s, place.moment);
  CO_TRY(const auto past, co_await std::move(ask));
  auto mailbox = account::past_mailbox(past, model::canonical_name(place.mailbox), name);
  if (!mailbox) co_return fail(Errc::not_found);
  co_return mailbox;
}

Task<Result<std::vector<account::Mailbox>>> list_readonly(Session* s, std::vector<std::string> patterns) {
  std::vector<account::Mailbox> out;
  const auto options = s->account->options();
  if (options.show_removed) {
    out.push_back(level(std::string(k_removed_name)));
    out.back().id = account::k_removed_mailbox;
    out.back().selectable = true;
  }
  if (!options.show_past) co_return out;
  out.push_back(level(std::string(k_past)));
  bool days = false;
  std::vector<std::string> moments;
  for (const auto& pattern : patterns) {
    if (!pattern.starts_with(k_past_prefix)) continue;
    const auto wildcard = std::min(pattern.find_first_of("*%"), pattern.size());
    const auto end = pattern.find(model::k_separator, k_past_prefix.size());
    if (end == std::string::npos && wildcard < pattern.size())
      days = true;
    else if (const std::string moment(Place(pattern).moment); wildcard >= std::min(end, pattern.size()))
      moments.push_back(moment);
  }
  std::sort(moments.begin(), moments.end());
  moments.erase(std::unique(moments.begin(), moments.end()), moments.end());
  if (days) {
    auto list = list_days(s, &out);
    CO_TRY_VOID(co_await std::move(list));
  }
  for (const auto& moment : moments) {
    auto list = list_moment(s, moment, &out);
    CO_TRY_VOID(co_await std::move(list));
  }
  co_return out;
}

Task<bool> reread_removed(Session* s) {
  if (s->account->is_current(*s->selected->mailbox->mailbox)) co_return false;
  auto ask = s->account->removed_mailbox(s->selected->mailbox->mailbox->keywords);
  auto now = co_await std::move(ask);
  if (!now) co_return false;  // the next command tries again
  const auto& before = s->selected->rows();
  for (std::size_t i = 0; i < before.size(); ++i)
    if (!(*now)->rows->contains(before.uid_at(i))) s->selected->view.note_expunged(Uid(before.uid_at(i)));
  s->selected->mailbox = *std::move(now);
  co_return true;
}

}  // namespace mailstead::imap

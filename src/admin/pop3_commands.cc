// POP3 settings of an account and its devices, and the account's report.
#include <algorithm>
#include <map>

#include "admin/handlers.h"
#include "admin/units.h"
#include "base/ascii.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

using Reply = Result<Output>;
using account::HistoryEntry;
using account::Pop3Options;
constexpr std::int64_t k_day_s = 86'400;
constexpr std::int64_t k_report_days = 30;

std::string days(std::uint32_t n) {
  return n == 1 ? "1 day" : cat(n, " days");
}

std::string say(const Pop3Options& o) {
  std::string out;
  const auto add = [&](std::string_view text) { append(out, out.empty() ? "" : ", ", text); };
  if (o.policy) add(cat("policy ", account::to_string(*o.policy)));
  if (o.window_days)
    add(*o.window_days == 0                            ? std::string("all mail")
        : *o.window_days == Pop3Options::k_since_added ? std::string("mail since the device was added")
                                                       : cat("mail of the last ", days(*o.window_days)));
  if (o.remove_after_days)
    add(*o.remove_after_days == 0 ? std::string("not removed by the server")
                                  : cat("removed ", days(*o.remove_after_days), " after retrieval"));
  if (o.hide_retrieved) add(*o.hide_retrieved ? "what was retrieved is hidden" : "what was retrieved is shown again");
  return out.empty() ? "as usual" : out;
}

std::string device_name(const auth::AccountInfo& info, std::uint32_t id) {
  for (const auto& d : info.devices)
    if (d.id.value == id) return d.name;
  return cat("device ", id, " (removed)");
}

// One option of `pop3 set` → the field; "default": unset.
Result<> set_policy(Pop3Options& o, const std::string& text) {
  o.policy = account::parse_pop3_policy(text);
  if (!o.policy && text != "default") return fail(Errc::syntax, cat("no such policy: ", text));
  return {};
}
Result<> set_window(Pop3Options& o, const std::string& text) {
  o.window_days.reset();
  if (text == "default") return {};
  o.window_days = text == "all"     ? std::optional(0U)
                  : text == "added" ? std::optional(Pop3Options::k_since_added)
                                    : parse_number<std::uint32_t>(text);
  if (!o.window_days) return fail(Errc::syntax, "--window takes all, added or a number of days");
  return {};
}
Result<> set_remove_after(Pop3Options& o, const std::string& text) {
  o.remove_after_days.reset();
  if (text == "default") return {};
  o.remove_after_days = text == "never" ? std::optional(0U) : parse_number<std::uint32_t>(text);
  if (!o.remove_after_days || (*o.remove_after_days == 0 && text != "never"))
    return fail(Errc::syntax, "--remove-after takes never or a number of days");
  return {};
}
Result<> set_hide(Pop3Options& o, const std::string& text) {
  o.hide_retrieved.reset();
  if (text == "default") return {};
  if (text != "on" && text != "off") return fail(Errc::syntax, "--hide-retrieved takes on, off or default");
  o.hide_retrieved = text == "on";
  return {};
}

constexpr std::pair<std::string_view, Result<> (*)(Pop3Options&, const std::string&)> k_fields[] = {
    {"--policy", set_policy},
    {"--window", set_window},
    {"--remove-after", set_remove_after},
    {"--hide-retrieved", set_hide},
};

struct Use {  // of one device by one protocol
  std::uint64_t removed = 0, hidden = 0, retrieved = 0, changed = 0, added = 0;
  std::int64_t last = 0;
};

Task<Reply> pop3_show(account::AccountRef a, Invocation, auth::AccountInfo info) {
  const auto& o = a->options();
  Output out;
  out.columns = {"device", "settings"};
  out.rows.push_back({"all", cat(say(o.pop3), o.pop3_folders ? "; a login as user/Folder opens that folder" : "")});
  for (const auto& [id, device] : o.devices) out.rows.push_back({device_name(info, id), say(device)});
  co_return out;
}

Task<Reply> pop3_set(account::AccountRef a, Invocation c, auth::AccountInfo info) {
  std::optional<std::uint32_t> device;
  if (c.arguments.size() > 2) co_return fail(Errc::syntax, "one device at a time");
  if (c.arguments.size() == 2) {
    for (const auto& d : info.devices)
      if (d.name == c[1]) device = d.id.value;
    if (!device) co_return fail(Errc::not_found, cat("no such device: ", c[1]));
  }
  if (c.options.empty()) co_return fail(Errc::syntax, "nothing to set");
  const auto folders = c.get("--folders");
  if (c.has("--folders") && (device || (folders != "on" && folders != "off")))
    co_return fail(Errc::syntax, "--folders takes on or off, and is for all devices");
  CO_TRY_VOID(co_await a->change_options(
      [device, c, folders](account::Options& o) -> Result<> {
        auto& target = device ? o.devices[*device] : o.pop3;
        for (const auto& [option, set] : k_fields)
          if (c.has(option)) TRY_VOID(set(target, c.get(option)));
        if (c.has("--folders")) o.pop3_folders = folders == "on";
        return {};
      },
      k_operator));
  co_return Output();
}

// What a person should know when one account is read in more than one way.
Task<Reply> account_report(account::AccountRef a, Invocation, auth::AccountInfo info) {
  std::map<std::pair<std::string, std::string>, Use> uses;  // protocol, device
  account::HistoryQuery q;
  q.since = system_clock().now() - k_report_days * k_day_s;
  for (;;) {
    CO_TRY(const auto page, co_await a->history(q));
    for (const auto& e : page.entries) {
      auto& use = uses[{e.actor.protocol, e.actor.device}];
      use.last = e.time;
      switch (e.what) {
        case HistoryEntry::removed:
          ++use.removed;
          break;
        case HistoryEntry::hidden:
          use.hidden += e.uids.size();
          break;
        case HistoryEntry::retrieved:
          use.retrieved += e.uids.size();
          break;
        case HistoryEntry::added:
          ++use.added;
          break;
        default:
          ++use.changed;
      }
    }
    if (!page.more) break;
    q.after = page.next;
    co_await Home::current().yield();
  }
  Output answer;
  auto& out = answer.message;
  out = cat("Account ", info.name, ", the last ", k_report_days, " days\n\nDevices\n");
  for (const auto& d : info.devices)
    append(out, "  ", d.name, ": ",
           d.last_used == 0 ? std::string("not used yet")
                            : cat("last used ", format_time(d.last_used), " from ", d.last_address),
           '\n');
  out += "\nWhat they did\n";
  std::vector<std::string> pop3, others;
  for (const auto& [who, use] : uses) {
    const auto& [protocol, device] = who;
    append(out, "  ", say_who({device, protocol, ""}), ": ");
    std::string did;
    const auto add = [&](std::uint64_t n, std::string_view what) {
      if (n != 0) append(did, did.empty() ? "" : ", ", n, ' ', what);
    };
    add(use.added, "came in");
    add(use.retrieved, "retrieved");
    add(use.removed, "removed for all");
    add(use.hidden, "deleted on this device only");
    add(use.changed, "other changes");
    append(out, did, "; last ", format_time(use.last), '\n');
    if (protocol == "pop3" && use.removed + use.hidden > 0) pop3.push_back(device);
    if (protocol == "imap" || protocol == "pop3") others.push_back(device);
  }
  if (uses.empty()) out += "  nothing is recorded\n";
  std::size_t used = 0;
  for (const auto& d : info.devices) used += d.last_used >= q.since ? 1 : 0;
  out += "\nMixed use\n";
  if (pop3.empty()) {
    out += "  No POP3 device deletes mail.\n";
  } else if (used < 2 && others.size() < 2) {
    append(out, "  \"", pop3.front(),
           "\" deletes what it has downloaded by POP3, and nothing else uses the account: each deletion is for good, "
           "by way of Recently removed.\n");
  } else {
    for (const auto& device : pop3) {
      const auto& use = uses[{"pop3", device}];
      const auto found =
          std::find_if(info.devices.begin(), info.devices.end(), [&](const auto& d) { return d.name == device; });
      const auto id = found == info.devices.end() ? UINT32_MAX : found->id.value;
      const auto policy = a->options().of_device(id).policy.value_or(account::Pop3Policy::automatic);
      append(out, "  \"", device, "\" downloads by POP3 and deletes, while other devices use the same mail.\n");
      if (use.hidden > 0)
        append(out, "  ", use.hidden,
               " of its deletions were for this device alone: all others still have these messages.\n");
      if (use.removed > 0)
        append(out, "  ", use.removed,
               " messages left for all devices. They are in Recently removed: `mailstead removed restore ", info.name,
               " --by ", device, "`.\n");
      if (policy == account::Pop3Policy::everywhere)
        append(out, "  Its policy is `everywhere`. `mailstead pop3 set ", info.name, ' ', device,
               " --policy auto` leaves the mail to the others.\n");
      append(out, "  In the mail program of \"", device,
             "\": choose \"leave messages on the server\", or set the account up again with IMAP.\n");
    }
  }
  co_return answer;
}

constexpr Entry k_entries[] = {
    {"pop3 show", about_account<pop3_show>},
    {"pop3 set", about_account<pop3_set>},
    {"account report", about_account<account_report>},
};

}  // namespace

std::span<const Entry> pop3_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin

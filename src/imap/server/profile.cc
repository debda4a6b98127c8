#include "imap/server/profile.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/metrics.h"
#include "imap/server/session.h"

namespace mailstead::imap {
namespace {

// One row a quirk. Each has a transcript, testdata/transcripts/imap/quirk_NAME.t, and a line in docs/imap.md.
const std::array<QuirkRow, k_quirks> k_table = {{
    {Quirk::delay_newmail,
     "delay-newmail",
     "EXISTS and RECENT come only in the answers to NOOP and CHECK, and in IDLE",
     "Dovecot, imap_client_workarounds: these ignore them elsewhere, or then miss messages",
     {{"Mac OS X Mail", "2.1"}, {"Outlook Express"}}},
    {Quirk::tb_extra_mailbox_sep,
     "tb-extra-mailbox-sep",
     "LIST and LSUB understand a name with a separator at its end, as all other commands do",
     "Dovecot, imap_client_workarounds: it adds one to the names of mailboxes",
     {{"Thunderbird"}}},
    {Quirk::tb_lsub_flags,
     "tb-lsub-flags",
     "LSUB says \\Noselect of a subscribed name that cannot be selected",
     "Dovecot, imap_client_workarounds: it offers such a name, and shows an error when it is opened",
     {{"Thunderbird"}}},
    {Quirk::no_uidonly,
     "no-uidonly",
     "UIDONLY is not there",
     "github.com/modern-email/defects/issues/49: it enables UIDONLY, then sends sequence numbers and gets no mail",
     {{"Microsoft Office 365"}},
     "UIDONLY"},
}};

// Numbers between dots, compared as numbers: 2.0.9 < 2.1 < 2.10.
bool is_below(std::string_view version, std::string_view limit) {
  while (!version.empty() || !limit.empty()) {
    const auto take = [](std::string_view& s) {
      const auto end = std::min(s.find_first_not_of("0123456789"), s.size());
      const auto n = parse_number<std::uint32_t>(s.substr(0, end)).value_or(0);
      s.remove_prefix(end);
      if (s.starts_with('.'))
        s.remove_prefix(1);
      else
        s = {};
      return n;
    };
    const auto a = take(version), b = take(limit);
    if (a != b) return a < b;
  }
  return false;
}

bool is_known(const QuirkRow& row, std::string_view name, std::string_view version) {
  return std::any_of(row.clients.begin(), row.clients.end(), [&](const KnownClient& c) {
    return iequals(c.name, name) &&
           (c.version_below.empty() || (!version.empty() && is_below(version, c.version_below)));
  });
}

std::string_view field(const Id& id, std::string_view name) {
  if (id.fields)
    for (const auto& [key, value] : *id.fields)
      if (value && iequals(key, name)) return *value;
  return {};
}

}  // namespace

std::span<const QuirkRow> quirks() {
  return k_table;
}

void Profile::set(const Context& context, const account::Options* options, const Id& client) {
  const auto name = field(client, "name"), version = field(client, "version");
  quirks_ = 0;
  off_ = context.without;
  if (options != nullptr) off_.insert(off_.end(), options->imap_without.begin(), options->imap_without.end());
  for (const auto& row : k_table) {
    bool on = is_known(row, name, version);
    const auto ask = [&](const auto& settings) {
      for (const std::string_view key : {std::string_view("all"), row.name})
        if (const auto found = settings.find(std::string(key)); found != settings.end()) on = found->second;
    };
    ask(context.quirks);
    if (options != nullptr) ask(options->imap_quirks);
    if (!on) continue;
    quirks_ |= 1U << static_cast<unsigned>(row.quirk);
    if (row.hides.empty()) continue;
    off_.emplace_back(row.hides);
    (void)applies(row.quirk);
  }
}

bool Profile::applies(Quirk quirk) const {
  static const auto counters = [] {
    std::array<metrics::Value*, k_quirks> out{};
    for (const auto& row : k_table)
      out.at(static_cast<std::size_t>(row.quirk)) =
          &metrics::counter("quirks_total", cat("protocol=\"imap\",quirk=\"", row.name, '"'));
    return out;
  }();
  if (!has(quirk)) return false;
  counters.at(static_cast<std::size_t>(quirk))->add();
  return true;
}

std::string Profile::names() const {
  std::string out;
  for (const auto& row : k_table)
    if (has(row.quirk)) append(out, out.empty() ? "" : " ", row.name);
  return out;
}

Result<> check_quirk(std::string_view name) {
  if (name == "all" || std::any_of(k_table.begin(), k_table.end(), [&](const auto& row) { return row.name == name; }))
    return {};
  return fail(Errc::syntax, cat("no such quirk: ", name));
}

Result<std::map<std::string, bool>> parse_quirks(const std::vector<std::string>& words) {
  std::map<std::string, bool> out;
  for (const std::string_view word : words) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto value = equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
    if (value != "on" && value != "off") return fail(Errc::syntax, cat("say NAME=on or NAME=off, not ", word));
    TRY_VOID(check_quirk(name));
    out[std::string(name)] = value == "on";
  }
  return out;
}

}  // namespace mailstead::imap

// `history` and `trace`: what happened, in plain words, without message text.
#include <algorithm>
#include <set>

#include "admin/handlers.h"
#include "admin/units.h"
#include "base/ascii.h"
#include "mime/encoded_word.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

using Reply = Result<Output>;
using account::HistoryEntry;

constexpr std::size_t k_rows_max = 4000;  // of one answer: it is one frame of the admin socket
constexpr std::size_t k_matches_max = 5;  // of a trace: more words find less
constexpr std::size_t k_batch = 200;

std::string flags_of(const std::vector<std::string>& flags) {
  std::string out;
  for (const auto& f : flags) append(out, out.empty() ? "" : " ", f);
  return out.empty() ? "none" : out;
}

std::string changed_flags(const HistoryEntry& e) {
  std::string out;
  for (const auto& f : e.flags)
    if (std::find(e.flags_before.begin(), e.flags_before.end(), f) == e.flags_before.end()) append(out, " +", f);
  for (const auto& f : e.flags_before)
    if (std::find(e.flags.begin(), e.flags.end(), f) == e.flags.end()) append(out, " -", f);
  return out.empty() ? cat(" now ", flags_of(e.flags)) : out;
}

std::string say(const HistoryEntry& e) {
  const auto place = cat(e.mailbox, '/', e.uid);
  const auto from = e.from_mailbox.empty() ? std::string("another mailbox") : cat(e.from_mailbox, '/', e.from_uid);
  switch (e.what) {
    case HistoryEntry::added:
      return cat("came to ", place);
    case HistoryEntry::copied:
      return cat("copied from ", from, " to ", place);
    case HistoryEntry::moved:
      return cat("moved from ", from, " to ", place);
    case HistoryEntry::flagged:
      return cat("flags of ", place, ":", changed_flags(e));
    case HistoryEntry::removed:
      return cat("removed from ", place, " into Recently removed, number ", e.number,
                 e.kind == "retention"   ? " (retention rule)"
                 : e.kind == "retrieved" ? " (days after retrieval)"
                                         : "");
    case HistoryEntry::restored:
      return cat("restored to ", place, e.number == 0 ? std::string() : cat(" from number ", e.number));
    case HistoryEntry::freed:
      return cat("purged from Recently removed, number ", e.number);
    case HistoryEntry::retrieved:
      return e.uid != 0 ? cat("retrieved completely: ", place)
                        : cat("retrieved completely: ", e.mailbox, '/', e.uids.to_string());
    case HistoryEntry::hidden:
      return cat("deleted on this device only, still there for all others: ", e.mailbox, '/',
                 e.uid != 0 ? std::to_string(e.uid) : e.uids.to_string());
    case HistoryEntry::mailbox_changed:
      return cat(e.kind, ": mailbox ", e.mailbox);
    case HistoryEntry::mailbox_gone:
      return cat("mailbox ", e.mailbox, " deleted");
    case HistoryEntry::settings:
      return cat(e.kind, " changed");
  }
  return {};
}

// A line for people, or the fields for programs.
void add_row(Output& out, const HistoryEntry& e, bool json) {
  const Cell time(Cell::time, static_cast<std::uint64_t>(e.time));
  if (!json) {
    out.rows.push_back({time, say(e), say_who(e.actor)});
    return;
  }
  out.rows.push_back({time, account::to_string(e.what), e.kind, e.mailbox,
                      e.uids.empty() ? std::to_string(e.uid) : e.uids.to_string(), e.from_mailbox,
                      Cell(Cell::number, e.from_uid), Cell(e.flags_before), Cell(e.flags), Cell(Cell::number, e.number),
                      e.actor.device, e.actor.protocol, e.actor.address, Cell(Cell::number, e.version)});
}

void set_columns(Output& out, bool json) {
  if (json)
    out.columns = {"time",         "what",  "operation",      "mailbox", "uid",      "from_mailbox", "from_uid",
                   "flags_before", "flags", "removed_number", "device",  "protocol", "address",      "version"};
  else
    out.columns = {"time", "what", "by"};
}

// Where a content is now.
struct Found {
  std::vector<std::string> places;
};
using AllContents = std::map<std::uint64_t, Found>;

Task<Result<AllContents>> all_contents(account::AccountRef a) {
  AllContents all;
  std::vector<std::pair<account::MailboxId, std::string>> boxes;
  for (const auto* m : a->mailboxes())
    if (m->selectable && m->messages > 0) boxes.emplace_back(m->id, m->name);
  for (const auto& [id, name] : boxes) {
    auto opened = co_await a->open(id);
    if (!opened) {
      if (opened.error().code == Errc::not_found) continue;  // deleted meanwhile
      co_return std::unexpected(opened.error());
    }
    const auto& rows = *(*opened)->rows;
    for (std::size_t i = 0; i < rows.size(); ++i)
      all[rows.at(i).content].places.push_back(cat(name, '/', rows.at(i).uid));
    co_await Home::current().yield();
  }
  for (std::uint64_t after = 0;;) {
    CO_TRY(const auto page, co_await a->removed(after, 500));
    for (const auto& r : page)
      all[r.content.value].places.push_back(cat("Recently removed, number ", r.number, " (of ", r.mailbox, ')'));
    if (page.size() < 500) break;
    after = page.back().number;
  }
  co_return all;
}

bool has_words(std::string_view subject, const std::vector<std::string>& words) {
  const auto text = lower(subject);
  return std::all_of(words.begin(), words.end(),
                     [&](const auto& w) { return text.find(lower(w)) != std::string::npos; });
}

// MAILBOX/UID, now or at any time that the history tells of.
Task<Result<std::optional<account::ContentId>>> at_place(account::AccountRef a, std::string mailbox,
                                                         std::uint32_t uid) {
  if (const auto* m = a->find(mailbox); m != nullptr && m->selectable) {
    mailbox = m->name;
    CO_TRY(const auto opened, co_await a->open(m->id));
    if (const auto* row = opened->rows->find(uid)) co_return account::ContentId(row->content);
  }
  account::HistoryQuery q;
  q.mailbox = mailbox;
  for (;;) {
    CO_TRY(const auto page, co_await a->history(q));
    for (const auto& e : page.entries)
      if (e.content != 0 && e.mailbox == mailbox && e.uid == uid) co_return account::ContentId(e.content);
    if (!page.more) co_return std::nullopt;
    q.after = page.next;
  }
}

Task<Reply> history(account::AccountRef a, Invocation i, auth::AccountInfo) {
  account::HistoryQuery q;
  CO_TRY(q.since, time_of(i, "--since", 0));
  CO_TRY(q.until, time_of(i, "--until", INT64_MAX));
  if (i.has("--device")) q.device = i.get("--device");
  if (i.has("--protocol")) q.protocol = lower(i.get("--protocol"));
  if (i.has("--mailbox")) q.mailbox = i.get("--mailbox");
  const bool json = i.has("--json");
  Output out;
  set_columns(out, json);
  for (;;) {
    CO_TRY(const auto page, co_await a->history(q));
    for (const auto& e : page.entries) {
      if (out.rows.size() == k_rows_max)
        co_return fail(Errc::too_big, "too much for one answer: say --since, --until, --device or --mailbox");
      add_row(out, e, json);
    }
    if (!page.more) co_return out;
    q.after = page.next;
    co_await Home::current().yield();
  }
}

Task<Result<std::vector<account::ContentId>>> by_words(account::AccountRef a, const AllContents* all,
                                                       std::vector<std::string> words, std::size_t* more) {
  const bool by_id = words.size() == 1 && words[0].find('@') != std::string::npos;
  const std::string id(trim(words[0], "<> \t"));
  std::vector<account::ContentId> found, batch;
  for (auto at = all->begin(); at != all->end();) {
    batch.clear();
    for (; at != all->end() && batch.size() < k_batch; ++at) batch.emplace_back(at->first);
    CO_TRY(const auto summaries, co_await a->summaries(batch));
    for (std::size_t n = 0; n < batch.size(); ++n) {
      if (!summaries[n]) continue;  // freed meanwhile
      const auto& s = **summaries[n];
      if (by_id ? s.message_id != id : !has_words(mime::decode_header(s.message.envelope.subject), words)) continue;
      if (found.size() < k_matches_max)
        found.push_back(batch[n]);
      else
        ++*more;
    }
    co_await Home::current().yield();
  }
  co_return found;
}

Task<Reply> trace(account::AccountRef a, Invocation i, auth::AccountInfo) {
  CO_TRY(const auto all, co_await all_contents(a));
  std::vector<account::ContentId> found;
  std::vector<std::string> words(i.arguments.begin() + 1, i.arguments.end());
  const auto slash = words[0].rfind('/');
  const auto uid = slash == std::string::npos ? std::nullopt : parse_number<std::uint32_t>(words[0].substr(slash + 1));
  std::size_t more = 0;
  if (words.size() == 1 && uid) {
    CO_TRY(const auto content, co_await at_place(a, words[0].substr(0, slash), *uid));
    if (content) found.push_back(*content);
  } else {
    CO_TRY(found, co_await by_words(a, &all, words, &more));
  }
  if (found.empty())
    co_return fail(Errc::not_found, "no such message; what was purged can be found as MAILBOX/UID only");
  const bool json = i.has("--json");
  Output out;
  set_columns(out, json);
  for (std::size_t n = 0; n < found.size(); ++n) {
    const std::vector<account::ContentId> one(1, found[n]);
    CO_TRY(const auto entries, co_await a->trace(one));
    CO_TRY(const auto summaries, co_await a->summaries(one));
    const auto label = found.size() == 1 ? std::string() : cat('_', n + 1);
    if (summaries[0]) out.facts.emplace_back(cat("message_id", label), (*summaries[0])->message_id);
    const auto where = all.find(found[n].value);
    out.facts.emplace_back(cat("now", label), where == all.end() ? Cell("gone for good") : Cell(where->second.places));
    for (const auto& e : entries) add_row(out, e, json);
  }
  out.rows_name = "events";
  if (more > 0) out.facts.emplace_back("not_shown", cat(more, " more messages have these words"));
  co_return out;
}

constexpr Entry k_entries[] = {
    {"history", about_account<history>},
    {"trace", about_account<trace>},
};

}  // namespace

std::span<const Entry> history_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin

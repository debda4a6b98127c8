#include "account/past.h"

#include <algorithm>
#include <deque>
#include <set>
#include <unordered_map>

namespace mailstead::account {
namespace {

using Key = std::pair<std::uint32_t, std::uint32_t>;  // mailbox, UID

Past::Message as_it_is(const Row& row, std::vector<std::string> flags) {
  return {row.content, std::move(flags), false, row.size, row.save_date, row.internal_date, row.internal_zone};
}

Task<Result<Past>> present(std::shared_ptr<Account> account) {
  Past now;
  std::vector<MailboxId> ids;
  for (const auto* m : account->mailboxes())
    if (m->selectable) ids.push_back(m->id);
  for (const auto id : ids) {
    CO_TRY(const auto opened, co_await account->open(id));
    auto& folder = now.folders[id.value];
    folder.name = opened->mailbox->name;
    const auto& rows = *opened->rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto& row = rows.at(i);
      folder.messages[row.uid] = as_it_is(row, opened->mailbox->keywords.names(model::Flags{row.flags}));
    }
  }
  co_return now;
}

// Size and dates by content: whatever row shows it, they are the same, or nearly so (SAVEDATE).
using Known = std::unordered_map<std::uint64_t, Past::Message>;

Task<Result<Known>> known_contents(std::shared_ptr<Account> account, const Past* now) {
  Known known;
  CO_TRY(const auto removed, co_await account->removed_mailbox({}));
  for (std::size_t i = 0; i < removed->rows->size(); ++i)
    known.try_emplace(removed->rows->at(i).content, as_it_is(removed->rows->at(i), {}));
  for (const auto& [id, folder] : now->folders)
    for (const auto& [uid, message] : folder.messages) {
      auto& one = known[message.content];
      one = message;
      one.flags = {};
    }
  co_return known;
}

// What this step of the history did is undone; steps come latest first.
void undo(const HistoryEntry& e, Past& past, const Known& known, std::set<std::uint64_t>& freed) {
  const auto erase = [&](std::uint32_t mailbox, std::uint32_t uid) {
    if (const auto found = past.folders.find(mailbox); found != past.folders.end()) found->second.messages.erase(uid);
  };
  const auto put = [&](std::uint32_t mailbox, std::uint32_t uid, const std::string& name,
                       const std::vector<std::string>& flags) {
    auto& folder = past.folders[mailbox];
    folder.name = name;
    auto& message = folder.messages[uid];
    if (const auto found = known.find(e.content); found != known.end()) message = found->second;
    message.content = e.content;
    message.flags = flags;
    message.freed = freed.contains(e.content);
  };
  switch (e.what) {
    case HistoryEntry::added:
    case HistoryEntry::copied:
    case HistoryEntry::restored:
      erase(e.mailbox_id, e.uid);
      break;
    case HistoryEntry::moved:
      erase(e.mailbox_id, e.uid);
      if (e.from_uid != 0) put(e.from_id, e.from_uid, e.from_mailbox, e.flags);
      break;
    case HistoryEntry::flagged:
      if (const auto box = past.folders.find(e.mailbox_id); box != past.folders.end())
        if (const auto found = box->second.messages.find(e.uid); found != box->second.messages.end())
          found->second.flags = e.flags_before;
      break;
    case HistoryEntry::removed:
      put(e.mailbox_id, e.uid, e.mailbox, e.flags);
      break;
    case HistoryEntry::freed:
      freed.insert(e.content);
      break;
    case HistoryEntry::mailbox_gone:
      past.folders[e.mailbox_id].name = e.mailbox;
      break;
    case HistoryEntry::mailbox_changed:
      if (e.kind == "create") past.folders.erase(e.mailbox_id);
      break;
    case HistoryEntry::retrieved:
    case HistoryEntry::hidden:
    case HistoryEntry::settings:
      break;
  }
}

}  // namespace

Task<Result<Past>> past(std::shared_ptr<Account> account, std::int64_t time) {
  for (;;) {
    CO_TRY_VOID(co_await account->refresh());
    const auto version = account->version();
    CO_TRY(auto then, co_await present(account));
    then.time = time;
    CO_TRY(const auto known, co_await known_contents(account, &then));
    // One walk: the last name of each folder by then, and all that came later.
    std::map<std::uint32_t, std::string> names;
    std::vector<HistoryEntry> later;
    bool reaches = false, whole = false;
    for (HistoryQuery q;;) {
      CO_TRY(auto page, co_await account->history(q));
      if (q.after == 0) reaches = whole = !page.trimmed;
      for (auto& e : page.entries) {
        if (e.time <= time) {
          reaches = true;
          if (!e.mailbox.empty()) names[e.mailbox_id] = e.mailbox;
          if (!e.from_mailbox.empty()) names[e.from_id] = e.from_mailbox;
        } else if (later.size() < k_past_changes) {
          later.push_back(std::move(e));
        } else {
          co_return fail(Errc::too_big, "more has changed since then than is undone at once");
        }
      }
      if (!page.more) break;
      q.after = page.next;
      co_await Home::current().yield();
    }
    if (!reaches) co_return fail(Errc::expired, "the history does not reach back so far");
    // Mailboxes were opened one after the other: what came meanwhile would be undone without having been done.
    if (account->version() != version) continue;
    std::set<std::uint64_t> freed;
    std::size_t undone = 0;
    for (auto e = later.rbegin(); e != later.rend(); ++e) {
      undo(*e, then, known, freed);
      if (++undone % 256 == 0) co_await Home::current().yield();
    }
    // With the history from its first day, what has no name by then was made later (a rename makes levels).
    if (whole) std::erase_if(then.folders, [&](const auto& folder) { return !names.contains(folder.first); });
    for (auto& [id, folder] : then.folders)
      if (const auto last = names.find(id); last != names.end()) folder.name = last->second;
    co_return then;
  }
}

MailboxRef past_mailbox(const Past& past, std::string_view name, std::string shown) {
  const auto found =
      std::find_if(past.folders.begin(), past.folders.end(), [&](const auto& f) { return f.second.name == name; });
  if (found == past.folders.end()) return nullptr;
  auto out = std::make_shared<Mailbox>();
  out->id = k_past_mailbox;
  out->name = std::move(shown);
  out->uidvalidity = found->first;
  out->highest_modseq = static_cast<std::uint64_t>(std::max<std::int64_t>(past.time, 1));
  out->selectable = true;
  std::vector<Row> rows;
  for (const auto& [uid, m] : found->second.messages) {
    out->uidnext = uid + 1;
    if (m.freed) continue;
    Row row{};
    row.modseq = 1;
    row.content = m.content;
    row.internal_date = m.internal_date;
    row.internal_zone = m.internal_zone;
    row.uid = uid;
    row.size = m.size;
    row.save_date = m.save_date;
    for (const auto& flag : m.flags) {
      const auto system = model::system_flag(flag);
      if (const auto bit = system ? system : out->keywords.add(flag)) row.flags |= bit->bits;
    }
    const model::Flags flags{row.flags};
    ++out->messages;
    out->bytes += m.size;
    if (!flags.has(model::k_seen)) ++out->unseen;
    if (flags.has(model::k_deleted)) ++out->deleted;
    rows.push_back(row);
  }
  out->uidnext = std::max(out->uidnext, 1U);
  return std::make_shared<const OpenMailbox>(std::move(out), std::make_shared<const Rows>(std::move(rows)));
}

}  // namespace mailstead::account

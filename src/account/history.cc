#include "account/history.h"

#include <algorithm>
#include <set>

#include "account/account_impl.h"
#include "base/ascii.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_records_read = 64;      // of one trip to the store
constexpr std::size_t k_records_looked = 2048;  // of one page
constexpr std::size_t k_entries = 2000;         // of one page: it may end with one record's worth more

}  // namespace

std::string_view to_string(HistoryEntry::What what) {
  switch (what) {
    case HistoryEntry::added:
      return "added";
    case HistoryEntry::copied:
      return "copied";
    case HistoryEntry::moved:
      return "moved";
    case HistoryEntry::flagged:
      return "flagged";
    case HistoryEntry::removed:
      return "removed";
    case HistoryEntry::restored:
      return "restored";
    case HistoryEntry::freed:
      return "freed";
    case HistoryEntry::retrieved:
      return "retrieved";
    case HistoryEntry::hidden:
      return "hidden";
    case HistoryEntry::mailbox_changed:
      return "mailbox changed";
    case HistoryEntry::mailbox_gone:
      return "mailbox gone";
    case HistoryEntry::settings:
      return "settings";
  }
  return "";
}

// Names and keywords are those of the record itself: a commit that changes a row writes its mailbox, too.
void AccountImpl::history_of(std::uint64_t version, const ChangeRecord& record, std::vector<HistoryEntry>& out) const {
  std::map<std::uint32_t, Mailbox> then;
  std::map<std::uint32_t, std::string> gone;
  for (const auto& entry : record.entries)
    for (const auto& effect : entry.effects)
      if (const auto* put = std::get_if<MailboxPut>(&effect)) {
        if (auto m = decode_mailbox(put->mailbox, put->value)) then.insert_or_assign(put->mailbox, *std::move(m));
      } else if (const auto* g = std::get_if<MailboxGone>(&effect)) {
        gone[g->mailbox] = g->name;
      }
  const auto box = [&](std::uint32_t id) -> const Mailbox* {
    const auto found = then.find(id);
    return found != then.end() ? &found->second : find(MailboxId(id));
  };
  const auto name = [&](std::uint32_t id) {
    if (const auto* m = box(id)) return m->name;
    const auto found = gone.find(id);
    return found != gone.end() && !found->second.empty() ? found->second : cat('#', id);
  };
  const auto flags = [&](std::uint32_t id, std::uint64_t bits) {
    const auto* m = box(id);
    return m == nullptr ? std::vector<std::string>() : m->keywords.names(model::Flags{bits});
  };
  for (const auto& entry : record.entries) {
    const auto add = [&](HistoryEntry::What what) -> HistoryEntry& {
      auto& e = out.emplace_back();
      e.what = what;
      e.version = version;
      e.time = record.time;
      e.kind = entry.kind;
      e.actor = entry.actor;
      return e;
    };
    const bool about_mailboxes =
        entry.kind == "create" || entry.kind == "rename" || entry.kind == "subscribe" || entry.kind == "delete mailbox";
    if (entry.kind == "quota" || entry.kind == "settings" || entry.kind == "share") add(HistoryEntry::settings);
    for (const auto& effect : entry.effects) {
      if (const auto* put = std::get_if<RowPut>(&effect)) {
        const auto row = decode_row(put->uid, put->value);
        if (!row) continue;  // checked when it was applied; of a later version
        if (put->origin.how == Origin::flags && put->origin.from == row->flags) continue;  // an annotation changed
        auto what = HistoryEntry::added;
        switch (put->origin.how) {
          case Origin::unknown:  // of an older format: the operation says it
            what = entry.kind == "flags"     ? HistoryEntry::flagged
                   : entry.kind == "copy"    ? HistoryEntry::copied
                   : entry.kind == "move"    ? HistoryEntry::moved
                   : entry.kind == "restore" ? HistoryEntry::restored
                                             : HistoryEntry::added;
            break;
          case Origin::fresh:
            break;
          case Origin::flags:
            what = HistoryEntry::flagged;
            break;
          case Origin::copied:
            what = HistoryEntry::copied;
            break;
          case Origin::moved:
            what = HistoryEntry::moved;
            break;
          case Origin::restored:
            what = HistoryEntry::restored;
            break;
        }
        auto& e = add(what);
        e.mailbox_id = put->mailbox;
        e.mailbox = name(put->mailbox);
        e.uid = put->uid;
        e.content = row->content;
        e.flags = flags(put->mailbox, row->flags);
        if (put->origin.how == Origin::flags) e.flags_before = flags(put->mailbox, put->origin.from);
        if (put->origin.how == Origin::restored) e.number = put->origin.from;
        if (put->origin.how == Origin::copied || put->origin.how == Origin::moved) {
          e.from_id = static_cast<std::uint32_t>(put->origin.from);
          e.from_mailbox = name(e.from_id);
          e.from_uid = put->origin.from_uid;
        }
      } else if (const auto* many = std::get_if<FlagsPut>(&effect)) {
        const auto uids = decode_uids(many->uids);
        if (!uids || many->from == many->to) continue;  // an annotation changed
        const auto now = flags(many->mailbox, many->to), before = flags(many->mailbox, many->from);
        Reader contents(many->contents);
        std::uint64_t content = 0;
        uids->for_each([&](Uid uid) {
          auto& e = add(HistoryEntry::flagged);
          e.mailbox_id = many->mailbox;
          e.mailbox = name(many->mailbox);
          e.uid = uid.value;
          e.content = content += static_cast<std::uint64_t>(contents.svarint());
          e.flags = now;
          e.flags_before = before;
        });
      } else if (const auto* left = std::get_if<RowGone>(&effect)) {
        if (left->removed == 0) continue;  // moved: told where it came
        auto& e = add(HistoryEntry::removed);
        e.mailbox_id = left->mailbox;
        e.mailbox = name(left->mailbox);
        e.uid = left->uid;
        e.content = left->content;
        e.flags = flags(left->mailbox, left->flags);
        e.number = left->removed;
      } else if (const auto* freed = std::get_if<RemovedGone>(&effect)) {
        auto& e = add(HistoryEntry::freed);
        e.number = freed->number;
        e.content = freed->content;
      } else if (const auto* seen = std::get_if<DeviceSeen>(&effect)) {
        for (const auto& [what, bytes] :
             {std::pair(HistoryEntry::retrieved, &seen->retrieved), std::pair(HistoryEntry::hidden, &seen->hidden)}) {
          auto uids = decode_uids(*bytes);
          if (!uids || uids->empty()) continue;
          auto& e = add(what);
          e.mailbox_id = seen->mailbox;
          e.mailbox = name(seen->mailbox);
          e.uids = *std::move(uids);
          e.device = model::DeviceId(seen->device);
        }
      } else if (const auto* g = std::get_if<MailboxGone>(&effect)) {
        auto& e = add(HistoryEntry::mailbox_gone);
        e.mailbox_id = g->mailbox;
        e.mailbox = name(g->mailbox);
      } else if (const auto* changed = std::get_if<MailboxPut>(&effect); changed != nullptr && about_mailboxes) {
        // Counts change when messages leave a mailbox that is being deleted: told by those.
        if (std::any_of(entry.effects.begin(), entry.effects.end(),
                        [](const Effect& other) { return std::holds_alternative<RowGone>(other); }))
          continue;
        auto& e = add(HistoryEntry::mailbox_changed);
        e.mailbox_id = changed->mailbox;
        e.mailbox = name(changed->mailbox);
      }
    }
  }
}

// Times ascend with versions, but for a clock that was set back: then a few records more are kept.
Task<Result<std::uint64_t>> AccountImpl::first_record(std::int64_t since) {
  std::uint64_t low = 0, high = version_;  // the answer is in [low, high]
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    const auto record = co_await store_.records(partition_, middle, 1);
    bool early = false;
    if (!record) {
      if (record.error().code != Errc::expired) co_return std::unexpected(record.error());
      early = true;
    } else if (!record->empty() && since != INT64_MIN) {
      CO_TRY(const auto change, decode_record(record->front().bytes));
      early = change.time < since;
    }
    if (early)
      low = middle + 1;
    else
      high = middle;
  }
  co_return low;
}

Task<Result<HistoryPage>> AccountImpl::history(HistoryQuery q) {
  home_.assert_here();
  CO_TRY_VOID(co_await refresh());
  HistoryPage page;
  page.next = q.after;
  std::vector<HistoryEntry> all;
  for (std::size_t looked = 0; looked < k_records_looked && page.entries.size() < k_entries;) {
    auto records = co_await store_.records(partition_, page.next, k_records_read);
    if (!records && records.error().code == Errc::expired && !page.trimmed) {
      page.trimmed = true;
      CO_TRY(const auto first, co_await first_record(INT64_MIN));
      page.next = std::max(page.next, first);
      continue;
    }
    if (!records) co_return std::unexpected(records.error());
    if (records->empty()) co_return page;
    for (const auto& record : *records) {
      ++looked;
      CO_TRY(const auto change, decode_record(record.bytes));
      page.next = record.version;
      if (change.time < q.since || change.time >= q.until) continue;
      all.clear();
      history_of(record.version, change, all);
      for (auto& e : all) {
        if (q.device && e.actor.device != *q.device) continue;
        if (q.protocol && e.actor.protocol != *q.protocol) continue;
        if (q.mailbox && e.mailbox != *q.mailbox && e.from_mailbox != *q.mailbox) continue;
        page.entries.push_back(std::move(e));
      }
      if (page.entries.size() >= k_entries) break;
    }
  }
  page.more = page.next < version_;
  co_return page;
}

Task<Result<std::vector<HistoryEntry>>> AccountImpl::trace(std::vector<ContentId> contents) {
  home_.assert_here();
  std::set<std::uint64_t> wanted;
  for (const auto id : contents) wanted.insert(id.value);
  std::set<std::pair<std::uint32_t, std::uint32_t>> places;  // where it has been: mailbox, UID
  std::vector<HistoryEntry> out;
  for (HistoryQuery q;;) {
    CO_TRY(auto page, co_await history(q));
    for (auto& e : page.entries) {
      const std::pair place(e.mailbox_id, e.uid);
      if (e.what == HistoryEntry::retrieved || e.what == HistoryEntry::hidden) {
        // Ranges span gaps, never a message that is not meant.
        const auto there = std::find_if(places.begin(), places.end(), [&](const auto& p) {
          return p.first == e.mailbox_id && e.uids.contains(Uid(p.second));
        });
        if (there == places.end()) continue;
        e.uid = there->second;
      } else if (wanted.contains(e.content)) {
        if (e.uid != 0) places.insert(place);
      } else if (e.content != 0 || e.uid == 0 || !places.contains(place)) {
        continue;
      }
      out.push_back(std::move(e));
      if (out.size() >= k_entries) co_return out;
    }
    if (!page.more) co_return out;
    q.after = page.next;
    co_await home_.yield();
  }
}

}  // namespace mailstead::account

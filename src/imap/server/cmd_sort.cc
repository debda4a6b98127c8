// SORT and THREAD (RFC 5256, RFC 5957; RETURN: RFC 5267 §3).
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/search_reply.h"
#include "mime/casemap.h"
#include "mime/encoded_word.h"

namespace mailstead::imap {
namespace {

using model::SortBy;

// RFC 5256 §2.2: without a Date that can be read, the internal date.
std::int64_t sent_at(const account::Row& row, const mime::Summary& summary) {
  return summary.sent ? summary.sent->unix_seconds : row.internal_date;
}

// RFC 5256 §3: the local part of the first address.
std::string mailbox_of(const std::vector<mime::Address>& addresses) {
  return addresses.empty() ? "" : mime::fold(mime::decode_header(addresses.front().mailbox));
}

// RFC 5957 §3: the name as it is displayed, of a group its own; else the address.
std::string display_of(const std::vector<mime::Address>& addresses) {
  if (addresses.empty()) return {};
  const auto& a = addresses.front();
  if (a.group_start()) return mime::fold(mime::decode_header(a.mailbox));
  auto name = mime::fold(mime::decode_header(a.display_name));
  return name.empty() ? mime::fold(cat(a.mailbox, '@', a.host)) : name;
}

bool needs_summary(const model::SortKey& key) {
  return key.by != SortBy::arrival && key.by != SortBy::size;
}

// i;unicode-casemap (RFC 5255 §4.2) for all strings.
model::SortValue value_of(SortBy by, const account::Row& row, const mime::Summary* summary) {
  if (by == SortBy::arrival) return {row.internal_date, {}};
  if (by == SortBy::size) return {row.size, {}};
  const auto& e = summary->message.envelope;
  switch (by) {
    case SortBy::date:
      return {sent_at(row, *summary), {}};
    case SortBy::cc:
      return {0, mailbox_of(e.cc)};
    case SortBy::from:
      return {0, mailbox_of(e.from)};
    case SortBy::to:
      return {0, mailbox_of(e.to)};
    case SortBy::display_from:
      return {0, display_of(e.from)};
    case SortBy::display_to:
      return {0, display_of(e.to)};
    default:
      return {0, mime::fold(summary->base_subject)};
  }
}

struct Sorted {
  std::vector<std::uint32_t> uids;
  std::vector<model::SortValue> values;

  void add(const std::vector<model::SortKey>& keys, const account::Row& row, const mime::Summary* summary) {
    uids.push_back(row.uid);
    for (const auto& k : keys) values.push_back(value_of(k.by, row, summary));
  }
};

// Searches, then puts what was found in order.
Task<Result<Results>> sorted(Session* s, Sort command) {
  const auto keys = std::move(command.keys);
  Searcher searcher(*s, Scope(*s->selected), std::move(command.query));
  auto work = searcher.run();
  CO_TRY(auto found, co_await std::move(work));
  Sorted out;
  if (std::any_of(keys.begin(), keys.end(), needs_summary)) {
    const UseSummary use = [&](const account::Row& row, const mime::Summary& m) { out.add(keys, row, &m); };
    auto load = each_summary(*s, std::move(found.uids), use);
    CO_TRY_VOID(co_await std::move(load));
  } else {
    for (const auto uid : found.uids)
      if (const auto* row = s->selected->rows().find(uid)) out.add(keys, *row, nullptr);
  }
  auto job = [&keys, &out] {
    std::vector<std::uint32_t> uids;
    for (const auto i : model::sort_order(out.values, keys)) uids.push_back(out.uids[i]);
    return uids;
  };
  Results results;
  results.uids = co_await offload(s->context.runtime.cpu(), job);
  results.modseq = found.modseq;
  co_return results;
}

}  // namespace

Task<Reply> run(Session& s, Sort command) {
  const bool modseq = model::needs_modseq(command.query);
  if (modseq) s.enable_condstore();  // RFC 7162 §3.1
  const auto give = command.give;
  const bool uid = command.uid;
  auto work = sorted(&s, std::move(command));
  auto results = co_await std::move(work);
  if (!results) {
    if (give && give->save) s.selected->saved = {};  // RFC 5182 §2.1
    co_return reply_of(results.error());
  }
  results->tell_modseq = modseq;  // RFC 7162 §3.1.6
  co_return tell(s, "SORT", uid, give, *results);
}

Task<Reply> run(Session& s, Thread command) {
  if (model::needs_modseq(command.query)) s.enable_condstore();
  Searcher searcher(s, Scope(*s.selected), std::move(command.query));
  auto work = searcher.run();
  auto found = co_await std::move(work);
  if (!found) co_return reply_of(found.error());
  std::vector<std::uint32_t> uids;
  std::vector<model::ThreadItem> items;
  const UseSummary use = [&](const account::Row& row, const mime::Summary& m) {
    uids.push_back(row.uid);
    items.push_back({sent_at(row, m), m.message_id, m.references, mime::fold(m.base_subject), m.is_reply});
  };
  auto load = each_summary(s, std::move(found->uids), use);
  const auto loaded = co_await std::move(load);
  if (!loaded) co_return reply_of(loaded.error());
  const auto numbers = told_numbers(s, uids, command.uid);
  auto job = [&items, &numbers, by = command.by] { return model::to_string(model::thread(items, by), numbers); };
  const auto list = co_await offload(s.context.runtime.cpu(), job);
  append(s.connection.out(), "* THREAD", list.empty() ? "" : " ", list, "\r\n");
  co_return Reply::done();
}

}  // namespace mailstead::imap

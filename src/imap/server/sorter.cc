#include "imap/server/sorter.h"

#include <algorithm>

#include "base/ascii.h"
#include "mime/casemap.h"
#include "mime/encoded_word.h"

namespace mailstead::imap {
namespace {

using model::SortBy;

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
  return key.by != SortBy::arrival && key.by != SortBy::size && key.by != SortBy::relevancy;
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

void add(Sorted& out, const std::vector<model::SortKey>& keys, const account::Row& row, const mime::Summary* summary,
         const Scores* scores) {
  out.uids.push_back(row.uid);
  for (const auto& k : keys)
    if (k.by == SortBy::relevancy)  // RFC 6203 §6: the highest score first
      out.values.push_back({-std::int64_t{scores->at(row.uid)}, {}});
    else
      out.values.push_back(value_of(k.by, row, summary));
}

}  // namespace

std::int64_t sent_at(const account::Row& row, const mime::Summary& summary) {
  return summary.sent ? summary.sent->unix_seconds : row.internal_date;
}

Sorted Sorted::in_order(const std::vector<model::SortKey>& keys) const {
  Sorted out;
  out.uids.reserve(uids.size());
  for (const auto i : model::sort_order(values, keys)) {
    out.uids.push_back(uids[i]);
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(i * keys.size());
    out.values.insert(out.values.end(), at, at + static_cast<std::ptrdiff_t>(keys.size()));
  }
  return out;
}

Task<Result<Sorted>> sort_values(Session* session, const std::vector<model::SortKey>* keys,
                                 std::vector<std::uint32_t> uids, const Scores* scores) {
  Sorted out;
  if (std::any_of(keys->begin(), keys->end(), needs_summary)) {
    const UseSummary use = [&](const account::Row& row, const mime::Summary& m) { add(out, *keys, row, &m, scores); };
    auto load = each_summary(*session, std::move(uids), use);
    CO_TRY_VOID(co_await std::move(load));
  } else {
    for (const auto uid : uids)
      if (const auto* row = session->selected->rows().find(uid)) add(out, *keys, *row, nullptr, scores);
  }
  co_return out;
}

}  // namespace mailstead::imap

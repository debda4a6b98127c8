#include "imap/server/sorter.h"

#include <algorithm>
#include <map>

#include "imap/server/annotations.h"

namespace mailstead::imap {
namespace {

using model::SortBy;

// Of a key whose values are texts. i;unicode-casemap (RFC 5255 §4.2) for all of them.
std::optional<model::Column> column_of(SortBy by) {
  switch (by) {
    case SortBy::cc:
      return model::Column::cc_mailbox;
    case SortBy::from:
      return model::Column::from_mailbox;
    case SortBy::to:
      return model::Column::to_mailbox;
    case SortBy::display_from:
      return model::Column::from_display;
    case SortBy::display_to:
      return model::Column::to_display;
    case SortBy::subject:
      return model::Column::base_subject;
    default:
      return std::nullopt;
  }
}

bool needs_digests(const model::SortKey& key) {
  return key.by == SortBy::date || column_of(key.by);
}

std::int64_t number(const Placed& messages, std::size_t i, SortBy by, const Scores* scores) {
  const auto& row = messages.rows[i];
  if (by == SortBy::date) return messages.sent_at(i);
  if (by == SortBy::size) return row.size;
  if (by == SortBy::relevancy) return -std::int64_t{scores->at(row.uid)};  // RFC 6203 §6: the highest score first
  return row.internal_date;
}

Task<Result<Placed>> placed_for(Session* s, const std::vector<model::SortKey>* keys, std::vector<std::uint32_t> uids) {
  auto work = placed(s, std::move(uids), std::any_of(keys->begin(), keys->end(), needs_digests));
  co_return co_await std::move(work);
}

// The ranks of a column's texts, by their ids.
Task<model::RankingRef> ranking(Session* s, model::DigestsRef digests, model::Column column) {
  auto work = digests->unranked(column);
  if (work.ranked && work.fresh.empty()) co_return work.ranked;
  auto job = [&work] { return model::rank(std::move(work)); };
  const auto made = co_await offload(s->context.runtime.cpu(), job);
  digests->keep(column, made);
  co_return made;
}

// Ranks of texts: equal ones have the same.
model::SortColumn ranks_of(const std::vector<std::string>& texts) {
  std::map<std::string_view, std::uint64_t> rank;
  for (const auto& text : texts) rank[text];
  std::uint64_t next = 0;
  for (auto& [text, number] : rank) number = next++;
  model::SortColumn out;
  for (const auto& text : texts) out.push_back(rank[text]);
  return out;
}

std::vector<std::uint32_t> uids_of(const Placed& messages) {
  std::vector<std::uint32_t> out;
  for (const auto& row : messages.rows) out.push_back(row.uid);
  return out;
}

}  // namespace

Task<Result<Placed>> placed(Session* s, std::vector<std::uint32_t> uids, bool digests) {
  Placed out;
  if (digests) {
    auto ask = digests_of(s, s->selected->mailbox, uids);
    CO_TRY(out.digests, co_await std::move(ask));
  }
  const auto& rows = s->selected->rows();
  out.rows.reserve(uids.size());
  std::erase_if(uids, [&](std::uint32_t uid) {
    const auto* row = rows.find(uid);
    if (row != nullptr) out.rows.push_back(*row);
    return row == nullptr;
  });
  if (digests) out.places = out.digests->places(uids);
  co_return out;
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

Task<Result<std::vector<std::uint32_t>>> sorted_uids(Session* s, const std::vector<model::SortKey>* keys,
                                                     std::vector<std::uint32_t> uids, const Scores* scores) {
  auto find = placed_for(s, keys, std::move(uids));
  CO_TRY(const auto messages, co_await std::move(find));
  std::vector<model::SortColumn> columns;
  for (const auto& key : *keys) {
    model::SortColumn column(messages.rows.size());
    if (const auto text = column_of(key.by)) {
      auto order = ranking(s, messages.digests, *text);
      const auto ranks = co_await std::move(order);
      for (std::size_t i = 0; i < column.size(); ++i)
        column[i] = ranks->rank[messages.digests->id(*text, messages.places[i])];
    } else if (key.by == SortBy::annotation) {
      auto read = annotation_texts(s, &key, uids_of(messages));
      CO_TRY(const auto texts, co_await std::move(read));
      auto rank = [&texts] { return ranks_of(texts); };
      column = co_await offload(s->context.runtime.cpu(), rank);
    } else {
      for (std::size_t i = 0; i < column.size(); ++i)
        column[i] = model::sort_number(number(messages, i, key.by, scores));
    }
    columns.push_back(std::move(column));
  }
  auto job = [&columns, keys] { return model::sort_numbers(columns, *keys); };
  const auto order = co_await offload(s->context.runtime.cpu(), job);
  std::vector<std::uint32_t> out;
  out.reserve(order.size());
  for (const auto i : order) out.push_back(messages.rows[i].uid);
  co_return out;
}

Task<Result<Sorted>> sort_values(Session* s, const std::vector<model::SortKey>* keys, std::vector<std::uint32_t> uids,
                                 const Scores* scores) {
  auto find = placed_for(s, keys, std::move(uids));
  CO_TRY(const auto messages, co_await std::move(find));
  Sorted out;
  std::vector<std::vector<std::string>> notes(keys->size());
  for (std::size_t k = 0; k < keys->size(); ++k) {
    if ((*keys)[k].by != SortBy::annotation) continue;
    auto read = annotation_texts(s, &(*keys)[k], uids_of(messages));
    CO_TRY(notes[k], co_await std::move(read));
  }
  for (std::size_t i = 0; i < messages.rows.size(); ++i) {
    out.uids.push_back(messages.rows[i].uid);
    for (std::size_t k = 0; k < keys->size(); ++k) {
      const auto& key = (*keys)[k];
      if (key.by == SortBy::annotation)
        out.values.push_back({0, std::move(notes[k][i])});
      else if (const auto column = column_of(key.by))
        out.values.push_back({0, std::string(messages.digests->text(*column, messages.places[i]))});
      else
        out.values.push_back({number(messages, i, key.by, scores), {}});
    }
  }
  co_return out;
}

}  // namespace mailstead::imap

#include "model/digests.h"

#include <algorithm>
#include <iterator>

#include "base/ascii.h"
#include "mime/casemap.h"
#include "mime/encoded_word.h"
#include "mime/searchable.h"

namespace mailstead::model {
namespace {

std::string mailbox_of(const std::vector<mime::Address>& addresses) {
  return addresses.empty() ? "" : mime::fold(mime::decode_header(addresses.front().mailbox));
}

std::string display_of(const std::vector<mime::Address>& addresses) {
  if (addresses.empty()) return {};
  const auto& a = addresses.front();
  if (a.group_start()) return mime::fold(mime::decode_header(a.mailbox));
  auto name = mime::fold(mime::decode_header(a.display_name));
  return name.empty() ? mime::fold(cat(a.mailbox, '@', a.host)) : name;
}

template <class T>
std::size_t bytes_of(const std::vector<T>& v) {
  return v.capacity() * sizeof(T);
}

}  // namespace

RankingRef rank(Unranked work) {
  auto out = std::make_shared<Ranking>();
  auto& fresh = work.fresh;
  std::sort(fresh.begin(), fresh.end());
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
  if (work.ranked)
    std::merge(work.ranked->order.begin(), work.ranked->order.end(), fresh.begin(), fresh.end(),
               std::back_inserter(out->order));
  else
    out->order = std::move(fresh);
  out->rank.assign(work.texts, k_unranked);
  std::uint32_t next = 0;
  for (const auto& [text, id] : out->order) out->rank[id] = next++;
  out->messages = work.messages;
  return out;
}

std::size_t Digests::bytes() const {
  auto all = dictionary_.bytes() + bytes_of(uids_) + bytes_of(sent_) + bytes_of(sent_day_) + bytes_of(flags_) +
             bytes_of(references_) + bytes_of(references_end_) + bytes_of(by_uid_);
  for (const auto& column : texts_) all += bytes_of(column);
  for (const auto& r : rankings_)
    if (r) all += bytes_of(r->order) + bytes_of(r->rank);
  return all;
}

void Digests::put_addresses(Column text, const std::vector<mime::Address>& addresses) {
  put(text, mime::fold(mime::addresses_text(addresses)));
  if (!addresses.empty()) flags_.back() |= bit(text);
}

void Digests::add(std::uint32_t uid, const mime::Summary& s) {
  const auto& e = s.message.envelope;
  by_uid_.push_back(static_cast<std::uint32_t>(uids_.size()));
  uids_.push_back(uid);
  sent_.push_back(s.sent ? s.sent->unix_seconds : 0);
  sent_day_.push_back(s.sent ? day_of(s.sent->unix_seconds, s.sent->zone_minutes) : 0);
  flags_.push_back(static_cast<std::uint8_t>((s.sent ? k_sent : 0) | (s.is_reply ? k_reply : 0) |
                                             (e.subject.empty() ? 0 : bit(Column::subject))));
  put_addresses(Column::from, e.from);
  put_addresses(Column::to, e.to);
  put_addresses(Column::cc, e.cc);
  put_addresses(Column::bcc, e.bcc);
  put(Column::subject, mime::fold(mime::subject_text(e)));
  put(Column::base_subject, mime::fold(s.base_subject));
  put(Column::from_mailbox, mailbox_of(e.from));
  put(Column::to_mailbox, mailbox_of(e.to));
  put(Column::cc_mailbox, mailbox_of(e.cc));
  put(Column::from_display, display_of(e.from));
  put(Column::to_display, display_of(e.to));
  put(Column::message_id, s.message_id);
  for (const auto& id : s.references) references_.push_back(dictionary_.id(id));
  references_end_.push_back(static_cast<std::uint32_t>(references_.size()));
}

std::vector<std::uint32_t> Digests::places(std::span<const std::uint32_t> uids) {
  // Mostly they come in order.
  const auto less = [this](std::uint32_t a, std::uint32_t b) {
    return std::pair(uids_[a], a) < std::pair(uids_[b], b);
  };
  if (ordered_ != by_uid_.size()) {
    const auto from = by_uid_.begin() + static_cast<std::ptrdiff_t>(ordered_);
    if (!std::is_sorted(from, by_uid_.end(), less)) std::sort(from, by_uid_.end(), less);
    if (ordered_ != 0 && less(*from, *(from - 1))) {
      std::vector<std::uint32_t> merged(by_uid_.size());
      std::merge(by_uid_.begin(), from, from, by_uid_.end(), merged.begin(), less);
      by_uid_ = std::move(merged);
    }
    ordered_ = by_uid_.size();
  }
  std::vector<std::uint32_t> out;
  out.reserve(uids.size());
  auto at = by_uid_.begin();
  for (const auto uid : uids) {
    if (at != by_uid_.end() && uids_[*at] < uid)  // for a dense set the next one is it
      if (++at != by_uid_.end() && uids_[*at] < uid)
        at =
            std::lower_bound(at, by_uid_.end(), uid, [this](std::uint32_t p, std::uint32_t u) { return uids_[p] < u; });
    out.push_back(at != by_uid_.end() && uids_[*at] == uid ? *at : k_none);
  }
  return out;
}

std::span<const std::uint32_t> Digests::references(std::uint32_t place) const {
  const auto from = place == 0 ? 0 : references_end_[place - 1];
  return std::span(references_).subspan(from, references_end_[place] - from);
}

Unranked Digests::unranked(Column c) const {
  const auto& column = texts_[static_cast<std::size_t>(c)];
  Unranked out{rankings_[static_cast<std::size_t>(c)], {}, dictionary_.size(), size()};
  const auto* ranked = out.ranked.get();
  for (auto i = ranked ? ranked->messages : 0; i < column.size(); ++i)
    if (!ranked || column[i] >= ranked->rank.size() || ranked->rank[column[i]] == k_unranked)
      out.fresh.emplace_back(dictionary_.at(column[i]), column[i]);
  return out;
}

void Digests::keep(Column c, RankingRef ranking) {
  auto& kept = rankings_[static_cast<std::size_t>(c)];
  if (!kept || kept->messages < ranking->messages) kept = std::move(ranking);
}

}  // namespace mailstead::model

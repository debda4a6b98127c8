// What SEARCH, SORT and THREAD compare the messages of a mailbox by, in columns: dates, and texts made comparable by
// their octets (mime/casemap.h), each distinct one kept once. It depends on a message's content alone, so nothing here
// ever has to change; for messages that have left the mailbox it lies unused.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "mime/summary.h"
#include "model/dictionary.h"
#include "model/search.h"

namespace mailstead::model {

enum class Column : std::uint8_t {
  from,  // addresses as SEARCH sees them (mime/searchable.h)
  to,
  cc,
  bcc,
  subject,       // decoded
  base_subject,  // RFC 5256 §2.1
  from_mailbox,  // RFC 5256 §3: the local part of the first address
  to_mailbox,
  cc_mailbox,
  from_display,  // RFC 5957 §3: the name as it is displayed, of a group its own; else the address
  to_display,
  message_id,  // as it is, without brackets
};
inline constexpr std::size_t k_columns = 12;

// The order of a column's texts.
struct Ranking {
  std::vector<std::pair<std::string_view, std::uint32_t>> order;  // ascending; with their ids
  std::vector<std::uint32_t> rank;                                // by id; k_unranked: the column did not have it
  std::size_t messages = 0;                                       // that it was made of: the first ones
};
inline constexpr auto k_unranked = UINT32_MAX;
using RankingRef = std::shared_ptr<const Ranking>;

// What is to be ranked beside an earlier order. Views texts of the digests.
struct Unranked {
  RankingRef ranked;                                              // null: nothing yet
  std::vector<std::pair<std::string_view, std::uint32_t>> fresh;  // may have one several times
  std::size_t texts = 0, messages = 0;
};
RankingRef rank(Unranked work);

class Digests {
 public:
  static constexpr auto k_none = UINT32_MAX;

  std::size_t size() const { return uids_.size(); }  // places: a message keeps the one it got
  std::size_t bytes() const;

  // `summary` needs no more than mime::decode_brief() gives. A UID that is there already costs a place.
  void add(std::uint32_t uid, const mime::Summary& summary);
  // Of these messages, whose UIDs ascend; k_none: not there.
  std::vector<std::uint32_t> places(std::span<const std::uint32_t> uids);

  std::optional<std::int64_t> sent(std::uint32_t place) const {  // Unix seconds
    return has(place, k_sent) ? std::optional(sent_[place]) : std::nullopt;
  }
  Subject::SentDay sent_day(std::uint32_t place) const {
    return {has(place, k_sent) ? std::optional(sent_day_[place]) : std::nullopt};
  }
  bool is_reply(std::uint32_t place) const { return has(place, k_reply); }
  // The field is there, and is not empty. Of from, to, cc, bcc and subject.
  bool has_field(Column c, std::uint32_t place) const { return has(place, bit(c)); }
  std::uint32_t id(Column c, std::uint32_t place) const { return texts_[static_cast<std::size_t>(c)][place]; }
  std::string_view text(Column c, std::uint32_t place) const { return dictionary_.at(id(c, place)); }
  std::span<const std::uint32_t> references(std::uint32_t place) const;  // ids as message_id's
  const Dictionary& dictionary() const { return dictionary_; }

  // The order of a column, kept for the next time: rank(unranked(c)) on any thread while this lives, then keep().
  Unranked unranked(Column c) const;
  void keep(Column c, RankingRef ranking);

 private:
  static constexpr std::uint8_t k_sent = 128, k_reply = 64;
  static constexpr std::uint8_t bit(Column c) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(c)); }
  bool has(std::uint32_t place, std::uint8_t flag) const { return (flags_[place] & flag) != 0; }
  void put(Column c, std::string_view text) { texts_[static_cast<std::size_t>(c)].push_back(dictionary_.id(text)); }
  void put_addresses(Column text, const std::vector<mime::Address>& addresses);

  Dictionary dictionary_;
  std::vector<std::uint32_t> uids_;
  std::vector<std::int64_t> sent_;
  std::vector<Day> sent_day_;
  std::vector<std::uint8_t> flags_;
  std::array<std::vector<std::uint32_t>, k_columns> texts_;
  std::vector<std::uint32_t> references_, references_end_;
  std::vector<std::uint32_t> by_uid_;  // places by UID: the first ordered_ of them ascend
  std::size_t ordered_ = 0;
  std::array<RankingRef, k_columns> rankings_;
};
using DigestsRef = std::shared_ptr<Digests>;

}  // namespace mailstead::model

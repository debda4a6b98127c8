// Mailboxes and message rows as sessions see them. All of it lives on the account's home.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/digests.h"
#include "model/flags.h"
#include "model/ids.h"
#include "model/mailbox_name.h"

namespace mailstead::account {

// One message in one mailbox: 48 bytes, so that a million of them stay under 64 MiB.
struct Row {
  std::uint64_t modseq;   // account version of its last change
  std::uint64_t content;  // ContentId
  std::uint64_t flags;    // model::Flags bits
  std::int64_t internal_date;
  std::uint32_t uid;
  std::uint32_t size;       // octets of prefix + content (messages are < 4 GiB)
  std::uint32_t save_date;  // Unix seconds: RFC 8514
  std::int16_t internal_zone;
  std::uint16_t reserved;
};
static_assert(sizeof(Row) == 48);

// A mailbox with its counts, always in memory: STATUS needs no rows.
struct Mailbox {
  model::MailboxId id;
  std::string name;
  std::uint32_t uidvalidity;
  std::uint32_t uidnext;
  std::uint64_t highest_modseq;
  std::uint64_t messages, unseen, deleted, bytes;
  std::optional<model::SpecialUse> use;
  bool subscribed;
  bool selectable;  // false: only a level above others (\Noselect)
  bool annotated;   // messages have, or had, annotations (RFC 5257)
  model::KeywordTable keywords;
};

// Ids of mailboxes that are only looked at (Account::removed_mailbox(), past_mailbox()): no other has them.
inline constexpr model::MailboxId k_removed_mailbox{UINT32_MAX}, k_past_mailbox{UINT32_MAX - 1};
inline constexpr std::string_view k_removed_name = "Recently removed";

// The rows of an open mailbox, ascending by UID; shared by all sessions. Meets model::View's Index.
class Rows {
 public:
  Rows() = default;
  // Rows that will not change.
  explicit Rows(std::vector<Row> rows) : rows_(std::move(rows)), recent_from_(UINT64_MAX) {}

  std::size_t size() const { return rows_.size(); }
  std::size_t bytes() const {
    return rows_.capacity() * sizeof(Row) + recent_.capacity() * sizeof(Change) +
           blocks_.capacity() * sizeof(blocks_[0]);
  }
  std::uint32_t uid_at(std::size_t i) const { return rows_[i].uid; }
  const Row& at(std::size_t i) const { return rows_[i]; }
  std::size_t rank(std::uint32_t uid) const;  // number of rows with a smaller UID
  bool contains(std::uint32_t uid) const;
  const Row* find(std::uint32_t uid) const;
  // Indexes of rows with modseq > after, ascending: what a session has to tell its client. Uses the tail of recent
  // changes when it reaches back that far, a scan otherwise. Costs nothing when nothing changed.
  std::vector<std::size_t> changed_since(std::uint64_t after) const;
  // False: certainly no such block of rows is stored (account/blocks.h).
  bool may_be_stored(std::uint32_t block) const;

 private:
  friend class AccountState;
  struct Change {
    std::uint64_t modseq;
    std::uint32_t uid;
  };
  std::vector<Row> rows_;
  std::vector<Change> recent_;         // ascending by modseq: all changes after recent_from_
  std::uint64_t recent_from_ = 0;      // a modseq
  std::vector<std::uint32_t> blocks_;  // ascending
};

// Keeps a mailbox's rows in memory. `mailbox` stays valid while the handle lives, even when the mailbox is deleted
// (Observer::on_deleted tells).
struct OpenMailbox {
  std::shared_ptr<const Mailbox> mailbox;
  std::shared_ptr<const Rows> rows;
  mutable std::weak_ptr<model::Digests> digests{};  // Account::digests() makes, fills and keeps them
};
using MailboxRef = std::shared_ptr<const OpenMailbox>;

}  // namespace mailstead::account

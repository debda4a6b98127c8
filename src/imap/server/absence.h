// What happens in an account while a session that watches it is at another's home. Lives at the account's home.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "account/account.h"

namespace mailstead::imap {

class Absence final : public account::Observer {
 public:
  // Expunges are kept of this mailbox alone: the one that the session has selected there.
  explicit Absence(std::optional<model::MailboxId> selected) : selected_(selected) {}

  void on_expunged(model::MailboxId mailbox, std::span<const account::Row> rows) override {
    if (mailbox == selected_) expunged_.insert(expunged_.end(), rows.begin(), rows.end());
  }
  void on_changed(std::optional<model::MailboxId> mailbox) override { ++changed_[mailbox ? mailbox->value : 0]; }
  void on_deleted(model::MailboxId mailbox) override { deleted_ = deleted_ || mailbox == selected_; }
  void on_annotated(std::optional<model::MailboxId> of, const std::string& name) override {
    ++annotated_[{of ? of->value : 0, name}];
  }

  void on_message_annotated(model::MailboxId mailbox, model::Uid uid, const std::string& user,
                            const std::vector<std::string>& entries) override {
    if (mailbox == selected_ && messages_.size() < k_messages_max) messages_.push_back({uid, user, entries});
  }

  // In an order in which it could have happened.
  void tell(account::Observer& session) const {
    if (!expunged_.empty()) session.on_expunged(*selected_, expunged_);
    if (deleted_) session.on_deleted(*selected_);
    for (const auto& [id, commits] : changed_)
      for (std::size_t i = 0; i < std::min<std::size_t>(commits, 2); ++i)  // "one" and "more" are told apart
        session.on_changed(id == 0 ? std::nullopt : std::optional(model::MailboxId(id)));
    for (const auto& m : messages_) session.on_message_annotated(*selected_, m.uid, m.user, m.entries);
    for (const auto& [entry, commits] : annotated_)
      for (std::size_t i = 0; i < std::min<std::size_t>(commits, 2); ++i)
        session.on_annotated(entry.first == 0 ? std::nullopt : std::optional(model::MailboxId(entry.first)),
                             entry.second);
  }

 private:
  static constexpr std::size_t k_messages_max = 1000;  // whose entries are told; of the others that they have changed
  struct Message {
    model::Uid uid;
    std::string user;
    std::vector<std::string> entries;
  };
  const std::optional<model::MailboxId> selected_;
  std::vector<account::Row> expunged_;
  bool deleted_ = false;
  std::vector<Message> messages_;
  std::map<std::uint32_t, std::size_t> changed_;  // mailbox (0: the list of them) → commits
  std::map<std::pair<std::uint32_t, std::string>, std::size_t> annotated_;
};

}  // namespace mailstead::imap

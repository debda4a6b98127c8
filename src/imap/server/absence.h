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

  // In an order in which it could have happened.
  void tell(account::Observer& session) const {
    if (!expunged_.empty()) session.on_expunged(*selected_, expunged_);
    if (deleted_) session.on_deleted(*selected_);
    for (const auto& [id, commits] : changed_)
      for (std::size_t i = 0; i < std::min<std::size_t>(commits, 2); ++i)  // "one" and "more" are told apart
        session.on_changed(id == 0 ? std::nullopt : std::optional(model::MailboxId(id)));
    for (const auto& [entry, commits] : annotated_)
      for (std::size_t i = 0; i < std::min<std::size_t>(commits, 2); ++i)
        session.on_annotated(entry.first == 0 ? std::nullopt : std::optional(model::MailboxId(entry.first)),
                             entry.second);
  }

 private:
  const std::optional<model::MailboxId> selected_;
  std::vector<account::Row> expunged_;
  bool deleted_ = false;
  std::map<std::uint32_t, std::size_t> changed_;  // mailbox (0: the list of them) → commits
  std::map<std::pair<std::uint32_t, std::string>, std::size_t> annotated_;
};

}  // namespace mailstead::imap

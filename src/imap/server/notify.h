// NOTIFY (RFC 5465): what a session has asked to be told of, and what its client knows of the mailboxes that it has not
// selected. Changes are told as differences to that, so that a burst costs one line a mailbox.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "account/account.h"
#include "imap/wire/command.h"
#include "runtime/task.h"

namespace mailstead::imap {

class Session;
struct ListLine;

class Notifier {
 public:
  // What is asked for of a mailbox.
  struct Events {
    bool messages = false;  // MessageNew and MessageExpunge: always together (§5)
    bool flags = false;
    bool names = false;
    bool subscriptions = false;
    bool metadata = false;
  };

  // From here on; what was before counts as known.
  Notifier(const account::Account& account, Notify command);

  // Of the selected mailbox.
  const Events& selected() const { return selected_; }
  bool delayed() const { return delayed_; }  // §6.1.2: expunges wait for a command that allows them
  const std::vector<FetchItem>& items() const { return items_; }
  // Of any other.
  Events of(std::string_view name, bool subscribed) const;

  bool server_metadata() const;

  void note(std::optional<model::MailboxId> changed);
  // The session's own change, `n` messages put there, is no news; unless something else has happened as well.
  void skip_arrivals(const account::Account& account, model::MailboxId mailbox, std::size_t n);
  void skip_names(const account::Account& account);
  // STATUS and LIST of what has changed.
  Task<void> tell(Session& session);

 private:
  struct Known {
    std::string name;
    bool selectable = false, subscribed = false;
    bool replaced = false;  // what is known is of another mailbox that had this name: all is to be told
    std::uint32_t uidvalidity = 0, uidnext = 1;
    std::uint64_t messages = 0, unseen = 0, modseq = 0;
  };
  using Mailboxes = std::map<std::uint32_t, Known>;  // by mailbox id

  static Known known(const account::Mailbox& mailbox);
  // Takes in the present names; what has happened to messages stays to be told.
  void learn_names(const account::Account& account);
  std::vector<ListLine> names_to_tell(const Mailboxes& before, const std::set<std::string>& subscribed_before) const;
  Task<void> tell_names(Session& session);
  Task<void> tell_messages(Session& session, std::uint32_t mailbox);

  std::vector<NotifyGroup> groups_;  // of other mailboxes
  Events selected_;
  bool delayed_ = false;
  std::vector<FetchItem> items_;
  Mailboxes known_;
  std::set<std::string> subscriptions_;
  std::map<std::uint32_t, std::size_t> changed_;  // mailbox id → commits since the last tell()
  std::size_t names_changed_ = 0;                 // commits since then
};

}  // namespace mailstead::imap

// The state of an IMAP session, and what all commands need of it. A command is a coroutine `run(Session&, Command)` in
// a file of its own (cmd_*.cc), listed in dispatch.cc.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "account/account.h"
#include "imap/server/absence.h"
#include "imap/server/notify.h"
#include "imap/server/profile.h"
#include "imap/server/reply.h"
#include "imap/server/search_context.h"
#include "imap/server/session.h"
#include "imap/wire/command.h"
#include "imap/wire/framer.h"
#include "imap/wire/printer.h"
#include "model/view.h"
#include "net/connection.h"
#include "net/deflate_stream.h"

namespace mailstead::imap {

enum class State : std::uint8_t { not_authenticated = 1, authenticated = 2, selected = 4 };

// The selected mailbox as this session sees it.
struct Selected {
  account::AccountRef account;  // whose mailbox it is
  std::string owner;            // another user's address, or ""
  account::MailboxRef mailbox;
  model::View view;
  bool read_only = false;
  bool examined = false;  // read-only for what is this user's own, too: EXAMINE, or only to be looked at
  bool annotate = false;  // RFC 5257 §4.2
  std::map<std::uint32_t, std::set<std::string>> annotated;  // by others, UID → entries: to be told
  std::uint64_t told_modseq = 0;                             // flag changes up to here are told
  std::uint64_t synced_modseq = 0;      // everything up to here is told: expunges may wait (RFC 7162 §3.2)
  std::size_t told_keywords = 0;        // length of the keyword table in the last FLAGS
  UidSet recent;                        // RFC 3501 §2.3.2: recent to this session
  UidSet saved;                         // RFC 9051 §6.4.4.1: "$"
  UidSet own_arrivals;                  // what this session itself has put here since the last EXISTS
  std::vector<SearchContext> contexts;  // RFC 5267
  bool deleted = false;                 // by somebody else: the session ends

  const account::Rows& rows() const { return *mailbox->rows; }
  model::MailboxId id() const { return mailbox->mailbox->id; }
};

// Whoever leaves such a wait, by whatever way, is not woken any more.
class Idling {
 public:
  explicit Idling(bool& idling) : idling_(idling) { idling_ = true; }
  Idling(const Idling&) = delete;
  ~Idling() { idling_ = false; }

 private:
  bool& idling_;
};

class Session final : public account::Observer {
 public:
  Session(std::unique_ptr<net::Stream> stream, Context& c) : connection(std::move(stream)), context(c) {}
  Session(const Session&) = delete;
  ~Session() override;

  Task<void> run();
  Task<void> commands();  // until the session is over; throws when the connection is

  // Output -----------------------------------------------------------------------------------------------------------
  Printer printer() { return {connection.out(), utf8()}; }
  void untagged(std::string_view line);              // "* " line CRLF
  bool utf8() const { return rev2 || utf8_accept; }  // RFC 9051 §5.1, RFC 6855 §3: strings and names are UTF-8

  // State ------------------------------------------------------------------------------------------------------------
  State state() const {
    return !account ? State::not_authenticated : selected ? State::selected : State::authenticated;
  }
  account::Actor actor();

  // Mailboxes of others (visit.cc) -----------------------------------------------------------------------------------
  // Goes to the account whose mailboxes `name` is of; what the mailbox is called there. not_found: no such user.
  Task<Result<std::string>> go_to(std::string name);
  // Goes there, and finds the mailbox, if the user has these rights. not_found: there is none that the user may know
  // of; no_permission: the user may know of it, no more. When the command ends, the session goes back.
  Task<Result<const account::Mailbox*>> reach(std::string name, model::Rights need);
  // The same in the account where the session is.
  Result<const account::Mailbox*> find(std::string_view local, model::Rights need) const;
  Task<Result<>> visit(model::AccountId id);
  Task<void> go_home();  // to the user's own account
  Task<void> settle();   // to the selected mailbox's, or else the user's own
  const account::AccountRef& base() const { return selected ? selected->account : mine; }
  // The user's rights to a mailbox of the account where the session is.
  model::Rights rights(model::MailboxId mailbox) const;
  // A mailbox's name in the account where the session is, as the client knows it.
  std::string shown(std::string_view local) const;
  const std::string& owner() const { return owner_; }  // of the account where the session is, if that is another's
  // The right to read the selected mailbox has not been withdrawn.
  bool may_stay() const;
  // Who has just proved it is: goes on at the account's home.
  Task<Reply> log_in(auth::Identity identity);
  void count_guess() { count_bad(); }  // a failed login, a URL that nobody has made
  // ID was given, or who is logged in has changed.
  void profile_changed();
  // Back to the state of a new connection; TLS stays.
  void log_out();
  void unselect();

  // Reading beside commands: a line that is no command (AUTHENTICATE, IDLE). nullopt: the input ended, or the line was
  // too long and the session is over.
  Task<std::optional<std::string>> read_line(std::size_t max_bytes);
  // The command behind the one that is at work, if it has come already whole. It is executed by itself unless taken.
  const RawCommand* ahead();
  void take_ahead();
  ParseContext parse_context() const { return {utf8(), utf8_accept}; }
  // Ends the command `tag`: tells what has changed, then its reply.
  Task<void> answer(Reply reply, bool expunges);

  // Messages of the selected mailbox ---------------------------------------------------------------------------------
  // The UIDs a command names, as ranges, "*" and "$" resolved. syntax: a sequence number that does not exist.
  Result<UidSet> resolve(const MessageSet& set) const;
  // The messages of `set` that the view shows and that have not been expunged meanwhile, in order.
  std::vector<std::uint32_t> present(const UidSet& set) const;
  // How many messages of `set` are gone but not yet told as such: RFC 5530 [EXPUNGEISSUED].
  bool names_expunged(const UidSet& set) const;
  model::SeqNum seq_of(std::size_t row_index) const;  // of a row that the view shows
  void print_flag_list(const account::Row& row);      // "(\Seen …)"
  // This session has changed these rows itself: update() is silent about them. `told`: their flags were or will be told
  // whole; else those that somebody else had changed meanwhile are left to update().
  void note_own_change(const account::Stored& stored, bool told);
  // The row is as this session's own change left it.
  bool is_own_change(std::uint32_t uid, std::uint64_t modseq) const;
  // "* n FETCH (UID u FLAGS (…) MODSEQ (m))", the parts as the session's state and `flags` ask.
  void print_flags(std::size_t row_index, bool uid, bool flags);

  // RFC 9585: for what takes long: now and then tells how far this command has come.
  Task<void> report_progress(std::size_t done, std::size_t goal);
  // "* n FETCH (", or "* uid UIDFETCH (" (RFC 9586 §3.4).
  void print_fetch(std::uint32_t seq, std::uint32_t uid);

  // Tells what has changed in the selected mailbox, and, after NOTIFY, elsewhere. `expunges`: RFC 9051 §7.5.1 allows
  // EXPUNGE now.
  Task<void> update(bool expunges);
  // RFC 5465. Replaces what the client is told of, and tells what has accumulated at the next update().
  void set_notifier(std::unique_ptr<Notifier> next);
  bool wants_messages() const { return !notifier || notifier->selected().messages; }
  // EXISTS may be told now.
  bool hears_arrivals() const { return wants_messages() && (!profile.has(Quirk::delay_newmail) || asks_news_); }
  bool wants_flags() const { return !notifier || notifier->selected().flags; }
  // What this session does itself is no news (§5): it has put messages there; it has changed names.
  void note_own_arrivals(model::MailboxId mailbox, const std::vector<Uid>& uids);
  void note_own_names();
  void note_own_annotations(const std::vector<model::MessageAnnotation>& changes, const UidSet& uids);
  void note_own_annotation(std::optional<model::MailboxId> of, const std::string& name);
  // The MODSEQ up to which the client has been told everything once this command is answered.
  std::uint64_t modseq_after_command() const;
  void announce_flags();  // FLAGS and PERMANENTFLAGS
  // RFC 7162 §3.1: a CONDSTORE enabling command was given.
  void enable_condstore();
  // Before flags are told: keywords that this client has not heard of (RFC 9051 §7.2.6).
  void announce_new_keywords();

  // account::Observer
  void on_expunged(model::MailboxId mailbox, std::span<const account::Row> rows) override;
  void on_changed(std::optional<model::MailboxId> mailbox) override;
  void on_annotated(std::optional<model::MailboxId> of, const std::string& name) override;
  void on_message_annotated(model::MailboxId mailbox, Uid uid, const std::string& user,
                            const std::vector<std::string>& entries) override;
  void on_hint() override;
  void on_deleted(model::MailboxId mailbox) override;

  net::Connection connection;
  Context& context;
  Framer framer;
  std::string tag;
  auth::Identity identity;
  account::AccountRef account;  // where the session is: all that a command does, it does there
  account::AccountRef mine;     // the user's
  std::optional<Selected> selected;
  Id client;                              // what it has said of itself
  Profile profile;                        // set by profile_changed()
  unsigned quota_told = 0;                // per cent: the limit that the client was warned of
  bool rev2 = false;                      // ENABLE IMAP4rev2
  bool utf8_accept = false;               // ENABLE UTF8=ACCEPT
  bool uidonly = false;                   // RFC 9586: no sequence numbers, either way
  bool metadata = false;                  // ENABLE METADATA: others' changes of annotations are told
  bool condstore = false;                 // RFC 7162 §3.1: a CONDSTORE enabling command was given
  bool qresync = false;                   // RFC 7162 §3.2.3: VANISHED in place of EXPUNGE; condstore is on as well
  net::DeflateStream* deflate = nullptr;  // RFC 4978: the connection's stream, while COMPRESS is active
  std::unique_ptr<Notifier> notifier;     // RFC 5465: NOTIFY was given
  bool idling = false;                    // waits for input; changes wake it
  bool over = false;

 private:
  std::optional<FrameEvent> next_event();  // nullopt: there is no input
  RawCommand take_command();
  Task<void> execute(RawCommand raw);
  Task<void> continuation();
  void frame_error();
  void print(const Reply& reply);
  // Counts towards the end of the connection: guessing, cross-protocol requests.
  void count_bad();

  void arrive(account::AccountRef at);
  void leave();
  void forget_absence(model::AccountId of);
  Task<void> update_selected(bool expunges);
  void tell_annotated();  // RFC 5464 §4.4.2
  void tell_expunges();
  // RFC 5465 §5.2: the items asked for, of messages that have arrived.
  Task<void> tell_arrivals(std::uint32_t from, UidSet own);
  Task<void> wait_and_notify();

  std::unordered_map<std::uint32_t, std::uint64_t> own_changes_;            // UID → MODSEQ, since the last update()
  std::map<std::pair<std::uint32_t, std::string>, std::size_t> annotated_;  // mailbox (0: the account), entry → commits
  bool asks_news_ = false;                                                  // at work is NOOP, CHECK or IDLE
  // From the base, and from the user's own account.
  std::map<model::AccountId, std::pair<account::AccountRef, std::shared_ptr<Absence>>> absences_;
  std::string owner_;
  bool dirty_ = false;               // something to tell about the selected mailbox
  std::optional<FrameEvent> event_;  // comes after the command at work, and is no command
  std::optional<RawCommand> ahead_;
  std::int64_t started_ms_ = 0;  // the command; or its last report of progress
  std::size_t bad_commands_ = 0;
};

// capability.cc: the list for this session's state, without "CAPABILITY".
std::string capabilities(Session& session);

// dispatch.cc: checks the state and runs the command.
Task<Reply> dispatch(Session& session, Command command);
// Whether EXPUNGE may be sent before this command's tagged reply (RFC 9051 §7.5.1).
bool expunges_allowed(const Command& command);
// Whether it takes messages out of the selected mailbox.
bool removes_messages(const Command& command);

}  // namespace mailstead::imap

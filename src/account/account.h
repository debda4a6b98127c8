// The account: the unit of consistency, and its sole writer. Every change is one conditional commit that carries a
// change record (account/record.h); the record is the account's history. An Account object is one node's cached state
// of it: built by scan, moved on by its own commits and by others' records, never trusted over the store. It lives on
// one home; all functions are called there.
//
// Message content and message rows are apart (docs/decisions/0004): a *content* (blob, per-recipient prefix, summary)
// is stored once in the account, and each mailbox's *row* (uid, flags, dates) refers to it. COPY writes rows only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "account/actor.h"
#include "account/history.h"
#include "account/mailbox.h"
#include "account/options.h"
#include "base/clock.h"
#include "base/result.h"
#include "mime/summary.h"
#include "model/flags.h"
#include "model/ids.h"
#include "model/message_annotation.h"
#include "model/numset.h"
#include "model/rights.h"
#include "runtime/home.h"
#include "runtime/task.h"
#include "runtime/turn.h"
#include "store/store.h"

namespace mailstead::account {

using model::ContentId;
using model::MailboxId;
using model::ModSeq;
using model::Uid;
using UidSet = model::NumSet<model::Uid>;
using SummaryRef = std::shared_ptr<const mime::Summary>;

struct Quota {
  std::uint64_t bytes_used = 0, messages_used = 0;  // Recently removed not counted
  std::uint64_t bytes_max = 0, messages_max = 0;    // 0: no limit
  std::uint64_t removed_bytes = 0, removed_messages = 0;
};

// What is computed once from a message's octets, however many get them.
struct Prepared {
  store::BlobId blob;
  std::optional<std::string> summary;  // encoded; none when it would be too big to keep
};
using PreparedRef = std::shared_ptr<const Prepared>;
// Takes time in proportion to the octets: for big ones call it on a pool.
PreparedRef prepare(std::string_view content);
// More octets than this are read through on the pool, not on the home.
inline constexpr std::size_t k_prepare_at_home = 64 * 1024;
// Content of more octets is stored before the account's turn is taken: nobody else of the account waits for that.
inline constexpr std::size_t k_store_ahead = 1024 * 1024;

// A message to add. `content` must outlive the call.
struct NewMessage {
  std::string_view content;        // the octets as received (CRLF lines), without the prefix
  std::string prefix;              // Return-Path, Delivered-To: header lines in front, of this recipient alone
  std::vector<std::string> flags;  // "\\Seen", "$Forwarded", …
  std::int64_t internal_date = 0;  // Unix seconds; 0: now
  std::int16_t internal_zone = 0;  // minutes east of UTC, to print INTERNALDATE as it was given
  PreparedRef prepared{};          // of `content`, when the caller has it: a delivery to many
  std::vector<model::MessageAnnotation> annotations{};  // check_annotations() has nothing against them
  std::string annotator{};                              // whose the private ones are
};

struct Appended {
  std::uint32_t uidvalidity;
  std::vector<Uid> uids;  // in the order given
};

// RFC 4315 §3 COPYUID: pairwise.
struct Copied {
  std::uint32_t uidvalidity;
  std::vector<Uid> from, to;
};

// RFC 5464. Names in small letters; what they may be is the protocol's to say.
struct Annotation {
  std::string name, value;
};
// Of one mailbox, or of the account; RFC 5464 §4.1 asks for 10 of 1024 octets.
inline constexpr std::size_t k_annotations_max = 50;
// Who one mailbox is shared with (RFC 4314), at most.
inline constexpr std::size_t k_identifiers_max = 200;
using ChangeRights = std::function<model::Rights(model::Rights)>;

inline constexpr std::size_t k_annotation_bytes_max = 8 * 1024;  // all of a mailbox fit into one commit

enum class FlagChange : std::uint8_t { set, add, remove };

struct FlagStore {
  UidSet uids;
  FlagChange change = FlagChange::set;
  std::vector<std::string> flags;
  std::optional<ModSeq> unchanged_since;
  model::Flags may{~std::uint64_t{0}};  // no other flag is changed
};

struct Stored {
  ModSeq modseq;                      // of the last of its commits
  std::vector<Uid> changed;           // rows that were really changed; the others were so already
  std::vector<ModSeq> before, after;  // pairwise with `changed`: the row's, when this change found it and left it
  std::vector<Uid> modified;          // RFC 7162 §3.1.3: UNCHANGEDSINCE failed, left alone
};

// What a user changes in the annotations of some messages (RFC 5257 §4.5).
struct AnnotationStore {
  UidSet uids;
  std::vector<model::MessageAnnotation> changes;  // no value: removed
  std::string user;                               // whose the private ones are; not ""
  std::optional<ModSeq> unchanged_since;
};
// too_big: a value is; full: there are too many, or too much, for one message.
Result<> check_annotations(const std::vector<model::MessageAnnotation>& all);

// What goes along with a copy.
struct Keep {
  model::Flags flags{~std::uint64_t{0}};
  bool shared = true;                       // annotations
  std::optional<std::string> private_of{};  // this user's annotations, "": nobody's; nullopt: everybody's
};

// What one POP3 device has had of a mailbox. Its view is the mailbox without `hidden`.
struct Pop3View {
  struct Batch {
    std::uint32_t day;  // since the epoch
    UidSet uids;
  };
  UidSet hidden;
  std::vector<Batch> retrieved;  // completely: the next command or QUIT had arrived. Ascending by day
  std::uint32_t last_day = 0;    // of its last session that was written down
};

// Told on the account's home after each change, own or another node's. Keep it short: set a flag, wake a session.
class Observer {
 public:
  virtual ~Observer() = default;
  // These rows have just left the mailbox's array: views must note_expunged() what they have told their client.
  virtual void on_expunged(MailboxId mailbox, std::span<const Row> rows) = 0;
  // After a commit was applied: something about this mailbox changed (messages, flags), or, with no mailbox, the list
  // of mailboxes did.
  virtual void on_changed(std::optional<MailboxId> mailbox) = 0;
  // The mailbox is gone: the session must leave it.
  virtual void on_deleted(MailboxId mailbox) = 0;
  // An annotation was set or removed, of a mailbox or, with no mailbox, of the account.
  virtual void on_annotated(std::optional<MailboxId> /*of*/, const std::string& /*name*/) {}
  // Of a message: these entries, shared (user "") or this user's own.
  virtual void on_message_annotated(MailboxId /*mailbox*/, Uid /*uid*/, const std::string& /*user*/,
                                    const std::vector<std::string>& /*entries*/) {}
  // Another node may have committed, and refresh() would tell: for a session that only waits.
  virtual void on_hint() {}
};

class Account {
 public:
  virtual ~Account() = default;

  virtual model::AccountId id() const = 0;
  virtual Home& home() const = 0;
  virtual std::uint64_t version() const = 0;

  // Learns of other nodes' commits if a hint or time suggests there may be some; cheap otherwise. Sessions call it at
  // each command.
  virtual Task<Result<>> refresh() = 0;

  void observe(Observer* o) { observers_.push_back(o); }  // until unobserve; observers outlive that
  void unobserve(Observer* o) { std::erase(observers_, o); }

  // Mailboxes (account/mailbox.h). Names are UTF-8 with '/' between levels; "INBOX" always exists.
  // -----------------------
  virtual const std::vector<const Mailbox*>& mailboxes()
      const = 0;  // sorted by name, INBOX first; good until the next change
  virtual const Mailbox* find(std::string_view name) const = 0;
  virtual const Mailbox* find(MailboxId id) const = 0;
  // Missing parents are made as well (RFC 9051 §6.3.4). Errc::exists, invalid, too_big.
  virtual Task<Result<MailboxId>> create(std::string name, std::optional<model::SpecialUse> use, Actor actor) = 0;
  // RFC 9051 §6.3.5: with children it becomes \NonExistent-like (\Noselect) and keeps them. Its messages go to Recently
  // removed. INBOX: no_permission.
  virtual Task<Result<>> remove(std::string name, Actor actor) = 0;
  // RFC 9051 §6.3.6: children move along; INBOX: its messages move to a new mailbox, INBOX stays.
  virtual Task<Result<>> rename(std::string from, std::string to, Actor actor) = 0;
  virtual Task<Result<>> subscribe(std::string name, bool on, Actor actor) = 0;
  virtual std::vector<std::string> subscriptions() const = 0;  // may name mailboxes that are gone (RFC 9051 §6.3.7)

  // Annotations of a mailbox, or of the account, by name. They go with the mailbox: renamed, deleted; a new mailbox
  // that takes INBOX's messages gets a copy (RFC 5464 §4.1).
  virtual Task<Result<std::vector<Annotation>>> annotations(std::optional<MailboxId> of) = 0;
  // All or none; no value: removed. too_big: one value is; full: there would be too many.
  virtual Task<Result<>> annotate(std::optional<MailboxId> of,
                                  std::vector<std::pair<std::string, std::optional<std::string>>> changes,
                                  Actor actor) = 0;

  // Who else may do what with a mailbox. It goes with the mailbox; one that is made below another begins with that
  // one's rights (RFC 4314 §4 CREATE). Good until the next change.
  virtual const model::Sharing& sharing(MailboxId mailbox) const = 0;
  // `change` may run more than once. full: too many identifiers.
  virtual Task<Result<>> share(MailboxId mailbox, std::string identifier, ChangeRights change, Actor actor) = 0;

  // Messages ---------------------------------------------------------------------------------------------------------
  // Loads the mailbox's rows when they are not in memory, and keeps them there while the handle lives.
  virtual Task<Result<MailboxRef>> open(MailboxId mailbox) = 0;

  // All or nothing, durable on return. not_found, over_quota, too_big, full. Appends that wait for the turn at the same
  // time share one commit.
  virtual Task<Result<Appended>> append(MailboxId to, std::vector<NewMessage> messages, Actor actor) = 0;
  // Puts `message` into `to` and takes `uid` out of `from` in one commit, of which only the net counts against the
  // quota (RFC 8508 §3.4). No UIDs in what is returned: there was no `uid`, and nothing was done.
  virtual Task<Result<Appended>> replace(MailboxId from, Uid uid, MailboxId to, NewMessage message, Actor actor) = 0;
  // Unknown keywords are added to the mailbox's table; Errc::too_big when it is full (limits::k_keywords).
  // More rows than a commit has room for (some 9,000) become several commits, each whole. Durable on return, unless
  // AccountSettings::relaxed_flags says otherwise.
  virtual Task<Result<Stored>> store_flags(MailboxId mailbox, UidSet uids, FlagChange change,
                                           std::vector<std::string> flags, std::optional<ModSeq> unchanged_since,
                                           Actor actor) = 0;
  // Several, one after the other, that share a commit where they fit. No UID may be in two of them. One that fails does
  // not keep the others from being done, unless the store does.
  virtual Task<std::vector<Result<Stored>>> store_flags(MailboxId mailbox, std::vector<FlagStore> stores,
                                                        Actor actor) = 0;
  // Annotations of messages (RFC 5257): shared ones, and each user's private ones. They go with the message: into
  // Recently removed and back, too. Of these messages those that have some, ascending: the shared ones and this user's.
  virtual Task<Result<std::vector<model::AnnotatedMessage>>> message_annotations(MailboxId mailbox, UidSet uids,
                                                                                 std::string user) = 0;
  // Each message's all or none; some 500 messages a commit, each whole. check_annotations()' errors: what has not been
  // committed by then is not done.
  virtual Task<Result<Stored>> store_annotations(MailboxId mailbox, AnnotationStore store, Actor actor) = 0;
  // All or nothing (RFC 9051 §6.4.7): after a failure half way the copies made are taken back. UIDs that do not exist
  // are skipped. Flags and internal date go along.
  // Of flags and annotations, those in `keep` go along.
  virtual Task<Result<Copied>> copy(MailboxId from, UidSet uids, MailboxId to, Actor actor, Keep keep = {}) = 0;
  // RFC 6851: each message is in one of the two at any moment.
  virtual Task<Result<Copied>> move(MailboxId from, UidSet uids, MailboxId to, Actor actor, Keep keep = {}) = 0;
  // Into Recently removed. `uids` empty optional: all with \Deleted; else those of them that have \Deleted, or, with
  // `deleted_only` false, all of them (POP3). Returns what was removed.
  virtual Task<Result<std::vector<Uid>>> expunge(MailboxId mailbox, std::optional<UidSet> uids, bool deleted_only,
                                                 Actor actor) = 0;

  // RFC 7162 §3.2.5.1: the UIDs that have left the mailbox since its MODSEQ was `after`, as the history tells; those
  // that came and left meanwhile are among them. nullopt: the history does not reach back so far (it was trimmed, or
  // there is too much of it), and any UID that is not there may have left since.
  virtual Task<Result<std::optional<UidSet>>> left_since(MailboxId mailbox, ModSeq after) = 0;

  // Content. `at_most` bytes from `offset` of the message's octets (prefix + blob). Works for rows that were expunged a
  // moment ago, too.
  virtual Task<Result<std::string>> read(ContentId content, std::uint64_t offset, std::uint64_t at_most) = 0;
  // Whole messages, in the order asked: one trip to the store for many.
  virtual Task<Result<std::vector<Result<std::string>>>> read_many(std::vector<ContentId> contents) = 0;
  // What is computed once from a message (mime/summary.h), offsets shifted by the content's prefix; in the order asked,
  // one trip to the store for many. Made anew from the blob where it is missing or of an older version.
  virtual Task<Result<std::vector<Result<SummaryRef>>>> summaries(std::vector<ContentId> contents) = 0;
  // What the mailbox's messages are compared by (model/digests.h), as far as that is in memory. Shared by all who ask;
  // kept within limits::k_digests_bytes while somebody asks now and then.
  virtual model::DigestsRef digests(const OpenMailbox& mailbox) = 0;
  // Adds to them those of these messages that are not there yet.
  virtual Task<Result<>> digest(MailboxRef mailbox, model::DigestsRef into, std::vector<std::uint32_t> uids) = 0;
  // RFC 8474 EMAILID of a content.
  virtual Task<Result<std::string>> email_id(ContentId content) = 0;

  // RFC 3501 §2.3.2 \Recent: the first UID that no session was told of as recent yet; the caller (a session that
  // selected read-write) takes all from it up to uidnext. Kept in memory only: after a restart nothing is recent. A
  // mailbox that is gone: the largest number, so that nothing is recent. peek_recent is for STATUS and EXAMINE and
  // changes nothing.
  virtual Uid claim_recent(MailboxId mailbox) = 0;
  virtual Uid peek_recent(MailboxId mailbox) const = 0;

  // Recently removed
  // ---------------------------------------------------------------------------------------------------
  struct Removed {
    std::uint64_t number;  // account-local, ascending
    ContentId content;
    std::string mailbox;  // the name it had
    std::vector<std::string> flags;
    std::int64_t internal_date, removed_at;
    std::uint64_t size;
    std::string actor;
  };
  virtual Task<Result<std::vector<Removed>>> removed(std::uint64_t after, std::size_t limit) = 0;
  // Back to the mailbox it was in, whatever that is called now (made again if it is gone), with flags and date, under a
  // new UID. Numbers that are not there any more are skipped: restoring twice makes no second copy. over_quota: what
  // fits in earlier commits is back. Returns how many came back.
  virtual Task<Result<std::size_t>> restore(std::vector<std::uint64_t> numbers, Actor actor) = 0;
  // Back into this mailbox, as COPY says it: all or nothing. `from` are the numbers.
  virtual Task<Result<Copied>> restore_into(std::vector<std::uint64_t> numbers, MailboxId to, Actor actor) = 0;
  // Recently removed as a mailbox to be looked at, as it is now: UIDs are the numbers, a row's MODSEQ is its removal's.
  // `keywords` keep their bits: those of an earlier look.
  virtual Task<Result<MailboxRef>> removed_mailbox(model::KeywordTable keywords) = 0;
  // Whether that would be the same again: costs nothing.
  virtual bool is_current(const Mailbox& removed) const = 0;
  // Frees what was removed before `before` (Unix seconds), at most `limit`; returns how many. Contents that another row
  // still uses stay.
  virtual Task<Result<std::size_t>> purge(std::int64_t before, std::size_t limit) = 0;
  // Frees these.
  virtual Task<Result<std::size_t>> purge_numbers(std::vector<std::uint64_t> numbers, Actor actor) = 0;

  // History (account/history.h): what was asked for of the next records, a bounded page of them.
  virtual Task<Result<HistoryPage>> history(HistoryQuery query) = 0;
  // All that is kept of these contents, wherever they were.
  virtual Task<Result<std::vector<HistoryEntry>>> trace(std::vector<ContentId> contents) = 0;

  // Quota and options
  // ---------------------------------------------------------------------------------------------------------------
  virtual Quota quota() const = 0;
  virtual Task<Result<>> set_quota(std::uint64_t bytes_max, std::uint64_t messages_max, Actor actor) = 0;
  virtual const Options& options() const = 0;
  // `change` may run more than once. What it refuses is returned.
  virtual Task<Result<>> change_options(std::function<Result<>(Options&)> change, Actor actor) = 0;

  // POP3 views: what each device has removed from its view of a mailbox, and retrieved.
  virtual Task<Result<Pop3View>> pop3_view(model::DeviceId device, MailboxId mailbox) = 0;
  // At the end of a session, in one commit; none when it says nothing new.
  virtual Task<Result<>> pop3_seen(model::DeviceId device, MailboxId mailbox, UidSet retrieved, UidSet hidden,
                                   Actor actor) = 0;

 protected:
  std::vector<Observer*> observers_;
};

}  // namespace mailstead::account

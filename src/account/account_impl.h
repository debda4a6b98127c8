// The account's state and its one way to change it. Operations (append.cc, flags.cc, copy.cc, expunge.cc, mailboxes.cc,
// removed.cc) take the turn, build a Transaction over the state, and commit it; a conflict means that another node was
// faster: its records are replayed and the operation decides again.
#pragma once

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "account/account.h"
#include "account/kept.h"
#include "account/keys.h"
#include "account/record.h"
#include "account/registry.h"
#include "base/codec.h"
#include "runtime/group.h"

namespace mailstead::account {

class AccountImpl;
class RowReader;

// What goes on without anybody waiting for it; ended before the store is.
struct Background {
  Group group;
  std::atomic<bool> stopping = false;
};

// Rows looked at before others of this home have their chance.
inline constexpr std::size_t k_rows_a_turn = 4096;

// One commit in the making: store operations, effects, and the state as it will be. Nothing is changed before commit().
class Transaction {
 public:
  Transaction(AccountImpl& account, const char* kind, const Actor& actor);

  std::uint64_t modseq() const;                      // the version this commit will have
  void entry(const char* kind, const Actor& actor);  // effects from here on are of this actor
  Mailbox* mailbox(MailboxId id);                    // to be changed; null: none. Its row is written once at commit
  Mailbox& add_mailbox(std::string name, std::optional<model::SpecialUse> use, std::int64_t now);
  // The mailbox of this name, to be changed: there already, or made with its missing parents (RFC 9051 §6.3.4), or made
  // selectable where it was only a level. Names are as find() knows them, with what this commit has made.
  Mailbox& make_mailbox(const std::string& name, std::optional<model::SpecialUse> use, std::int64_t now);
  void make_parents(const std::string& name, std::int64_t now);
  Mailbox* mailbox(std::string_view name);
  void erase_mailbox(MailboxId id);
  void subscription(const std::string& name, bool on);
  // The mailbox has got its name: if that was subscribed already, it is the mailbox's subscription from now on.
  void take_subscription(Mailbox& m);
  void annotation(std::uint32_t mailbox, const std::string& name, const std::optional<std::string>& value);
  void set_options(const Options& options);
  void set_sharing(std::uint32_t mailbox, model::Sharing sharing);
  // Takes a row out of Recently removed.
  void erase_removed(std::uint64_t number, std::uint32_t size);

  // A new message: content and row, at the next UID. Its summary can be added later.
  Row add_message(Mailbox& m, const NewMessage& message, const store::BlobId& blob, std::int64_t now);
  // A new content of `size` octets; returns its id. The blob `id` is stored with the commit.
  std::uint64_t add_content(const NewMessage& message, const store::BlobId& blob, std::uint64_t size);
  // Beside its content, if there is room: one that is missing is made anew when it is asked for.
  bool add_summary(std::uint64_t content, std::string&& encoded);
  // Under a row of this mailbox; none: removed.
  void put_annotations(Mailbox& m, std::uint32_t uid, const std::string& user, const Entries& entries);
  void put_annotations(Mailbox& m, std::uint32_t uid, const NewMessage& message);
  // The row of a new message: it counts against the quota.
  void put_row(Mailbox& m, Row row, Origin origin = {Origin::fresh, 0, 0});
  // Of a row that is there; once a commit. The same flags: only its MODSEQ is new.
  void set_flags(Mailbox& m, const Row& row, std::uint64_t flags);
  // Takes a row out; into Recently removed unless it has been put elsewhere (`moved`).
  void remove_row(Mailbox& m, const Row& row, bool moved, std::int64_t now);
  // Writes these blocks, and deletes what their rows have of their own. `rows`: the mailbox's, as they are.
  void merge_rows(MailboxId mailbox, const Rows& rows, std::span<const std::uint32_t> blocks);
  // The room that is left in this commit.
  bool full() const { return full_of_flags() || rows_ >= rows_max_; }
  // The same where each row costs no more than itself.
  bool full_of_flags() const { return bytes_ > store::k_commit_max / 2; }

  State state;
  std::vector<store::Op> ops;
  std::vector<store::BlobPut> blobs;
  bool relaxed = false;  // as store::Commit says it
  Keep keep;             // of the annotations of messages that are copied

  void put(std::string key, std::string value);
  void effect(Effect e);

 private:
  friend class AccountImpl;
  struct FlagsOf {
    std::uint64_t from, to, content;
    std::uint32_t uid;
  };
  // Of the rows of one mailbox: written at the commit.
  struct Changes {
    std::vector<Row> put;
    std::vector<std::uint32_t> gone;
    std::vector<FlagsOf> flags;
    std::map<std::uint32_t, std::size_t> blocks;  // how many in each
    std::size_t* counted = nullptr;               // the last of `blocks`
    std::uint32_t counted_block = 0;
  };
  void count(Mailbox& m, const Row& row, int sign);
  Changes& changes(const Mailbox& m);
  void make_room(Changes& c, std::uint32_t uid, bool removed);
  void write_rows();
  void write_flags(std::uint32_t mailbox, std::vector<FlagsOf>& flags);
  void write_block(std::uint32_t mailbox, std::uint32_t block, std::span<const Row> rows);

  AccountImpl& account_;
  std::map<std::uint32_t, Changes> changes_;
  Changes* changes_of_ = nullptr;  // the last asked for
  std::uint32_t changes_id_ = 0;
  std::map<std::uint32_t, Mailbox> mailboxes_;
  std::set<std::uint32_t> touched_;
  ChangeRecord record_;
  std::size_t bytes_ = 0, rows_ = 0, rows_max_;
};

class AccountImpl final : public Account, public std::enable_shared_from_this<AccountImpl> {
 public:
  AccountImpl(Home& home, Pool& cpu, store::Store& store, const Clock& clock, const AccountSettings& settings,
              KeptMailboxes& kept, KeptDigests& kept_digests, Background& background, model::AccountId id)
      : home_(home),
        cpu_(cpu),
        store_(store),
        clock_(clock),
        settings_(settings),
        kept_(kept),
        kept_digests_(kept_digests),
        background_(background),
        id_(id),
        partition_{store::PartitionId::account, id.value} {}

  // Loads the state; where there is none, makes the account with its first mailboxes, or says not_found.
  Task<Result<>> load(bool make);
  // A hint says that somebody has committed; perhaps we have.
  void hint(std::uint64_t version);
  std::size_t observers() const { return observers_.size(); }
  // Its mail was erased: sessions must leave, once what they are at has ended.
  Task<void> leave();

  model::AccountId id() const override { return id_; }
  Home& home() const override { return home_; }
  std::uint64_t version() const override { return version_; }
  Task<Result<>> refresh() override;

  const std::vector<const Mailbox*>& mailboxes() const override { return sorted_; }
  const Mailbox* find(std::string_view name) const override;
  const Mailbox* find(MailboxId id) const override;
  Task<Result<MailboxId>> create(std::string name, std::optional<model::SpecialUse> use, Actor actor) override;
  Task<Result<>> remove(std::string name, Actor actor) override;
  Task<Result<>> rename(std::string from, std::string to, Actor actor) override;
  Task<Result<>> subscribe(std::string name, bool on, Actor actor) override;
  std::vector<std::string> subscriptions() const override;

  Task<Result<std::vector<Annotation>>> annotations(std::optional<MailboxId> of) override;
  Task<Result<>> annotate(std::optional<MailboxId> of,
                          std::vector<std::pair<std::string, std::optional<std::string>>> changes,
                          Actor actor) override;
  Task<Result<MailboxRef>> open(MailboxId mailbox) override;
  Task<Result<Appended>> append(MailboxId to, std::vector<NewMessage> messages, Actor actor) override;
  Task<Result<Appended>> replace(MailboxId from, Uid uid, MailboxId to, NewMessage message, Actor actor) override;
  Task<Result<Stored>> store_flags(MailboxId mailbox, UidSet uids, FlagChange change, std::vector<std::string> flags,
                                   std::optional<ModSeq> unchanged_since, Actor actor) override;
  Task<std::vector<Result<Stored>>> store_flags(MailboxId mailbox, std::vector<FlagStore> stores, Actor actor) override;
  Task<Result<Copied>> copy(MailboxId from, UidSet uids, MailboxId to, Actor actor, Keep keep) override;
  Task<Result<Copied>> move(MailboxId from, UidSet uids, MailboxId to, Actor actor, Keep keep) override;
  Task<Result<std::vector<model::AnnotatedMessage>>> message_annotations(MailboxId mailbox, UidSet uids,
                                                                         std::string user) override;
  Task<Result<Stored>> store_annotations(MailboxId mailbox, AnnotationStore store, Actor actor) override;
  const model::Sharing& sharing(MailboxId mailbox) const override;
  Task<Result<>> share(MailboxId mailbox, std::string identifier, ChangeRights change, Actor actor) override;
  Task<Result<std::vector<Uid>>> expunge(MailboxId mailbox, std::optional<UidSet> uids, bool deleted_only,
                                         Actor actor) override;
  Task<Result<std::optional<UidSet>>> left_since(MailboxId mailbox, ModSeq after) override;
  Task<Result<std::string>> read(ContentId content, std::uint64_t offset, std::uint64_t at_most) override;
  Task<Result<std::vector<Result<std::string>>>> read_many(std::vector<ContentId> contents) override;
  Task<Result<std::vector<Result<SummaryRef>>>> summaries(std::vector<ContentId> contents) override;
  model::DigestsRef digests(const OpenMailbox& mailbox) override;
  Task<Result<>> digest(MailboxRef mailbox, model::DigestsRef into, std::vector<std::uint32_t> uids) override;
  Task<Result<std::string>> email_id(ContentId content) override;
  Uid claim_recent(MailboxId mailbox) override;
  Uid peek_recent(MailboxId mailbox) const override;
  Task<Result<std::vector<Removed>>> removed(std::uint64_t after, std::size_t limit) override;
  Task<Result<std::size_t>> restore(std::vector<std::uint64_t> numbers, Actor actor) override;
  Task<Result<Copied>> restore_into(std::vector<std::uint64_t> numbers, MailboxId to, Actor actor) override;
  Task<Result<MailboxRef>> removed_mailbox(model::KeywordTable keywords) override;
  bool is_current(const Mailbox& removed) const override;
  Task<Result<std::size_t>> purge(std::int64_t before, std::size_t limit) override;
  Task<Result<std::size_t>> purge_numbers(std::vector<std::uint64_t> numbers, Actor actor) override;
  Task<Result<HistoryPage>> history(HistoryQuery query) override;
  Task<Result<std::vector<HistoryEntry>>> trace(std::vector<ContentId> contents) override;
  Quota quota() const override { return state_.quota; }
  Task<Result<>> set_quota(std::uint64_t bytes_max, std::uint64_t messages_max, Actor actor) override;
  const Options& options() const override { return options_; }
  Task<Result<>> change_options(std::function<Result<>(Options&)> change, Actor actor) override;
  Task<Result<Pop3View>> pop3_view(model::DeviceId device, MailboxId mailbox) override;
  Task<Result<>> pop3_seen(model::DeviceId device, MailboxId mailbox, UidSet retrieved, UidSet hidden,
                           Actor actor) override;

  // POP3 views while a commit is made, by mailbox.
  struct DeviceView {
    std::uint32_t device;
    Pop3View view;
    bool changed;
  };
  using Views = std::map<std::uint32_t, std::vector<DeviceView>>;

  // What a timer does, in bounded steps: retention rules, Recently removed by age and size, the history by age.
  Task<Result<>> tend();

 private:
  friend class Transaction;
  struct Opened : OpenMailbox {
    std::shared_ptr<Rows> own_rows;
  };
  struct PendingAppend;

  // All of these within the turn. commit(): true: done and applied; false: conflict, caught up, decide again.
  Task<Result<bool>> commit(Transaction& tx);
  Task<Result<>> catch_up(const store::Token* ours = nullptr, bool* found = nullptr);
  bool is_current() const;
  Task<Result<>> reload();
  void erased();                     // within the turn
  Task<Result<bool>> reload_once();  // false: another node committed meanwhile
  Result<> apply(std::uint64_t version, const ChangeRecord& record);
  std::shared_ptr<Opened> opened(std::uint32_t mailbox);  // null: nobody has it open
  Task<Result<RowReader>> read_rows(std::uint32_t mailbox);
  static bool wants_merge(const RowReader& read);
  static Task<void> merge_rows(std::shared_ptr<AccountImpl> self, MailboxId mailbox, std::vector<std::uint32_t> blocks);
  Task<Result<bool>> merge_some(MailboxId mailbox, std::span<const std::uint32_t> blocks);
  Task<Result<std::shared_ptr<Opened>>> open_rows(MailboxId mailbox);
  Task<Result<>> store_ahead(MailboxId to, const std::vector<NewMessage>* messages,
                             const std::vector<PreparedRef>* prepared);
  Task<std::vector<PreparedRef>> prepare_some(const std::vector<NewMessage>* messages, std::size_t octets);
  Task<Result<>> append_some(std::vector<std::shared_ptr<PendingAppend>> batch);
  Task<Result<Copied>> transfer(MailboxId from, UidSet uids, MailboxId to, bool stays, Actor actor, Keep keep = {});
  Task<Result<std::vector<Uid>>> expunge_in_turn(MailboxId mailbox, std::optional<UidSet> uids, bool deleted_only,
                                                 Actor actor, const char* kind);
  // Without `to` each to where it was.
  Task<Result<Copied>> put_back(std::vector<std::uint64_t> numbers, std::optional<MailboxId> to, Actor actor);
  struct Expired {
    std::uint64_t number, content;
    std::uint32_t size;
  };
  // Recently removed, oldest first: before a time, or until no more than `bytes_max` are left (0: no such limit).
  Task<Result<std::vector<Expired>>> expired(std::int64_t before, std::uint64_t bytes_max, std::size_t limit);
  Task<Result<std::size_t>> free_removed(std::vector<Expired> expired, Actor actor);
  Task<Result<>> views_of(MailboxId mailbox, Views* views);
  Task<void> free_if_none_kept();  // after a removal
  std::int64_t removed_keep_s() const { return options_.removed_keep_s.value_or(settings_.removed_keep_s); }
  Task<Result<>> apply_retention(MailboxId mailbox, Retention rule);
  Task<Result<>> remove_retrieved();
  Task<Result<>> trim_history();
  // Versions v so that records above v are kept, and have a time ≥ `since`: the smallest.
  Task<Result<std::uint64_t>> first_record(std::int64_t since);
  void history_of(std::uint64_t version, const ChangeRecord& record, std::vector<HistoryEntry>& out) const;
  Task<Result<Content>> content(ContentId id);
  Task<Result<>> keep_summaries(std::vector<std::pair<std::uint64_t, std::string>> fresh);
  Task<Result<std::vector<Row>>> digest_some(model::DigestsRef into, std::vector<Row> some);
  Task<Result<std::vector<Annotation>>> read_annotations(std::uint32_t mailbox);
  // The annotations of these messages, all or those that this user sees, ascending.
  struct NoteRow {
    std::uint32_t uid;
    std::string user;
    Entries entries;
  };
  Task<Result<std::vector<NoteRow>>> read_notes(std::uint32_t mailbox, UidSet uids, std::optional<std::string> user);
  // Those of messages that this commit copies, moves, removes, restores or frees go along. false: they are too much for
  // one commit, the next is made of fewer messages.
  Task<Result<bool>> carry_annotations(Transaction& tx);
  void sort_mailboxes();

  Home& home_;
  Pool& cpu_;
  store::Store& store_;
  const Clock& clock_;
  const AccountSettings& settings_;
  KeptMailboxes& kept_;
  KeptDigests& kept_digests_;
  Background& background_;
  const model::AccountId id_;
  const store::PartitionId partition_;
  Turn turn_;
  std::uint64_t version_ = 0, hinted_ = 0;
  bool committing_ = false;
  std::size_t commit_rows_ = limits::k_commit_messages;
  std::int64_t current_ms_ = 0;  // when we last knew that nothing was newer than version_
  State state_;
  Options options_;
  std::map<std::uint32_t, std::shared_ptr<Mailbox>> mailboxes_;
  std::vector<const Mailbox*> sorted_;
  std::map<std::uint32_t, model::Sharing> sharing_;  // none of them empty
  std::set<std::string> lone_subscriptions_;
  std::map<std::uint32_t, std::weak_ptr<Opened>> open_;
  std::map<std::uint32_t, std::uint32_t> recent_from_;  // one for each mailbox
  std::list<std::shared_ptr<PendingAppend>> appends_;   // not a deque: an empty one takes 600 octets of every account
};

// Walks the rows whose UIDs are in a set, from a UID on, ascending: costs what it finds, not what the mailbox holds.
// Both must stay as they are meanwhile.
class RowsIn {
 public:
  RowsIn(const Rows& rows, const UidSet& uids, std::uint32_t from = 0)
      : rows_(rows), range_(uids.ranges().begin()), end_(uids.ranges().end()), i_(rows.rank(from)) {
    enter();
  }
  const Row* next() {
    for (; range_ != end_; ++range_, enter())
      if (i_ < rows_.size() && rows_.uid_at(i_) <= range_->last.value) return &rows_.at(i_++);
    return nullptr;
  }

 private:
  void enter() {
    if (range_ != end_) i_ = std::max(i_, rows_.rank(range_->first.value));
  }
  const Rows& rows_;
  std::vector<UidSet::Range>::const_iterator range_, end_;
  std::size_t i_;
};

// Mutable access to Rows for the account alone.
class AccountState {
 public:
  // All rows, ascending by UID, as of `version`; `blocks` of them are stored, ascending.
  static void set(Rows& rows, std::vector<Row> all, std::uint64_t version, std::vector<std::uint32_t> blocks = {});
  // These blocks of rows may be stored from now on: their numbers.
  static void note_blocks(Rows& rows, const UidSet& blocks);
  // Before change() of the same commit. UIDs that are not there are skipped.
  static void set_flags(Rows& rows, const UidSet& uids, std::uint64_t flags, std::uint64_t modseq);
  // What one commit changed: new or changed rows, a UID once, then UIDs that left; in any order, though ascending is
  // cheapest. Returns the rows that were there and have left, ascending.
  static std::vector<Row> change(Rows& rows, std::vector<Row> put, std::vector<std::uint32_t> gone);
};

}  // namespace mailstead::account

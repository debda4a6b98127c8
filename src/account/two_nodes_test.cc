// Two nodes over one store serve the same accounts at once, to several sessions each, while the store conflicts,
// delays, loses hints and does not say how a commit ended. What the invariants are and who checks them:
// history_fixture.h.
//
//   MAILSTEAD_OPS=100000 MAILSTEAD_SEED=7 account_test --gtest_filter='*/TwoNodes.*'
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>

#include "account/check.h"
#include "account/history_fixture.h"
#include "account/registry.h"
#include "base/random.h"
#include "model/view.h"
#include "runtime/group.h"
#include "store/fault_store.h"
#include "store/mem/mem_store.h"
#include "store/rocks/rocks_store.h"

namespace mailstead::account {
namespace {

constexpr std::uint64_t k_accounts = 3;
constexpr int k_sessions = 2;          // of each account on each node
constexpr std::uint64_t k_calm = 120;  // messages in a mailbox from which on more is removed than added
constexpr std::string_view k_names[] = {"INBOX", "Archive", "Trash", "a", "a/b", "a/b/c", "d"};
constexpr std::string_view k_words[] = {"\\Seen", "\\Flagged", "\\Deleted", "\\Answered", "$Work", "later", "Junk"};

// What broke, of all threads.
struct Broken {
  std::mutex mutex;
  std::vector<std::string> all;
  bool operator()(bool good, const std::string& what) {
    if (good) return true;
    std::lock_guard lock(mutex);
    if (all.size() < 20) all.push_back(what);
    return false;
  }
  bool any() {
    std::lock_guard lock(mutex);
    return !all.empty();
  }
};

struct Node {
  Node(store::Store& store, const Clock& clock) : faults(store) { start(clock); }
  void start(const Clock& clock) {
    registry.reset();
    AccountSettings settings;
    settings.block_least = 2 + starts_++ % 4;
    registry = std::make_unique<Registry>(runtime, faults, clock, settings);
  }
  Runtime runtime{2, 2, 1};
  store::FaultStore faults;
  std::unique_ptr<Registry> registry;

 private:
  std::size_t starts_ = 0;
};

// One client: what it has been told is `told`, the UIDs by sequence number, and their flags.
class Session : public Observer {
 public:
  Session(Node& node, std::uint64_t account, Ledger& ledger, Broken& broken, std::uint64_t seed)
      : node_(node), id_(account), ledger_(ledger), broken_(broken), random_(seed) {}

  Home& home() { return node_.runtime.home_of(id_); }
  std::uint64_t account() const { return id_; }

  Task<void> run(std::size_t count) {
    co_await login();
    for (std::size_t i = 0; i < count && account_ && !broken_.any(); ++i) {
      if (pick(20) == 0) co_await select();
      co_await poll();
      co_await operate();
    }
  }
  // Once all is quiet: told everything; `told` and `flags` are what the mailbox is.
  Task<void> finish() {
    if (!account_) co_await login();
    if (!account_) co_return;
    for (int i = 0; i < 3; ++i) co_await poll();
  }
  Task<void> logout() {
    if (account_) account_->unobserve(this);
    handle_.reset();
    account_.reset();
    co_return;
  }

  std::uint64_t version() const { return account_ ? account_->version() : 0; }
  std::optional<std::uint32_t> mailbox() const {
    return handle_ ? std::optional(handle_->mailbox->id.value) : std::nullopt;
  }
  std::vector<std::uint32_t> told;
  std::map<std::uint32_t, std::uint64_t> flags;
  std::size_t operations = 0, refused = 0;

  void on_expunged(MailboxId id, std::span<const Row> gone) override {
    if (!handle_ || id != handle_->mailbox->id) return;
    for (const auto& row : gone) view_.note_expunged(Uid(row.uid));
    still();
  }
  void on_changed(std::optional<MailboxId>) override { still(); }
  void on_deleted(MailboxId id) override {
    if (handle_ && id == handle_->mailbox->id) must_leave_ = true;
  }

 private:
  std::uint32_t pick(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }
  bool expect(bool good, std::string_view what) {
    return broken_(good, cat("session of account ", id_, ", mailbox ", mailbox().value_or(0), ": ", what));
  }
  // I5: whatever happens to the mailbox, what was told stands until this client is told otherwise.
  void still() {
    if (!handle_ || must_leave_) return;
    expect(view_.exists(*handle_->rows) == told.size(), "I5: EXISTS changed and nobody was told");
  }

  Task<void> login() {
    auto opened = co_await node_.registry->open(model::AccountId(id_));
    if (!opened) co_return;
    account_ = *opened;
    account_->observe(this);
    co_await select();
  }

  Task<void> select() {
    handle_.reset();
    must_leave_ = false;
    view_ = {};
    told.clear();
    flags.clear();
    const auto box = some_mailbox();
    auto opened = co_await account_->open(box);
    if (!opened) co_return;
    handle_ = *opened;
    seen_ = 0;
    tell();
  }

  MailboxId some_mailbox() {
    std::vector<const Mailbox*> all;
    for (const auto* m : account_->mailboxes())
      if (m->selectable) all.push_back(m);
    return all[pick(all.size())]->id;
  }

  Task<void> poll() {
    const auto refreshed = co_await account_->refresh();
    (void)refreshed;  // the store may fail: later, then
    if (must_leave_ || !handle_) co_await select();
    tell();
  }

  // What a session sends when it may.
  void tell() {
    if (!handle_ || must_leave_) return;
    const auto& rows = *handle_->rows;
    still();
    for (const auto seq : view_.take_expunges(rows)) {
      if (!expect(seq.value >= 1 && seq.value <= told.size(), "I5: EXPUNGE of a number that does not exist")) return;
      const auto at = told.begin() + seq.value - 1;
      expect(!rows.contains(*at), "I5: EXPUNGE of a message that is there");
      flags.erase(*at);
      told.erase(at);
    }
    if (const auto exists = view_.announce(rows)) {
      expect(*exists > told.size(), "I5: EXISTS without anything new");
      while (told.size() < *exists) {
        const auto uid = view_.uid_of(rows, model::SeqNum(static_cast<std::uint32_t>(told.size() + 1)));
        if (!expect(uid && (told.empty() || uid->value > told.back()), "I1, I5: new UIDs do not ascend")) return;
        told.push_back(uid->value);
      }
    }
    still();
    const auto changed = rows.changed_since(seen_);
    if (pick(10) == 0) {
      std::vector<std::size_t> naive;
      for (std::size_t i = 0; i < rows.size(); ++i)
        if (rows.at(i).modseq > seen_) naive.push_back(i);
      expect(changed == naive, "I9: changed_since");
    }
    for (const auto i : changed) flags[rows.at(i).uid] = rows.at(i).flags;
    seen_ = std::max(seen_, handle_->mailbox->highest_modseq);
    if (!told.empty()) {
      const auto k = pick(told.size());
      const model::SeqNum seq(k + 1);
      expect(view_.uid_of(rows, seq) == Uid(told[k]) && view_.seq_of(rows, Uid(told[k])) == seq, "I5: number and UID");
    }
  }

  UidSet some_uids() {
    UidSet out;
    for (auto n = 1 + pick(3); n > 0; --n) {
      const auto first = told.empty() ? 1 + pick(50) : told[pick(told.size())];
      out.insert(Uid(first), Uid(first + (pick(3) == 0 ? pick(pick(4) == 0 ? 200 : 20) : 0)));
    }
    return out;
  }
  std::vector<std::string> some_words() {
    std::vector<std::string> out;
    for (auto n = 1 + pick(2); n > 0; --n) out.emplace_back(k_words[pick(std::size(k_words))]);
    return out;
  }

  Task<void> operate() {
    ++operations;
    Asked a;
    a.account = id_;
    a.mailbox = handle_ && pick(4) != 0 ? handle_->mailbox->id.value : some_mailbox().value;
    a.target = some_mailbox().value;
    a.uids = some_uids();
    a.words = some_words();
    a.began = account_->version();
    const auto* box = account_->find(MailboxId(a.mailbox));
    const bool crowded = box != nullptr && box->messages > k_calm;
    const auto dice = pick(100);
    if (dice < (crowded ? 3U : 30U))
      co_await append(std::move(a));
    else if (dice < 60)
      co_await store_flags(std::move(a));
    else if (dice < 68 && !crowded)
      co_await transfer(std::move(a), Asked::copy);
    else if (dice < 76)
      co_await transfer(std::move(a), Asked::move);
    else if (dice < 80)
      co_await replace(std::move(a));
    else if (dice < 82)
      co_await annotate(std::move(a));
    else if (dice < 90)
      co_await expunge(std::move(a));
    else
      co_await mailboxes(std::move(a), dice);
  }

  Actor actor(std::size_t number) const { return {cat('#', number), "test", ""}; }

  template <class R, class F>
  void answer(std::size_t number, const Result<R>& result, F&& fill) {
    if (!result) ++refused;
    ledger_.answer(number, [&](Asked& a) {
      a.ended = account_->version();
      if (result)
        fill(a);
      else
        a.error = result.error().code;
    });
  }

  Task<void> append(Asked a) {
    a.kind = Asked::append;
    const MailboxId to(a.mailbox);
    const auto some = pick(10) == 0 ? 2 + pick(3) : 1;
    std::vector<std::string> contents;
    for (std::uint32_t i = 0; i < some; ++i)
      contents.push_back(cat("Subject: ", random_(), "\r\n\r\n", std::string(pick(200), 'x'), "\r\n"));
    std::vector<NewMessage> messages;
    for (const auto& c : contents) {
      auto& m = messages.emplace_back();
      m.content = c;
      if (pick(2) == 0) m.prefix = "Return-Path: <>\r\n";
      m.flags = some_words();
      a.blobs.push_back(store::BlobId::of(c));
    }
    const auto number = ledger_.ask(std::move(a));
    auto call = account_->append(to, std::move(messages), actor(number));
    const auto done = co_await std::move(call);
    answer(number, done, [&](Asked& told_of) {
      told_of.to = done->uids;
      told_of.uidvalidity = done->uidvalidity;
    });
  }

  Task<void> store_flags(Asked a) {
    a.kind = Asked::flags;
    a.change = static_cast<FlagChange>(pick(3));
    if (pick(3) == 0) a.unchanged_since = a.began - std::min<std::uint64_t>(a.began, pick(60));
    const auto since = a.unchanged_since ? std::optional(ModSeq(*a.unchanged_since)) : std::nullopt;
    const auto mailbox = MailboxId(a.mailbox);
    const auto uids = a.uids;
    const auto words = a.words;
    const auto change = a.change;
    const auto number = ledger_.ask(std::move(a));
    auto call = account_->store_flags(mailbox, uids, change, words, since, actor(number));
    const auto done = co_await std::move(call);
    answer(number, done, [&](Asked& told_of) {
      told_of.to = done->changed;
      told_of.modified = done->modified;
    });
  }

  Task<void> transfer(Asked a, Asked::Kind kind) {
    a.kind = kind;
    const MailboxId from(a.mailbox), to(a.target);
    const auto uids = a.uids;
    const auto number = ledger_.ask(std::move(a));
    auto call = kind == Asked::copy ? account_->copy(from, uids, to, actor(number))
                                    : account_->move(from, uids, to, actor(number));
    const auto done = co_await std::move(call);
    answer(number, done, [&](Asked& told_of) {
      told_of.from = done->from;
      told_of.to = done->to;
      told_of.uidvalidity = done->uidvalidity;
    });
  }

  Task<void> replace(Asked a) {
    a.kind = Asked::replace;
    const MailboxId from(a.mailbox), to(a.target);
    const auto uid = a.uids.ranges().front().first;
    a.uids = UidSet(uid, uid);
    const auto content = cat("Subject: ", random_(), "\r\n\r\ninstead\r\n");
    auto with = NewMessage();
    with.content = content;
    with.flags = some_words();
    a.blobs.push_back(store::BlobId::of(content));
    const auto number = ledger_.ask(std::move(a));
    auto call = account_->replace(from, uid, to, std::move(with), actor(number));
    const auto done = co_await std::move(call);
    answer(number, done, [&](Asked& told_of) {
      told_of.to = done->uids;
      told_of.uidvalidity = done->uidvalidity;
    });
  }

  Task<void> annotate(Asked a) {
    a.kind = Asked::annotate;
    const MailboxId of(a.mailbox);
    std::vector<std::pair<std::string, std::optional<std::string>>> changes;
    changes.emplace_back("/private/comment", pick(3) == 0 ? std::nullopt : std::optional(cat(random_())));
    const auto number = ledger_.ask(std::move(a));
    auto call = account_->annotate(of, std::move(changes), actor(number));
    const auto done = co_await std::move(call);
    answer(number, done, [](Asked&) {});
  }

  Task<void> expunge(Asked a) {
    a.kind = Asked::expunge;
    a.deleted_only = pick(3) != 0;
    const bool all = a.deleted_only && pick(2) == 0;
    if (all) a.uids = UidSet(Uid(1), Uid(UINT32_MAX));
    const auto mailbox = MailboxId(a.mailbox);
    const auto uids = all ? std::nullopt : std::optional(a.uids);
    const bool deleted_only = a.deleted_only;
    const auto number = ledger_.ask(std::move(a));
    auto call = account_->expunge(mailbox, uids, deleted_only, actor(number));
    const auto done = co_await std::move(call);
    answer(number, done, [&](Asked& told_of) { told_of.to = *done; });
  }

  Task<void> mailboxes(Asked a, std::uint32_t dice) {
    const std::string name(k_names[pick(std::size(k_names))]), other(k_names[pick(std::size(k_names))]);
    a.words = {name, other};
    if (dice < 94) {
      a.kind = Asked::create;
      const auto number = ledger_.ask(std::move(a));
      auto call = account_->create(name, {}, actor(number));
      const auto done = co_await std::move(call);
      answer(number, done, [](Asked&) {});
    } else if (dice < 96) {
      a.kind = Asked::remove;
      const auto number = ledger_.ask(std::move(a));
      auto call = account_->remove(name, actor(number));
      const auto done = co_await std::move(call);
      answer(number, done, [](Asked&) {});
    } else if (dice < 97) {
      a.kind = Asked::rename;
      const auto number = ledger_.ask(std::move(a));
      auto call = account_->rename(name, other, actor(number));
      const auto done = co_await std::move(call);
      answer(number, done, [](Asked&) {});
    } else {
      a.kind = Asked::restore;
      const auto list = co_await account_->removed(pick(3) == 0 ? 0 : random_() % 50, 10);
      std::vector<std::uint64_t> numbers;
      if (list)
        for (const auto& r : *list)
          if (pick(2) == 0) numbers.push_back(r.number);
      const auto number = ledger_.ask(std::move(a));
      auto call = account_->restore(numbers, actor(number));
      const auto done = co_await std::move(call);
      answer(number, done, [](Asked&) {});
    }
  }

  Node& node_;
  const std::uint64_t id_;
  Ledger& ledger_;
  Broken& broken_;
  std::mt19937_64 random_;
  AccountRef account_;
  MailboxRef handle_;
  model::View view_;
  std::uint64_t seen_ = 0;
  bool must_leave_ = false;
};

// What goes wrong in a phase, on one node.
store::FaultStore::Plan plan(std::size_t phase, std::uint64_t random) {
  store::FaultStore::Plan p;
  switch (phase % 8) {
    case 0:
      break;
    case 1:
      p.conflict_every = 2 + random % 5;
      break;
    case 2:
      p.delay_ms = 1;
      p.delay_every = 3 + random % 8;
      break;
    case 3:
      p.drop_hints = true;
      break;
    case 4:
    case 5:  // done, or not, and nobody says so
      p.commits_only = true;
      p.fail_every = 4 + random % 5;
      p.code = Errc::unknown;
      p.applied = phase % 8 == 4;
      break;
    case 6:
      p.fail_every = 15 + random % 15;
      break;
    default:
      p.conflict_every = 5;
      p.drop_hints = true;
      p.delay_ms = 1;
      p.delay_every = 20;
      p.fail_every = 40;
      p.code = Errc::unknown;
      p.applied = random % 2 == 0;
      break;
  }
  return p;
}

class TwoNodes : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      folder_ = (std::filesystem::temp_directory_path() / "two-nodes-XXXXXX").string();
      ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
      store::RocksOptions options;
      options.reserve_bytes = 0;
      auto opened = store::RocksStore::open(folder_ + "/db", plain_.io(), clock_, options);
      ASSERT_TRUE(opened);
      store_ = *std::move(opened);
    } else {
      store_ = std::make_unique<store::MemStore>(clock_);
    }
  }
  void TearDown() override {
    store_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  template <class T>
  T run(Task<T> task) {
    return block_on(plain_.home(0), std::move(task));
  }

  // Both nodes and all sessions, once nothing is under way, against the records.
  void checkpoint(std::vector<std::unique_ptr<Session>>& sessions) {
    for (std::uint64_t id = 1; id <= k_accounts; ++id) {
      auto& history = *histories_[id - 1];
      for (;;) {
        const auto records = *run(store_->records({store::PartitionId::account, id}, history.version(), 500));
        if (records.empty()) break;
        for (const auto& record : records) history.replay(record);
      }
      for (auto number = judged_; number < ledger_.size(); ++number)
        if (ledger_.at(number).account == id) history.judge(number);
      contents(id);
    }
    judged_ = ledger_.size();
    for (const auto& s : sessions) {
      block_on(s->home(), s->finish());
      const auto& history = *histories_[s->account() - 1];
      broken_(s->version() == history.version(), cat("a node of account ", s->account(), " has not caught up"));
      if (!s->mailbox()) continue;
      // I14, I9
      std::vector<std::uint32_t> want;
      std::map<std::uint32_t, std::uint64_t> flags;
      for (const auto& [uid, m] : history.boxes().at(*s->mailbox()).messages)
        if (m.alive()) want.push_back(uid), flags[uid] = m.flags.back().second;
      broken_(s->told == want, "I14: a session was told of other messages than there are");
      broken_(s->flags == flags, "I9, I14: a session knows other flags");
    }
    for (const auto& history : histories_) history->forget();
    for (const auto& f : *run(check_accounts(*store_))) broken_(false, cat("check: ", f.where, ": ", f.what));
  }

  // I4, and nothing is lost: what was acknowledged is in a mailbox or in Recently removed, with its octets.
  void contents(std::uint64_t id) {
    const auto& history = *histories_[id - 1];
    const store::PartitionId partition{store::PartitionId::account, id};
    std::set<std::uint64_t> held;
    for (const auto& [number, content] : history.removed()) held.insert(content);
    for (const auto& [box, b] : history.boxes())
      for (const auto& [uid, m] : b.messages)
        if (m.alive()) held.insert(m.content);
    for (auto number = judged_; number < ledger_.size(); ++number) {
      const auto& a = ledger_.at(number);
      const bool added = a.kind == Asked::append || a.kind == Asked::replace;
      if (a.account != id || !added || a.error) continue;
      for (std::size_t i = 0; i < a.to.size(); ++i) {
        const auto& messages = history.boxes().at(a.kind == Asked::append ? a.mailbox : a.target).messages;
        const auto m = messages.find(a.to[i].value);
        if (!broken_(m != messages.end() && held.contains(m->second.content), "an acknowledged message is lost"))
          continue;
        const auto row = *run(store_->get(partition, content_key(m->second.content)));
        const auto content = row ? decode_content(*row) : Result<Content>(fail(Errc::not_found));
        if (!broken_(content && content->blob == a.blobs[i], "I4, I10: another message has this UID")) continue;
        broken_(content->size == m->second.size, "I4: RFC822.SIZE");
        if (number % 16 != 0) continue;
        const auto octets = run(store_->get_blob(content->blob, 0, UINT64_MAX));
        broken_(octets && store::BlobId::of(*octets) == a.blobs[i] &&
                    octets->size() + content->prefix.size() == content->size,
                "I4: the octets are others");
      }
    }
  }

  ManualClock clock_;
  std::string folder_;
  Runtime plain_{1, 2, 1};
  std::unique_ptr<store::Store> store_;
  Ledger ledger_;
  Broken broken_;
  std::vector<std::unique_ptr<History>> histories_;
  std::size_t judged_ = 0;
};

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST_P(TwoNodes, InvariantsHoldOverRandomOperations) {
  const auto seed = setting("MAILSTEAD_SEED", random_u64() % 1'000'000'000);
  const auto operations = setting("MAILSTEAD_OPS", GetParam() ? 6'000 : 16'000);
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  const auto start = std::chrono::steady_clock::now();
  std::mt19937_64 random(seed);
  for (std::uint64_t id = 1; id <= k_accounts; ++id)
    histories_.push_back(std::make_unique<History>(ledger_, id, broken_.all));
  Node a(*store_, clock_), b(*store_, clock_);
  Node* const nodes[] = {&a, &b};
  std::size_t done = 0, refused = 0, phases = 0;
  for (; done < operations && !broken_.any(); ++phases) {
    std::vector<std::unique_ptr<Session>> sessions;
    for (auto* node : nodes) {
      node->faults.set(plan(phases, random()));
      for (std::uint64_t id = 1; id <= k_accounts; ++id)
        for (int i = 0; i < k_sessions; ++i)
          sessions.push_back(std::make_unique<Session>(*node, id, ledger_, broken_, random()));
    }
    Group group;
    const auto each = std::min<std::size_t>(operations - done, 2000) / sessions.size() + 1;
    for (const auto& s : sessions) group.spawn_on(s->home(), s->run(each));
    group.wait_blocking();
    for (auto* node : nodes) node->faults.set({});
    clock_.advance_ms(10'000);  // lost hints only cost time
    checkpoint(sessions);
    for (const auto& s : sessions) {
      done += s->operations;
      refused += s->refused;
      block_on(s->home(), s->logout());
    }
    if (phases % 3 == 2) nodes[random() % 2]->start(clock_);  // one of them begins anew
  }
  std::uint64_t commits = 0;
  for (const auto& h : histories_) commits += h->version();
  const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("%zu operations in %zu phases, %llu commits, %zu refused, %.1f s\n", done, phases,
              static_cast<unsigned long long>(commits), refused, seconds);
  for (const auto& what : broken_.all) ADD_FAILURE() << "seed " << seed << ": " << what;
}

INSTANTIATE_TEST_SUITE_P(Stores, TwoNodes, testing::Bool(),
                         [](const auto& stores) { return stores.param ? "Rocks" : "Mem"; });

}  // namespace
}  // namespace mailstead::account

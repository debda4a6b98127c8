// A store of each format that was ever released is kept under testdata/stores and must stay readable. They are made by
//
//   MAILSTEAD_MAKE_GOLDEN=testdata/stores/v4 account_test --gtest_filter='Golden.Version4*'
//
// which is done once for a format, never again: a store that was made anew proves nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "account/account.h"
#include "account/check.h"
#include "account/keys.h"
#include "account/record.h"
#include "account/registry.h"
#include "base/ascii.h"
#include "store/rocks/check.h"
#include "store/rocks/rocks_store.h"

namespace mailstead::account {
namespace {

namespace fs = std::filesystem;

const Actor k_imap{"phone", "imap", "192.0.2.1"}, k_lmtp{"", "lmtp", ""}, k_pop3{"laptop", "pop3", "2001:db8::1"};
constexpr std::int64_t k_date = 1'700'000'000;
constexpr model::Rights k_rights = model::right::all.without(model::right::annotate);  // all of them, then

std::string text(int i) {
  return cat("From: a", i, "@example.org\r\nTo: b@example.net\r\nSubject: message ", i, "\r\nMessage-ID: <m", i,
             "@example.org>\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\r\nbody of ", i, "\r\n");
}

// More than one chunk of a blob, and compressible only in part.
std::string large() {
  std::string out =
      "From: a@example.org\r\nSubject: large\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee the other part\r\n--b\r\n"
      "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=x.bin\r\n\r\n";
  std::uint64_t n = 1;
  while (out.size() < 700'000) {
    n = n * 6364136223846793005U + 1442695040888963407U;
    append(out, n, "\r\n");
  }
  return out + "--b--\r\n";
}

// What LZ4 makes small.
std::string repetitive(std::size_t size) {
  auto out = text(1);
  while (out.size() < size) append(out, "line ", out.size(), " of a text that repeats itself\r\n");
  return out;
}

Result<> set_options(Options& o) {
  o.removed_keep_s = 90 * 86'400;
  o.removed_max_bytes = 1'000'000'000;
  o.pop3_folders = true;
  o.pop3.policy = Pop3Policy::device;
  o.devices[9] = {Pop3Policy::archive, Pop3Options::k_since_added, 14, true};
  o.retention[1] = {30, 1000};
  return {};
}

Result<> set_options_of_4(Options& o) {
  (void)set_options(o);
  o.imap_without = {"COMPRESS=DEFLATE", "NOTIFY"};
  o.imap_quirks = {{"all", false}, {"delay-newmail", true}};
  return {};
}

Result<> set_options_of_6(Options& o) {
  (void)set_options_of_4(o);
  o.url_keys[1] = std::string(31, 'k') + '\0';
  return {};
}

struct Golden : testing::Test {
  ~Golden() override {
    if (!folder.empty()) fs::remove_all(folder);
  }
  void SetUp() override {
    folder = (fs::temp_directory_path() / "golden-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  }
  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  void open() {
    store::RocksOptions options;
    options.reserve_bytes = 0;
    auto opened = store::RocksStore::open(folder + "/db", rt.io(), clock, options);
    ASSERT_TRUE(opened) << opened.error().detail;
    store = *std::move(opened);
    registry = std::make_unique<Registry>(rt, *store, clock, AccountSettings{});
  }
  void close() {
    registry.reset();
    store.reset();
  }
  AccountRef account(std::uint64_t id) { return *run(registry->open(model::AccountId(id))); }
  void add(const AccountRef& a, std::string_view mailbox, std::string_view content, std::string prefix = {},
           std::vector<std::string> flags = {}) {
    std::vector<NewMessage> messages(1);
    auto& m = messages[0];
    m.content = content;
    m.prefix = std::move(prefix);
    m.flags = std::move(flags);
    m.internal_date = k_date;
    m.internal_zone = -90;
    ASSERT_TRUE(run(a->append(a->find(mailbox)->id, std::move(messages), k_lmtp)));
  }
  void make();
  void verify_first(int version);
  void stays_readable(int version);
  void verify_second();
  void make_third();
  void verify_third();
  void verify_fourth();
  void verify_fifth();
  struct Message {
    std::uint32_t uid;
    std::vector<std::string> flags;
    std::string octets;
  };
  void expect(const AccountRef& a, std::string_view mailbox, const std::vector<Message>& want);

  ManualClock clock;
  std::string folder;
  Runtime rt{1, 2, 1};
  std::unique_ptr<store::RocksStore> store;
  std::unique_ptr<Registry> registry;
};

void Golden::make() {
  open();
  auto a = account(1);
  for (int i = 1; i <= 5; ++i) add(a, "INBOX", text(i), "Return-Path: <a@example.org>\r\n");
  add(a, "Archive", large(), {}, {"\\Seen", "$Forwarded", "Project"});
  ASSERT_TRUE(run(a->create("Lists/C++/std", {}, k_imap)));
  ASSERT_TRUE(run(a->remove("Lists/C++", k_imap)));  // a level only
  const auto inbox = a->find("INBOX")->id;
  ASSERT_TRUE(run(a->store_flags(inbox, UidSet(Uid(1), Uid(3)), FlagChange::add, {"\\Flagged", "later"}, {}, k_imap)));
  ASSERT_TRUE(run(a->copy(inbox, UidSet(Uid(1)), a->find("Lists/C++/std")->id, k_imap)));
  close();
  open();  // what was in the log lies in tables now; what follows stays in the log
  a = account(1);
  ASSERT_TRUE(run(a->move(inbox, UidSet(Uid(2)), a->find("Archive")->id, k_imap)));
  ASSERT_TRUE(run(a->expunge(inbox, UidSet(Uid(3)), false, k_pop3)));
  ASSERT_TRUE(run(a->pop3_seen(model::DeviceId(9), inbox, UidSet(Uid(1), Uid(4)), UidSet(Uid(4)), k_pop3)));
  ASSERT_TRUE(run(a->subscribe("not/there/Ärger", true, k_imap)));
  ASSERT_TRUE(run(a->set_quota(50'000'000, 1000, Actor{"", "admin", ""})));
  ASSERT_TRUE(run(a->change_options(set_options_of_6, Actor{"", "admin", ""})));
  ASSERT_TRUE(run(a->annotate(inbox, {{"/shared/comment", std::string("of\0INBOX", 8)}}, k_imap)));
  ASSERT_TRUE(run(a->annotate(std::nullopt, {{"/private/filters/values/x", "SEEN"}}, k_imap)));
  const auto all = [](model::Rights) { return k_rights; };
  ASSERT_TRUE(run(a->share(a->find("Lists")->id, "b@example.net", all, k_imap)));
  ASSERT_TRUE(run(a->share(a->find("Lists")->id, "-anyone", [](model::Rights) { return model::right::post; }, k_imap)));
  add(account(2), "INBOX", text(1), "Return-Path: <>\r\n");  // the same blob
  make_third();
  add(account(4), "INBOX", repetitive(50'000));
  add(account(5), "INBOX", repetitive(1'100'000));
  close();
}

void Golden::verify_fourth() {
  expect(account(4), "INBOX", {{1, {}, repetitive(50'000)}});
}

void Golden::verify_fifth() {
  expect(account(5), "INBOX", {{1, {}, repetitive(1'100'000)}});
}

// Rows in keys of their own, in blocks, and in both.
void Golden::make_third() {
  const auto a = account(3);
  for (int i = 1; i <= 100; ++i) add(a, "INBOX", text(i));
  const auto inbox = a->find("INBOX")->id;
  const auto flag = [&](UidSet uids, const char* word) {
    ASSERT_TRUE(run(a->store_flags(inbox, std::move(uids), FlagChange::add, {word}, {}, k_imap)));
  };
  flag(UidSet(Uid(1), Uid(70)), "\\Seen");
  flag(UidSet(Uid(3)), "\\Flagged");
  flag(UidSet(Uid(40), Uid(60)), "later");
  ASSERT_TRUE(run(a->expunge(inbox, UidSet(Uid(10)), false, k_imap)));
  ASSERT_TRUE(run(a->copy(inbox, UidSet(Uid(60), Uid(90)), a->find("Archive")->id, k_imap)));
}

void Golden::verify_third() {
  const auto a = account(3);
  std::vector<Message> inbox, archive;
  for (std::uint32_t uid = 1; uid <= 100; ++uid) {
    if (uid == 10) continue;
    std::vector<std::string> flags;
    if (uid <= 70) flags.emplace_back("\\Seen");
    if (uid == 3) flags.emplace_back("\\Flagged");
    if (uid >= 40 && uid <= 60) flags.emplace_back("later");
    inbox.push_back({uid, flags, text(static_cast<int>(uid))});
    if (uid >= 60 && uid <= 90) archive.push_back({uid - 59, flags, text(static_cast<int>(uid))});
  }
  expect(a, "INBOX", inbox);
  expect(a, "Archive", archive);
  std::map<std::string, std::size_t> kinds;
  for (const auto& e : run(a->history({}))->entries) ++kinds[std::string(to_string(e.what))];
  EXPECT_EQ(kinds["flagged"], 92U);
  EXPECT_EQ(kinds["copied"], 31U);
  // And it goes on from there.
  ASSERT_TRUE(run(a->expunge(a->find("INBOX")->id, UidSet(Uid(1), Uid(100)), false, k_imap)));
  for (const auto& f : *run(check_accounts(*store))) ADD_FAILURE() << f.where << ": " << f.what;
}

void Golden::expect(const AccountRef& a, std::string_view mailbox, const std::vector<Message>& want) {
  SCOPED_TRACE(mailbox);
  const auto* m = a->find(mailbox);
  ASSERT_NE(m, nullptr);
  const auto handle = *run(a->open(m->id));
  ASSERT_EQ(handle->rows->size(), want.size());
  for (std::size_t i = 0; i < want.size(); ++i) {
    const auto& row = handle->rows->at(i);
    const ContentId content(row.content);
    EXPECT_EQ(row.uid, want[i].uid);
    EXPECT_EQ(m->keywords.names(model::Flags{row.flags}), want[i].flags);
    EXPECT_EQ(row.internal_date, k_date);
    EXPECT_EQ(row.internal_zone, -90);
    EXPECT_EQ(row.save_date, 1'800'000'000U);
    EXPECT_TRUE(run(a->read(content, 0, UINT64_MAX)) == want[i].octets) << i;
    const auto summary = run(a->summaries({content}))->front();
    ASSERT_TRUE(summary);
    EXPECT_EQ(**summary, mime::summarize(want[i].octets));
  }
}

void Golden::verify_first(int version) {
  const auto a = account(1);
  std::vector<std::string> names;
  for (const auto* m : a->mailboxes()) names.push_back(cat(m->selectable ? "" : "-", m->name));
  EXPECT_EQ(names, (std::vector<std::string>{"INBOX", "Archive", "Drafts", "Junk", "Lists", "-Lists/C++",
                                             "Lists/C++/std", "Sent", "Trash"}));
  EXPECT_EQ(a->find("Trash")->use, model::SpecialUse::trash);
  EXPECT_EQ(a->find("INBOX")->uidvalidity, 1'800'000'000U);
  EXPECT_EQ(a->find("INBOX")->uidnext, 6U);
  const auto whole = [](int i) { return cat("Return-Path: <a@example.org>\r\n", text(i)); };
  expect(a, "INBOX", {{1, {"\\Flagged", "later"}, whole(1)}, {4, {}, whole(4)}, {5, {}, whole(5)}});
  expect(a, "Archive", {{1, {"\\Seen", "$Forwarded", "Project"}, large()}, {2, {"\\Flagged", "later"}, whole(2)}});
  expect(a, "Lists/C++/std", {{1, {"\\Flagged", "later"}, whole(1)}});
  const auto removed = *run(a->removed(0, 10));
  ASSERT_EQ(removed.size(), 1U);
  EXPECT_EQ(removed[0].mailbox, "INBOX");
  EXPECT_EQ(removed[0].flags, (std::vector<std::string>{"\\Flagged", "later"}));
  EXPECT_EQ(removed[0].removed_at, 1'800'000'000);
  EXPECT_EQ(removed[0].actor, "pop3 laptop 2001:db8::1");
  EXPECT_TRUE(run(a->read(removed[0].content, 0, UINT64_MAX)) == whole(3));
  const auto view = *run(a->pop3_view(model::DeviceId(9), a->find("INBOX")->id));
  EXPECT_EQ(view.hidden.to_string(), "4");
  EXPECT_TRUE(std::ranges::count(a->subscriptions(), "not/there/Ärger") == 1);
  EXPECT_EQ(a->quota().bytes_max, 50'000'000U);
  EXPECT_EQ(a->quota().messages_max, 1000U);
  EXPECT_EQ(a->quota().messages_used, 6U);
  EXPECT_EQ(a->quota().removed_messages, 1U);
  // The history, from its first day.
  std::string kinds;
  for (const auto& record : *run(store->records({store::PartitionId::account, 1}, 0, 1000))) {
    const auto change = decode_record(record.bytes);
    ASSERT_TRUE(change);
    for (const auto& entry : change->entries) append(kinds, entry.kind, ',');
  }
  EXPECT_EQ(kinds,
            cat("create,append,append,append,append,append,append,create,delete mailbox,flags,copy,move,expunge,",
                version == 1 ? "pop3 hide,subscribe,quota," : "pop3,subscribe,quota,settings,",
                version < 3 ? "" : "annotate,annotate,", version < 5 ? "" : "share,share,"));
  if (version == 1) return;
  ASSERT_EQ(view.retrieved.size(), 1U);
  EXPECT_EQ(view.retrieved[0].day, 1'800'000'000U / 86'400);
  EXPECT_EQ(view.retrieved[0].uids.to_string(), "1:4");
  Options options;
  (void)(version < 4 ? set_options(options) : version < 6 ? set_options_of_4(options) : set_options_of_6(options));
  EXPECT_EQ(a->options(), options);
  const auto history = *run(a->history({}));
  const auto moved = std::ranges::find(history.entries, HistoryEntry::moved, &HistoryEntry::what);
  ASSERT_NE(moved, history.entries.end());
  EXPECT_EQ(moved->from_mailbox, "INBOX");
  EXPECT_EQ(moved->from_uid, 2U);
  if (version == 2) return;
  const auto of_inbox = *run(a->annotations(a->find("INBOX")->id)), of_account = *run(a->annotations(std::nullopt));
  ASSERT_EQ(of_inbox.size(), 1U);
  EXPECT_EQ(of_inbox[0].name, "/shared/comment");
  EXPECT_EQ(of_inbox[0].value, std::string("of\0INBOX", 8));
  ASSERT_EQ(of_account.size(), 1U);
  EXPECT_EQ(of_account[0].value, "SEEN");
  const auto& shared = a->sharing(a->find("Lists")->id);
  if (version < 5)
    EXPECT_TRUE(shared.empty());
  else
    EXPECT_EQ(shared, (model::Sharing{{"-anyone", model::right::post}, {"b@example.net", k_rights}}));
}

void Golden::verify_second() {
  const auto a = account(2);
  expect(a, "INBOX", {{1, {}, cat("Return-Path: <>\r\n", text(1))}});
}

void Golden::stays_readable(int version) {
  const char* target = std::getenv("MAILSTEAD_MAKE_GOLDEN");
  if (target != nullptr) {
    make();
    ASSERT_FALSE(HasFailure());
    fs::create_directories(target);
    // RocksDB's own log and options name the machine and are not needed.
    for (const auto& file : fs::directory_iterator(folder + "/db"))
      if (const auto name = file.path().filename().string();
          name != "LOCK" && !name.starts_with("LOG") && !name.starts_with("OPTIONS") && name != "IDENTITY")
        fs::copy(file.path(), fs::path(target) / name,
                 fs::copy_options::overwrite_existing | fs::copy_options::recursive);
    return;
  }
  fs::copy(cat(MAILSTEAD_TESTDATA "/stores/v", version), folder + "/db", fs::copy_options::recursive);
  const auto damage = store::check_store(folder + "/db");
  ASSERT_TRUE(damage) << damage.error().detail;
  for (const auto& f : *damage) ADD_FAILURE() << f.where << ": " << f.what;
  open();
  for (const auto& f : *run(check_accounts(*store))) ADD_FAILURE() << f.where << ": " << f.what;
  verify_first(version);
  verify_second();
  if (version >= 7) verify_third();
  if (version >= 8) verify_fourth();
  if (version >= 9) verify_fifth();
  // And it goes on from there.
  const auto a = account(1);
  ASSERT_TRUE(run(a->restore({1}, k_imap)));
  EXPECT_EQ(a->find("INBOX")->uidnext, 7U);
  add(a, "INBOX", text(9));
  for (const auto& f : *run(check_accounts(*store))) ADD_FAILURE() << f.where << ": " << f.what;
  close();
}

// Before there were options, views with what was retrieved, and records that say where a row came from.
TEST_F(Golden, Version1StaysReadable) {
  stays_readable(1);
}

// Before there were annotations.
TEST_F(Golden, Version2StaysReadable) {
  stays_readable(2);
}

TEST_F(Golden, Version3StaysReadable) {
  stays_readable(3);
}

// With what is set for IMAP sessions; before mailboxes could be shared.
TEST_F(Golden, Version4StaysReadable) {
  stays_readable(4);
}

TEST_F(Golden, Version5StaysReadable) {
  stays_readable(5);
}

// With keys for URLs.
TEST_F(Golden, Version6StaysReadable) {
  stays_readable(6);
}

// With rows in blocks.
TEST_F(Golden, Version7StaysReadable) {
  stays_readable(7);
}

// With content by LZ4.
TEST_F(Golden, Version8StaysReadable) {
  stays_readable(8);
}

// With content in a file of its own.
TEST_F(Golden, Version9StaysReadable) {
  stays_readable(9);
}

}  // namespace
}  // namespace mailstead::account

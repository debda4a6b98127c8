// What each POP3 device sees, and what a broken connection leaves: P1 to P7 of the project's list of invariants.
// P1 UIDLs are unique and stable; P2 a session is a snapshot; P3 sizes; P4 nothing is removed without QUIT; P5 sessions
// side by side; P6 TOP; P7 every message reaches every device. (P3 and P6 also: session_test.cc.)
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/ascii.h"
#include "net/connection.h"
#include "net/memory_stream.h"
#include "pop3/session_fixture.h"
#include "runtime/group.h"
#include "runtime/timer.h"

namespace mailstead::pop3 {
namespace {

constexpr std::int64_t k_day_ms = 86'400'000;

// A POP3 client that waits for each answer, as most do.
class Client {
 public:
  explicit Client(std::unique_ptr<net::Stream> stream) : c_(std::move(stream)) {}
  Task<std::string> line() {
    auto l = co_await c_.read_line(8192);
    gone_ = !l || !*l;
    co_return gone_ ? std::string() : std::string(**l);
  }
  Task<std::string> ask(std::string command) {
    c_.write(command + "\r\n");
    co_await c_.flush();
    co_return co_await line();
  }
  Task<std::vector<std::string>> lines() {
    std::vector<std::string> out;
    for (;;) {
      auto l = co_await line();
      if (l == "." || gone_) co_return out;
      out.push_back(std::move(l));
    }
  }
  void close() { c_.stream().close(); }
  net::Connection& connection() { return c_; }

 private:
  net::Connection c_;
  bool gone_ = false;
};

struct Session {
  std::string password, user = "ann@example.org";
  std::size_t cut_after = SIZE_MAX;  // messages retrieved before the connection breaks
  bool dele = true, keeps_uidls = false;
  std::set<std::string>* known = nullptr;   // UIDLs this client has
  std::vector<std::string>* got = nullptr;  // first body lines of what it retrieved
  std::string capa, greeting, quit;
};

Task<void> fetch(Context* context, Session* s) {
  auto [near, far] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), serve(std::move(far), *context));
  Client c(std::move(near));
  co_await c.line();
  co_await c.ask("USER " + s->user);
  s->greeting = co_await c.ask("PASS " + s->password);
  if (s->greeting.starts_with("+OK")) {
    co_await c.ask("CAPA");
    for (const auto& l : co_await c.lines())
      if (l.starts_with("EXPIRE")) s->capa = l;
    co_await c.ask("UIDL");
    const auto uidls = co_await c.lines();
    std::size_t count = 0;
    for (const auto& l : uidls) {
      const auto space = l.find(' ');
      const auto number = l.substr(0, space), id = l.substr(space + 1);
      if (s->known != nullptr && s->keeps_uidls && s->known->contains(id)) continue;
      if (count == s->cut_after) break;
      co_await c.ask("RETR " + number);
      const auto text = co_await c.lines();
      if (s->got != nullptr) s->got->push_back(text.empty() ? "" : text.back());
      if (s->known != nullptr) s->known->insert(id);
      ++count;
      if (s->dele) co_await c.ask("DELE " + number);
    }
    if (s->cut_after == SIZE_MAX) s->quit = co_await c.ask("QUIT");
  }
  c.close();
  co_await group.wait();
}

struct Pop3Devices : Pop3 {
  Pop3Devices() { context.policy = Policy::automatic; }
  void deliver(int from, int to, const std::string& mailbox = "INBOX") {
    std::vector<std::string> texts;
    for (int i = from; i < to; ++i) texts.push_back(cat("Subject: ", i, "\r\n\r\nmessage ", i, "\r\n"));
    std::vector<account::NewMessage> messages;
    for (const auto& t : texts) {
      account::NewMessage m{};
      m.content = t;
      messages.push_back(std::move(m));
    }
    ASSERT_TRUE(run(account->append(account->find(mailbox)->id, std::move(messages), k_imap)));
  }
  std::string add_device(const std::string& name) {
    return *run(directory.add_device("ann@example.org", name, auth::all_scopes));
  }
  model::DeviceId device(const std::string& name) {
    const auto info = *run(directory.account("ann@example.org"));
    for (const auto& d : info.devices)
      if (d.name == name) return d.id;
    return model::DeviceId(UINT32_MAX);
  }
  void set(const std::string& name, account::Pop3Options options) {
    ASSERT_TRUE(run(account->change_options(
        [id = device(name).value, options](account::Options& o) {
          o.devices[id] = options;
          return Result<>();
        },
        k_imap)));
  }
  std::vector<std::string> go(const std::string& password, std::size_t cut = SIZE_MAX, bool dele = true) {
    std::vector<std::string> got;
    Session s;
    s.password = password;
    s.cut_after = cut;
    s.dele = dele;
    s.got = &got;
    run(fetch(&context, &s));
    last = s;
    return got;
  }
  std::uint64_t inbox() { return account->find("INBOX")->messages; }
  std::uint64_t removed() { return run(account->removed(0, 5000))->size(); }
  Session last;
};

// P7. Three devices that delete what they have, and one that reads: each gets everything once.
TEST_F(Pop3Devices, EveryMessageReachesEveryDeviceOnce) {
  const std::vector<std::string> passwords = {add_device("pc"), add_device("mac"), add_device("tablet")};
  std::map<std::size_t, std::multiset<std::string>> got;
  std::multiset<std::string> want;
  int next = 0;
  for (int round = 0; round < 30; ++round) {
    deliver(next, next + 3);
    for (; next % 3 != 0 || next < (round + 1) * 3; ++next) want.insert(cat("message ", next));
    const auto who = static_cast<std::size_t>(round) % 3;
    for (auto& text : go(passwords[who])) got[who].insert(std::move(text));
    EXPECT_TRUE(last.quit.starts_with("+OK"));
    clock.advance_ms(k_day_ms / 4);
  }
  for (std::size_t who = 0; who < 3; ++who) {
    for (auto& text : go(passwords[who])) got[who].insert(std::move(text));
    EXPECT_EQ(got[who], want) << who;
  }
  EXPECT_EQ(inbox(), 90U);
  EXPECT_EQ(removed(), 0U);
}

TEST_F(Pop3Devices, ASingleDeviceEmptiesInboxIntoRecentlyRemoved) {
  deliver(0, 5);
  EXPECT_EQ(go("pw").size(), 5U);
  EXPECT_EQ(inbox(), 0U);
  EXPECT_EQ(removed(), 5U);
}

// One that was added and has not called yet has a right to what came since.
TEST_F(Pop3Devices, ANewDeviceCountsBeforeItsFirstCall) {
  const auto phone = add_device("phone");
  deliver(0, 2);
  EXPECT_EQ(go("pw").size(), 2U);
  EXPECT_EQ(inbox(), 2U);
  EXPECT_EQ(go(phone).size(), 2U);
}

TEST_F(Pop3Devices, Policies) {
  const auto pc = add_device("pc");
  const auto each = [&](Policy policy) {
    set("pc", {policy, {}, {}, {}});
    deliver(0, 2);
    go(pc);
  };
  each(Policy::device);
  EXPECT_EQ(inbox(), 2U);
  EXPECT_EQ(go(pc).size(), 0U);
  each(Policy::keep);
  EXPECT_EQ(inbox(), 4U);
  EXPECT_EQ(go(pc, 0).size(), 0U);
  EXPECT_EQ(go(pc).size(), 2U);  // it sees them still
  each(Policy::archive);
  EXPECT_EQ(account->find("Archive")->messages, 4U);
  EXPECT_EQ(inbox(), 2U);  // those of `device`, hidden from it
  each(Policy::everywhere);
  EXPECT_EQ(inbox(), 2U);
  EXPECT_EQ(removed(), 2U);
}

TEST_F(Pop3Devices, Windows) {
  deliver(0, 1);
  clock.advance_ms(40 * k_day_ms);
  deliver(1, 2);
  clock.advance_ms(10 * k_day_ms);
  const auto pc = add_device("pc");
  deliver(2, 3);
  EXPECT_EQ(go(pc, SIZE_MAX, false).size(), 3U);
  set("pc", {{}, 30, {}, {}});
  EXPECT_EQ(go(pc, SIZE_MAX, false), (std::vector<std::string>{"message 1", "message 2"}));
  set("pc", {{}, account::Pop3Options::k_since_added, {}, {}});
  EXPECT_EQ(go(pc, SIZE_MAX, false), std::vector<std::string>{"message 2"});
}

// A client that forgets, with the setting that hides what it has: a break costs what was under way, no more.
TEST_F(Pop3Devices, WhatWasRetrievedCompletelyIsHiddenWhenAsked) {
  const auto pc = add_device("pc");
  set("pc", {Policy::keep, {}, {}, true});
  deliver(0, 20);
  EXPECT_EQ(go(pc, 12, false).size(), 12U);  // then the line breaks, right after the twelfth answer
  EXPECT_EQ(last.capa, "EXPIRE 0");
  const auto rest = go(pc, SIZE_MAX, false);
  EXPECT_EQ(rest.size(), 9U);  // the twelfth: no command came after it
  EXPECT_EQ(rest.front(), "message 11");
  EXPECT_TRUE(go(pc, SIZE_MAX, false).empty());  // QUIT says that it has the last one, too
  EXPECT_EQ(inbox(), 20U);
  set("pc", {Policy::keep, {}, {}, false});
  EXPECT_EQ(go(pc, SIZE_MAX, false).size(), 20U);
}

// fetchmail downloads by TOP; a preview is none.
Task<void> top_all(Context* context, std::string password, std::string lines) {
  auto [near, far] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), serve(std::move(far), *context));
  Client c(std::move(near));
  co_await c.line();
  co_await c.ask("USER ann@example.org");
  co_await c.ask("PASS " + password);
  for (const std::string number : {"1", "2"}) {
    co_await c.ask("TOP " + number + lines);
    co_await c.lines();
  }
  co_await c.ask("QUIT");
  c.close();
  co_await group.wait();
}

TEST_F(Pop3Devices, AWholeMessageByTopIsRetrieved) {
  const auto pc = add_device("pc");
  set("pc", {Policy::keep, {}, {}, true});
  deliver(0, 2);
  run(top_all(&context, pc, " 20"));
  EXPECT_EQ(go(pc, 0).size(), 0U);
  EXPECT_EQ(run(account->pop3_view(device("pc"), account->find("INBOX")->id))->retrieved.size(), 0U);
  run(top_all(&context, pc, " 99999999"));
  EXPECT_TRUE(go(pc, SIZE_MAX, false).empty());
}

// Written down while the session goes on: a server that is killed forgets a few at most.
Task<void> and_then_killed(Context* context, std::string password, account::AccountRef account, model::DeviceId device,
                           std::size_t* known) {
  auto [near, far] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), serve(std::move(far), *context));
  Client c(std::move(near));
  co_await c.line();
  co_await c.ask("USER ann@example.org");
  co_await c.ask("PASS " + password);
  for (int i = 1; i <= 40; ++i) {
    co_await c.ask(cat("RETR ", i));
    co_await c.lines();
  }
  const auto view = co_await account->pop3_view(device, account->find("INBOX")->id);
  for (const auto& batch : view->retrieved) *known += batch.uids.size();
  c.close();
  co_await group.wait();
}

TEST_F(Pop3Devices, WhatIsRetrievedIsWrittenDownWithinTheSession) {
  const auto pc = add_device("pc");
  set("pc", {Policy::keep, {}, {}, true});
  deliver(0, 40);
  std::size_t known = 0;
  run(and_then_killed(&context, pc, account, device("pc"), &known));
  EXPECT_EQ(known, 39U);  // the last is not known to have been read
}

// Restored for the others: a device that had it does not get it twice.
TEST_F(Pop3Devices, WhatIsRestoredIsNotNewForADeviceThatHadIt) {
  const auto pc = add_device("pc"), mac = add_device("mac");
  deliver(0, 3);
  EXPECT_EQ(go(pc).size(), 3U);  // hidden
  set("mac", {Policy::everywhere, {}, {}, {}});
  EXPECT_EQ(go(mac).size(), 3U);  // removed for all
  EXPECT_EQ(inbox(), 0U);
  deliver(3, 4);
  EXPECT_EQ(go(pc), std::vector<std::string>{"message 3"});
  ASSERT_TRUE(run(account->restore({1, 2, 3}, k_imap)));
  EXPECT_EQ(inbox(), 4U);
  EXPECT_TRUE(go(pc).empty());
  EXPECT_EQ(go(mac), std::vector<std::string>{"message 3"});
  EXPECT_EQ(go("pw").size(), 3U);  // one that has had none of them
}

// One that sends commands ahead of the answers has shown less by each.
Task<void> pipelined(Context* context, std::string password, std::string commands) {
  auto [near, far] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), serve(std::move(far), *context));
  Client c(std::move(near));
  co_await c.line();
  co_await c.ask("USER ann@example.org");
  co_await c.ask("PASS " + password);
  co_await c.ask(commands);
  c.close();
  co_await group.wait();
}

TEST_F(Pop3Devices, CommandsSentAheadShowNothing) {
  const auto pc = add_device("pc");
  set("pc", {Policy::keep, {}, {}, true});
  deliver(0, 4);
  run(pipelined(&context, pc, "RETR 1\r\nRETR 2\r\nRETR 3\r\nRETR 4\r\nQUIT"));
  EXPECT_EQ(run(account->pop3_view(device("pc"), account->find("INBOX")->id))->retrieved.size(), 0U);
  EXPECT_EQ(go(pc, SIZE_MAX, false).size(), 4U);
}

// The same, a command at a time, each before the answer to the last is read: nothing ever waits at the server, were it
// not for the answers that are held back. 70 are sent; 6 more would be proof of nothing.
Task<void> one_by_one(Context* context, std::string password) {
  auto [near, far] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), serve(std::move(far), *context));
  Client c(std::move(near));
  co_await c.line();
  co_await c.ask("USER ann@example.org");
  co_await c.ask("PASS " + password);
  for (int i = 1; i <= 70; ++i) {
    c.connection().write(cat("RETR ", i, "\r\n"));
    co_await c.connection().flush();
    co_await sleep_ms(2);  // the server has answered by then
  }
  c.close();
  co_await group.wait();
}

TEST_F(Pop3Devices, CommandsSentAheadOneByOneShowNothing) {
  const auto pc = add_device("pc");
  set("pc", {Policy::keep, {}, {}, true});
  deliver(0, 70);
  run(one_by_one(&context, pc));
  EXPECT_EQ(go(pc, SIZE_MAX, false).size(), 70U);
}

TEST_F(Pop3Devices, ExpireSaysTheTruth) {
  const auto pc = add_device("pc");
  go(pc);
  EXPECT_EQ(last.capa, "EXPIRE NEVER");
  set("pc", {{}, {}, 14, {}});
  go(pc);
  EXPECT_EQ(last.capa, "EXPIRE 14");
  const auto inbox_rule = [&](account::Retention r) {
    ASSERT_TRUE(run(account->change_options(
        [id = account->find("INBOX")->id.value, r](account::Options& o) {
          o.retention[id] = r;
          return Result<>();
        },
        k_imap)));
  };
  inbox_rule({7, 0});
  go(pc);
  EXPECT_EQ(last.capa, "EXPIRE 7");
  inbox_rule({7, 100});
  go(pc);
  EXPECT_EQ(last.capa, "EXPIRE 0");
}

TEST_F(Pop3Devices, FolderLogins) {
  deliver(0, 1);
  deliver(1, 3, "Sent");
  Session s;
  std::vector<std::string> got;
  s.password = "pw";
  s.user = "ann@example.org/Sent";
  s.got = &got;
  run(fetch(&context, &s));
  EXPECT_TRUE(s.greeting.starts_with("-ERR")) << s.greeting;  // off by default
  ASSERT_TRUE(run(account->change_options(
      [](account::Options& o) {
        o.pop3_folders = true;
        return Result<>();
      },
      k_imap)));
  run(fetch(&context, &s));
  EXPECT_EQ(got, (std::vector<std::string>{"message 1", "message 2"}));
  EXPECT_EQ(account->find("Sent")->messages, 0U);
  EXPECT_EQ(inbox(), 1U);
  s.user = "ann@example.org/None";
  run(fetch(&context, &s));
  EXPECT_TRUE(s.greeting.starts_with("-ERR"));
  s.user = "ann@example.org/inbox";
  run(fetch(&context, &s));
  EXPECT_EQ(got.size(), 3U);
}

// P2, P5: what others do within a session changes nothing it says.
Task<void> snapshot(Context* context, account::AccountRef account, std::vector<std::string>* said) {
  auto [near, far] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), serve(std::move(far), *context));
  Client c(std::move(near));
  co_await c.line();
  co_await c.ask("USER ann@example.org");
  co_await c.ask("PASS pw");
  for (int round = 0; round < 2; ++round) {
    said->push_back(co_await c.ask("STAT"));
    for (const std::string command : {"LIST", "UIDL", "RETR 2"}) {
      co_await c.ask(command);
      for (auto& l : co_await c.lines()) said->push_back(std::move(l));
    }
    if (round == 1) break;
    const auto inbox = account->find("INBOX")->id;
    account::UidSet two(model::Uid(2));
    (void)co_await account->expunge(inbox, two, false, k_imap);
    account::NewMessage m{};
    m.content = "Subject: new\r\n\r\n";
    std::vector<account::NewMessage> messages{m};
    (void)co_await account->append(inbox, std::move(messages), k_imap);
    const account::UidSet one(model::Uid(1));
    const std::vector<std::string> seen(1, "\\Seen");
    (void)co_await account->store_flags(inbox, one, account::FlagChange::add, seen, std::nullopt, k_imap);
  }
  said->push_back(co_await c.ask("DELE 2"));
  said->push_back(co_await c.ask("QUIT"));
  c.close();
  co_await group.wait();
}

TEST_F(Pop3Devices, ASessionIsASnapshot) {
  deliver(0, 3);
  std::vector<std::string> said;
  run(snapshot(&context, account, &said));
  ASSERT_EQ(said.size() % 2, 0U);
  const auto half = (said.size() - 2) / 2;
  for (std::size_t i = 0; i < half; ++i) EXPECT_EQ(said[i], said[half + i]);
  EXPECT_TRUE(said.back().starts_with("+OK"));
  EXPECT_EQ(inbox(), 3U);
}

// The connection breaks in the client's bytes or in the server's, at every kind of place of a session of 50 messages.
Task<void> broken(Context* context, std::string all, std::size_t bytes, bool slowly) {
  auto [near, far] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), serve(std::move(far), *context));
  for (std::size_t at = 0; at < bytes;) {
    const auto n = slowly ? std::min<std::size_t>(7, bytes - at) : bytes;
    co_await near->write(std::string_view(all).substr(at, n));
    at += n;
    if (slowly) co_await Home::current().yield();
  }
  for (int i = 0; i < 3; ++i) co_await Home::current().yield();
  near->close();
  co_await group.wait();
}

TEST_F(Pop3Devices, ACutAnywhereLosesNothing) {
  context.policy = Policy::everywhere;
  deliver(0, 50);
  std::string all = "USER ann@example.org\r\nPASS pw\r\nUIDL\r\n";
  std::vector<std::size_t> places = {0, 1, all.size() - 2, all.size() - 1, all.size()};
  for (int i = 1; i <= 50; ++i) {
    for (const auto& command : {cat("RETR ", i, "\r\n"), cat("DELE ", i, "\r\n")}) {
      const auto begin = all.size();
      all += command;
      if (i % 7 != 1) continue;  // before, within, after the CR, after each command
      for (const auto at : {begin, begin + 3, all.size() - 1, all.size()}) places.push_back(at);
    }
  }
  const auto before_quit = all.size();
  all += "QUIT\r\n";
  for (std::size_t at = before_quit; at < all.size() - 1; ++at) places.push_back(at);

  std::set<std::string> first_ids;
  Session look;
  look.password = "pw";
  look.dele = false;
  look.known = &first_ids;
  run(fetch(&context, &look));
  ASSERT_EQ(first_ids.size(), 50U);
  for (const auto at : places) {
    run(broken(&context, all, at, at % 2 == 1));
    ASSERT_EQ(inbox(), 50U) << "cut after " << at << " bytes";
    ASSERT_EQ(removed(), 0U);
    std::set<std::string> ids;
    std::vector<std::string> got;
    look.known = &ids;
    look.got = &got;
    run(fetch(&context, &look));
    ASSERT_EQ(ids, first_ids) << "renumbered after a cut at " << at;
    ASSERT_EQ(got.size(), 50U);
  }
  // A client that keeps UIDLs has nothing twice.
  std::vector<std::string> twice;
  look.known = &first_ids;
  look.keeps_uidls = true;
  look.got = &twice;
  run(fetch(&context, &look));
  EXPECT_TRUE(twice.empty());
  // QUIT is committed even if nobody is there to read its answer.
  run(broken(&context, all, all.size(), false));
  EXPECT_EQ(inbox(), 0U);
  EXPECT_EQ(removed(), 50U);
}

}  // namespace
}  // namespace mailstead::pop3

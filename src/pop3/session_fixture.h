// For the tests of POP3 sessions: a server over the memory store, and whole dialogs played against it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "net/connection.h"
#include "net/memory_stream.h"
#include "pop3/session.h"
#include "runtime/group.h"
#include "store/fault_store.h"
#include "store/mem/mem_store.h"

namespace mailstead::pop3 {

inline const account::Actor k_imap{"default", "imap", ""};

// As a listener does: a connection that is over is no error.
inline Task<void> served(std::unique_ptr<net::Stream> stream, Context* context) {
  try {
    co_await serve(std::move(stream), *context);
  } catch (const net::ConnectionOver&) {
  }
}

// Plays a whole dialog: all lines are sent at once (pipelined), then the answers are read to the end.
inline Task<std::string> play(Context* context, std::string input, bool end) {
  auto [client, server] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), served(std::move(server), context));
  co_await client->write(input);
  if (end) co_await client->write("QUIT\r\n");
  net::Connection c(std::move(client));
  std::string out;
  if (!end) {
    co_await Home::current().yield();
    c.stream().close();
  }
  while (end && co_await c.fill()) {
    out += c.input();
    c.consume(c.input().size());
  }
  co_await group.wait();
  co_return out;
}

struct Pop3 : testing::Test {
  Runtime rt{1, 1, 1};
  ManualClock clock;
  store::MemStore mem{clock};
  store::FaultStore store{mem};
  auth::Directory directory{store, clock, {.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 4096}};
  auth::Authenticator authenticator{directory, rt, clock};
  account::Registry accounts{rt, store, clock, {}};
  Context context{rt, directory, authenticator, accounts, clock, "mail.example.org", nullptr, true, Policy::everywhere};
  account::AccountRef account;

  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
  void SetUp() override {
    ASSERT_TRUE(run(directory.add_domain("example.org")));
    const auto id = run(directory.add_account("ann@example.org", "pw"));
    account = *run(accounts.open(*id));
  }
  void deliver(std::string_view text) {
    account::NewMessage m{};
    m.content = text;
    std::vector<account::NewMessage> messages{m};
    ASSERT_TRUE(run(account->append(account->find("INBOX")->id, std::move(messages), k_imap)));
  }
  std::uint64_t inbox() { return account->find("INBOX")->messages; }
  std::string dialog(const std::string& commands, bool end = true) {
    return run(play(&context, "USER ann@example.org\r\nPASS pw\r\n" + commands, end));
  }
  // The answers after login, without QUIT's.
  std::string answers(const std::string& commands) {
    auto all = dialog(commands);
    for (int i = 0; i < 3; ++i) all.erase(0, all.find('\n') + 1);
    return all.substr(0, all.rfind("+OK bye"));
  }
};

}  // namespace mailstead::pop3

// What the tests of sessions share: one node over store/mem, an account, and clients that speak over memory pipes.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "imap/server/session.h"
#include "net/connection.h"
#include "net/memory_stream.h"
#include "runtime/group.h"
#include "store/mem/mem_store.h"

namespace mailstead::imap {

struct ClientTest : testing::Test {
  Runtime rt{1, 1, 1};
  ManualClock clock;
  store::MemStore store{clock};
  auth::Directory directory{store, clock};
  auth::Authenticator authenticator{directory, rt, clock};
  account::AccountSettings settings;
  account::Registry accounts{rt, store, clock, settings};
  Context context{rt, directory, authenticator, accounts, clock, "mail.example.org", nullptr, true};
  Group group;
  account::AccountRef account;
  const account::Actor actor{"other", "imap", ""};

  // What sessions are served from.
  virtual Context& served() { return context; }

  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }

  // One connection. Counts what goes over it.
  class Client {
   public:
    explicit Client(ClientTest& test) : test_(test) {
      test.run(connect());
      read_until("* OK ");
    }
    Client(const Client&) = delete;
    ~Client() {
      if (connection_) test_.run(close());
    }

    // Sends one command and gives all that is answered up to its tagged line.
    std::string operator()(std::string_view command) {
      const auto tag = cat('t', ++tags_);
      send(cat(tag, ' ', command, "\r\n"));
      auto out = read_until(tag + ' ');
      for (auto at = out.find(tag + ' '); at != std::string::npos; at = out.find(tag + ' ', at))
        out.replace(at, tag.size(), "t");
      return out;
    }
    void send(std::string_view bytes) {
      sent += bytes.size();
      test_.run(write(std::string(bytes)));
    }
    // Up to and with the line that begins so; or to the end of the connection.
    std::string read_until(std::string_view begin) { return test_.run(read(std::string(begin))); }
    // What has come until now.
    std::string pending() {
      test_.run(settle());
      auto out = std::string(connection_->input());
      received += out.size();
      connection_->consume(out.size());
      return out;
    }
    // The stream goes through `layer`, as it does at the server.
    template <class F>
    void wrap(F&& layer) {
      connection_ = std::make_unique<net::Connection>(layer(connection_->take_stream()));
    }
    net::Connection& connection() { return *connection_; }

    std::size_t sent = 0, received = 0;

   private:
    Task<void> connect() {
      auto [client, server] = net::memory_pipe();
      test_.group.spawn_on(Home::current(), serve(std::move(server), test_.served()));
      connection_ = std::make_unique<net::Connection>(std::move(client));
      co_return;
    }
    Task<void> write(std::string bytes) { co_await connection_->stream().write(bytes); }
    Task<void> close() {
      connection_.reset();
      co_return;
    }
    Task<void> settle() {
      for (int i = 0; i < 50; ++i) co_await Home::current().yield();
      connection_->stream().interrupt();
      if (co_await connection_->stream().wait_input()) co_await connection_->fill();
    }
    Task<std::string> read(std::string begin) {
      std::string out;
      for (;;) {
        auto line = co_await connection_->read_line(64 * 1024 * 1024);
        if (!line || !*line) co_return out;
        received += (*line)->size() + 2;
        append(out, **line, "\r\n");
        if ((*line)->starts_with(begin)) co_return out;
      }
    }

    ClientTest& test_;
    std::unique_ptr<net::Connection> connection_;
    std::size_t tags_ = 0;
  };

  void SetUp() override {
    ASSERT_TRUE(run(directory.add_domain("example.org")));
    const auto id = run(directory.add_account("ann@example.org", "pw"));
    account = *run(accounts.open(*id));
  }
  void TearDown() override { run(group.wait()); }

  std::unique_ptr<Client> connect() { return std::make_unique<Client>(*this); }
  // Logged in, and what is given enabled.
  std::unique_ptr<Client> login(std::string_view enable = {}) {
    auto c = connect();
    EXPECT_NE((*c)("LOGIN ann@example.org pw").find("t OK"), std::string::npos);
    if (!enable.empty()) EXPECT_NE((*c)(cat("ENABLE ", enable)).find("t OK"), std::string::npos);
    return c;
  }

  model::MailboxId id(std::string_view mailbox) { return account->find(mailbox)->id; }
  std::uint64_t highest(std::string_view mailbox = "INBOX") { return account->find(mailbox)->highest_modseq; }
  std::uint32_t validity(std::string_view mailbox = "INBOX") { return account->find(mailbox)->uidvalidity; }
  void deliver(std::size_t count = 1, std::string_view mailbox = "INBOX", std::string_view text = "A: b\r\n\r\nx\r\n") {
    for (std::size_t done = 0; done < count;) {
      account::NewMessage m{};
      m.content = text;
      std::vector<account::NewMessage> messages(std::min(count - done, limits::k_commit_messages), m);
      done += messages.size();
      ASSERT_TRUE(run(account->append(id(mailbox), std::move(messages), actor)));
    }
  }
  static bool has(std::string_view all, std::string_view part) { return all.find(part) != std::string_view::npos; }
  static std::size_t count(std::string_view all, std::string_view part) {
    std::size_t n = 0;
    for (auto at = all.find(part); at != std::string_view::npos; at = all.find(part, at + part.size())) ++n;
    return n;
  }
  static account::UidSet uids(std::initializer_list<std::uint32_t> numbers) {
    account::UidSet out;
    for (const auto n : numbers) out.insert(model::Uid(n));
    return out;
  }
  // Others' changes.
  void remove(account::UidSet which, std::string_view mailbox = "INBOX") {
    ASSERT_TRUE(run(account->expunge(id(mailbox), std::move(which), false, actor)));
  }
  void flag(account::UidSet which, std::vector<std::string> flags, std::string_view mailbox = "INBOX") {
    ASSERT_TRUE(run(
        account->store_flags(id(mailbox), std::move(which), account::FlagChange::add, std::move(flags), {}, actor)));
  }
};

}  // namespace mailstead::imap

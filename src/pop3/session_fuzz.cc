// Any octets sent to a session, with two messages in the mailbox: it ends, and counts no bug. The first byte chooses
// where the input is cut in two, and whether a login comes before it.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "net/connection.h"
#include "net/memory_stream.h"
#include "pop3/session.h"
#include "runtime/group.h"
#include "store/mem/mem_store.h"

namespace {

using namespace mailstead;

struct Server {
  Runtime runtime{1, 1, 1};
  ManualClock clock;
  store::MemStore store{clock};
  auth::Directory directory{store, clock, {.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 4096}};
  auth::Authenticator authenticator{directory, runtime, clock, {.first_delay_ms = 0, .failures_per_minute = 1'000'000}};
  account::Registry accounts{runtime, store, clock, {}};
  pop3::Context context{runtime, directory, authenticator,           accounts, clock, "mail.example.org",
                        nullptr, true,      pop3::Policy::everywhere};
  account::AccountRef account;

  Server() {
    log::set_level(log::Level::error);
    (void)block_on(runtime.home(0), directory.add_domain("example.org"));
    account = *block_on(runtime.home(0),
                        accounts.open(*block_on(runtime.home(0), directory.add_account("a@example.org", "b"))));
  }
  void refill() {  // what the last input deleted
    while (account->find("INBOX")->messages < 2) {
      std::vector<account::NewMessage> one(1);
      one[0].content = "A: 1\r\n\r\n.dot\r\nlast";
      (void)block_on(runtime.home(0),
                     account->append(account->find("INBOX")->id, std::move(one), account::Actor{"", "test", ""}));
    }
  }
};

Task<void> served(std::unique_ptr<net::Stream> stream, pop3::Context* context) {
  try {
    co_await pop3::serve(std::move(stream), *context);
  } catch (const net::ConnectionOver&) {
  }
}

Task<void> play(pop3::Context* context, std::string first, std::string second) {
  auto [client, server] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), served(std::move(server), context));
  net::Connection c(std::move(client));
  try {
    co_await c.stream().write(first);
    for (int i = 0; i < 20; ++i) co_await Home::current().yield();
    co_await c.stream().write(second);
    while (co_await c.fill()) c.consume(c.input().size());
  } catch (const net::ConnectionOver&) {
  }
  c.stream().close();
  co_await group.wait();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* server = new Server;
  if (size == 0) return 0;
  server->refill();
  const std::string in(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = in.size() * (data[0] / 2) / 127;
  const std::string login = data[0] % 2 == 0 ? "USER a@example.org\r\nPASS b\r\n" : "";
  block_on(server->runtime.home(0),
           play(&server->context, login + in.substr(0, cut), in.substr(cut) + "\r\n*\r\nQUIT\r\n"));
  if (metrics::counter("bugs_total").get() != 0) std::abort();
  return 0;
}

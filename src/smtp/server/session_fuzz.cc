// Any octets sent to a session: it ends, answers in whole lines with a reply code each, and counts no bug. The first
// byte chooses the role and where the input is cut in two.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/log.h"
#include "base/metrics.h"
#include "net/connection.h"
#include "net/memory_stream.h"
#include "runtime/group.h"
#include "smtp/server/session.h"
#include "store/mem/mem_store.h"

namespace {

using namespace mailstead;

struct Server {
  Runtime runtime{1, 1, 1};
  ManualClock clock;
  store::MemStore store{clock};
  auth::Directory directory{store, clock, {.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 4096}};
  auth::Authenticator authenticator{directory, runtime, clock, {.first_delay_ms = 0, .failures_per_minute = 1'000'000}};
  account::Registry accounts{runtime, store, clock, {.quota_messages = 100}};
  delivery::Pipeline pipeline{directory, accounts, clock, "mx.example.org"};
  smtp::Context context{pipeline, directory, authenticator, "mx.example.org", nullptr, true, 10'000};

  Server() {
    log::set_level(log::Level::error);
    (void)block_on(runtime.home(0), directory.add_domain("example.org"));
    (void)block_on(runtime.home(0), directory.add_account("a@example.org", "b"));
  }
};

Task<void> served(std::unique_ptr<net::Stream> stream, smtp::Context* context, smtp::Role role) {
  try {
    co_await smtp::serve(std::move(stream), *context, role);
  } catch (const net::ConnectionOver&) {
  }
}

Task<std::string> play(smtp::Context* context, smtp::Role role, std::string_view first, std::string_view second) {
  auto [client, server] = net::memory_pipe();
  Group group;
  group.spawn_on(Home::current(), served(std::move(server), context, role));
  std::string out;
  net::Connection c(std::move(client));
  try {
    co_await c.stream().write(first);
    for (int i = 0; i < 20; ++i) co_await Home::current().yield();
    co_await c.stream().write(second);
    // Ends whatever it is in the middle of: data, a chunk of up to 20,000 bytes, an exchange.
    const auto end = std::string(20'000, 'x') + "\r\n.\r\n*\r\nQUIT\r\nQUIT\r\n";
    co_await c.stream().write(end);
    while (co_await c.fill()) {
      out += c.input();
      c.consume(c.input().size());
    }
  } catch (const net::ConnectionOver&) {
  }
  c.stream().close();
  co_await group.wait();
  co_return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* server = new Server;
  if (size == 0) return 0;
  const auto role = static_cast<smtp::Role>(data[0] % 3);
  const std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto cut = in.size() * (data[0] / 3) / 85;
  const auto out = block_on(server->runtime.home(0), play(&server->context, role, in.substr(0, cut), in.substr(cut)));
  for (std::size_t at = 0; at < out.size(); at = out.find("\r\n", at) + 2) {
    if (out[at] < '2' || out[at] > '5' || at + 4 > out.size() || (out[at + 3] != ' ' && out[at + 3] != '-'))
      std::abort();
    if (out.find("\r\n", at) == std::string::npos) std::abort();
  }
  if (metrics::counter("bugs_total").get() != 0) std::abort();
  return 0;
}

// SASL exchanges with any messages: no crash, no success without the password, and SCRAM messages that parse are read
// back from their parts.
#include <cstdint>

#include "auth/authenticator.h"
#include "auth/directory.h"
#include "auth/scram.h"
#include "base/check.h"
#include "base/log.h"
#include "store/mem/mem_store.h"

namespace {

using namespace mailstead;

struct World {
  ManualClock clock;
  Runtime runtime{1, 1, 1};
  store::MemStore store{clock};
  auth::Directory directory{store, clock, {.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 1}};
  auth::AuthenticatorOptions options() {
    auth::AuthenticatorOptions o;
    o.first_delay_ms = 0;
    o.failures_per_minute = ~0U;
    return o;
  }
  auth::Authenticator authenticator{directory, runtime, clock, options()};

  World() {
    log::set_level(log::Level::error);
    CHECK(block_on(runtime.home(0), directory.add_domain("a.b")));
    CHECK(block_on(runtime.home(0), directory.add_account("u@a.b", "correct horse battery staple", true)));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  if (size == 0) return 0;
  const std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
  static constexpr const char* k_names[] = {"PLAIN", "LOGIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"};
  auto session =
      auth::sasl_begin(k_names[data[0] % 4], world.authenticator,
                       {.address = "", .scope = auth::imap, .tls = true, .tls_exporter = "x", .offer_scram = true});
  if (const auto first = auth::parse_client_first(in)) CHECK(first->gs2_header + first->bare == in);
  (void)auth::parse_client_final(in);
  for (std::size_t at = 0; at <= in.size();) {
    const auto end = std::min(in.find('\n', at), in.size());
    const auto step = block_on(world.runtime.home(0), session->step(std::string(in.substr(at, end - at))));
    CHECK(step.kind != auth::SaslSession::Step::success);
    if (step.kind == auth::SaslSession::Step::failure) break;
    at = end + 1;
  }
  return 0;
}

// A POP3 session. Maildrop = INBOX as this device sees it, a snapshot for the whole session: numbers fixed, sizes
// exact, UIDLs stable for ever. QUIT answers after the commit. (RFC 1939, 2449, 2595, 3206, 5034, 6856)
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <utility>

#include "account/registry.h"
#include "auth/authenticator.h"
#include "base/clock.h"
#include "net/stream.h"
#include "net/tls.h"

namespace mailstead::pop3 {

// What QUIT does with the messages marked by DELE, unless the account or the device says otherwise.
using Policy = account::Pop3Policy;

// Which device's maildrop is open: a second session of the same device gets [IN-USE]. Any thread.
class Maildrops {
 public:
  // Account, device, folder ("": INBOX): two folders are two maildrops.
  using Key = std::tuple<std::uint64_t, std::uint32_t, std::string>;
  // in_use; or throttled when the last login was less than `delay_s` ago (RFC 2449 §6.5).
  Result<> enter(Key key, std::int64_t now, std::int64_t delay_s);
  void leave(Key key, std::int64_t delay_s);

 private:
  struct State {
    bool open = false;
    std::int64_t last_login = 0;
  };
  std::mutex mutex_;
  std::map<Key, State> state_;
};

struct Context {
  Runtime& runtime;
  auth::Directory& directory;
  auth::Authenticator& authenticator;
  account::Registry& accounts;
  const Clock& clock;
  std::string hostname;
  std::shared_ptr<net::TlsContext> tls;  // for STLS; null: not offered
  bool allow_plain_without_tls = false;
  Policy policy = Policy::automatic;
  std::int64_t login_delay_s = 0;
  bool pipelining = false;  // RFC 2449 §6.6 is announced; commands sent ahead are answered either way
  Maildrops maildrops{};
};

// Until the session's end. `context` outlives it.
Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context);

}  // namespace mailstead::pop3

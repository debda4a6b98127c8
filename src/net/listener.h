// Listening sockets. Connections are spread over the homes; each is given to a handler as a coroutine of the listener's
// group, with net::ConnectionOver, Bug and std::bad_alloc caught here: the top of a connection.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/stream.h"
#include "net/tls.h"
#include "runtime/group.h"

namespace mailstead::net {

struct Endpoint {
  std::string address;     // numeric address; or "unix:/path"
  std::uint16_t port = 0;  // 0: any free one, see Listener::port()
};

class Listener {
 public:
  // Called on the connection's home; the coroutine owns the stream. `tls` implicit: the handshake is done before.
  using Handler = std::function<Task<void>(std::unique_ptr<Stream>)>;

  virtual ~Listener() = default;  // after close() and wait()
  // Listens and accepts at once. `name` is for logs and metrics: "imap", "imaps", …
  // Limits: limits::k_connections, k_connections_per_address, three quarters of the descriptors; one above them is told
  // `refusal`, a greeting of its protocol, and closed. At EMFILE accepting pauses.
  static Result<std::unique_ptr<Listener>> open(Runtime& runtime, std::string name, Endpoint at,
                                                std::shared_ptr<TlsContext> implicit_tls, Handler handler,
                                                std::string refusal = {});
  virtual std::uint16_t port() const = 0;
  virtual void close() = 0;              // no new connections; any thread
  virtual void close_connections() = 0;  // ends what is open: each stream is closed on its home
  virtual void wait() = 0;               // blocks a thread that is no home until all have ended
};

}  // namespace mailstead::net

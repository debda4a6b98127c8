// A connection's bytes, plain or TLS, TCP or UNIX: the one interface that protocols see. A Stream lives on one home and
// is used there only, by one reader and one writer at a time. Errors other than a clean end throw ConnectionOver.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "runtime/home.h"
#include "runtime/task.h"

namespace mailstead::net {

// "This connection is over": reset, deadline, shutdown, protocol violation that ends it. Caught at the top of a
// connection.
class ConnectionOver : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Its input did not come in time. The output still works: for a last word, where the protocol has one.
class DeadlineOver : public ConnectionOver {
 public:
  DeadlineOver() : ConnectionOver("deadline") {}
};

class TlsContext;

struct Peer {
  std::string address;  // numeric address, or "unix"
  std::uint16_t port = 0;
};

class Stream {
 public:
  virtual ~Stream() = default;

  // At least one byte, or 0 at the clean end of input.
  virtual Task<std::size_t> read_some(std::span<char> into) = 0;
  // All of it; `bytes` must stay until done. Fails when the client does not read for limits::k_write_stall_ms.
  virtual Task<void> write(std::string_view bytes) = 0;

  // Waits without holding a buffer: true when read_some has something (or the end), false after interrupt().
  virtual Task<bool> wait_input() = 0;
  // From this home: ends a wait_input now in progress, or else the next one, with false.
  virtual void interrupt() = 0;

  // Reading and waiting for input throws DeadlineOver once this much time has passed; 0 takes the deadline away.
  virtual void set_deadline(std::int64_t ms_from_now) = 0;

  // RFC 3207, 2595, 9051 §6.2.1: the server's side of the handshake on a plain stream. The caller has made sure that no
  // plain byte is left in its own buffer.
  virtual Task<void> start_tls(std::shared_ptr<TlsContext> context) = 0;
  virtual bool is_tls() const = 0;
  virtual std::string tls_version() const = 0;  // "TLSv1.3 TLS_AES_…", empty when plain; for Received and logs
  // Channel binding data for SCRAM-…-PLUS (RFC 9266 tls-exporter, 32 bytes); empty when plain or TLS 1.2.
  virtual std::string tls_exporter() const = 0;

  // Goes on at another home: afterwards the caller runs there and uses the stream there only.
  virtual Task<void> move_to(Home& home) = 0;

  // TLS close_notify if possible, then shutdown. Later reads and writes fail. Wakes a waiting reader.
  virtual void close() = 0;
  virtual const Peer& peer() const = 0;
  virtual std::uint16_t local_port() const = 0;
};

}  // namespace mailstead::net

// Connections without sockets for transcripts: the client's end is used by the test's thread, the server's end is a
// net::Stream on any home. One Hub watches all of them, so that the test can wait until no session has anything left to
// do: each has taken all its input and waits for more, or has ended.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "net/stream.h"
#include "runtime/group.h"

namespace mailstead::transcript {

// How the server's reads cut the client's bytes.
enum class Split : std::uint8_t { whole, bytes, random };

class Wire;

class Hub {
 public:
  Hub(Split split, std::uint64_t seed) : split_(split), random_(seed) {}

  std::shared_ptr<Wire> connect(bool tls);
  // True when all sessions wait for their clients or have ended; false when some still work after `timeout_ms`.
  bool settle(std::int64_t timeout_ms);

 private:
  friend class Wire;
  friend class ServerEnd;
  std::size_t piece(std::size_t available);  // with mutex_ held

  const Split split_;
  std::mt19937_64 random_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::weak_ptr<Wire>> wires_;
};

// One connection. The functions are the client's and may be called by any thread but a home.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  Wire(Hub& hub, bool tls) : hub_(hub), tls_(tls) {}

  std::unique_ptr<net::Stream> server_end();  // once
  void ended();                               // the session has returned

  void send(std::string_view bytes);
  std::string take();   // what the server has sent since the last take
  void close();         // the client is gone
  void time_out();      // the deadline of the session's wait passes
  bool closed() const;  // by the server

 private:
  friend class Hub;
  friend class ServerEnd;
  bool ready() const { return !to_server_.empty() || client_closed_ || server_closed_ || interrupted_ || timed_out_; }
  void wake();  // with the hub's mutex held

  Hub& hub_;
  std::string to_server_, to_client_;
  bool tls_;
  bool client_closed_ = false, server_closed_ = false, interrupted_ = false, timed_out_ = false, ended_ = false;
  std::coroutine_handle<> reader_;
  Home* reader_home_ = nullptr;
};

}  // namespace mailstead::transcript

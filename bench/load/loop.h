// One epoll loop and its connections, plain or TLS. A session derives from Connection; nothing blocks.
#pragma once

#include <chrono>
#include <cstdint>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "load/target.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_session_st SSL_SESSION;

namespace load {

using TimePoint = std::chrono::steady_clock::time_point;
inline TimePoint now() {
  return std::chrono::steady_clock::now();
}
inline double seconds(TimePoint from, TimePoint to) {
  return std::chrono::duration<double>(to - from).count();
}

class Connection;

class Loop {
 public:
  explicit Loop(const Target& target);
  ~Loop();
  Loop(const Loop&) = delete;

  // Runs until stop(), or until no connection is open. Ends the program when nothing came for `stall_s`.
  void run(int stall_s = 120);
  void stop() { stopped_ = true; }
  // Calls the connection's on_timer() at that time, if the loop still runs; the connection must outlive it.
  void at(TimePoint, Connection&);
  const Target& target() const { return target_; }
  std::uint64_t bytes_in() const { return bytes_in_; }
  std::uint64_t bytes_out() const { return bytes_out_; }

 private:
  friend class Connection;
  struct Timer {
    TimePoint at;
    Connection* of;
    bool operator<(const Timer& o) const { return at > o.at; }  // the queue's top is the soonest
  };
  int run_timers(int otherwise_ms);  // how long there is until the next one
  const Target& target_;
  int epoll_ = -1;
  SSL_CTX* tls_ = nullptr;
  SSL_SESSION* session_ = nullptr;  // the last one the server gave, when they are resumed
  unsigned open_ = 0, made_ = 0;
  bool stopped_ = false;
  std::uint64_t bytes_in_ = 0, bytes_out_ = 0;
  std::priority_queue<Timer> timers_;
  std::vector<char> buffer_;  // what a read fills; shared, for an idle connection needs none
};

class Connection {
 public:
  explicit Connection(Loop& loop) : loop_(loop) {}
  virtual ~Connection();
  Connection(const Connection&) = delete;

  void connect(std::uint16_t port = 0);  // 0: the target's
  void send(std::string_view bytes);     // buffered; written at once as far as the socket takes it
  void close();
  bool is_open() const { return fd_ >= 0; }
  bool was_resumed() const;  // its TLS session
  bool is_alive() const;     // open, and the peer has not ended it
  std::size_t unsent() const { return out_.size() - out_at_; }

 protected:
  // Takes what it can use from the front and returns how much; the rest comes again with what follows it.
  virtual std::size_t on_input(std::string_view) = 0;
  virtual void on_closed();  // by the peer; a session that does not expect it ends the program
  virtual void on_timer() {}
  virtual void on_sent() {}  // all that was given to send() is in the socket
  Loop& loop() { return loop_; }

 private:
  friend class Loop;
  enum class State : std::uint8_t { closed, connecting, handshake, open };
  void event(std::uint32_t events);
  void step_handshake();
  void read_all();
  void write_all();
  void want(bool write);
  void give(std::string_view bytes);

  Loop& loop_;
  int fd_ = -1;
  SSL* ssl_ = nullptr;
  State state_ = State::closed;
  bool wants_write_ = false;
  std::string pending_, out_;
  std::size_t out_at_ = 0;
};

}  // namespace load

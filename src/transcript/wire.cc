#include "transcript/wire.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace mailstead::transcript {

class ServerEnd final : public net::Stream {
 public:
  explicit ServerEnd(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}
  ~ServerEnd() override { close(); }

  Task<std::size_t> read_some(std::span<char> into) override {
    for (;;) {
      co_await Wait{*wire_};
      std::lock_guard lock(wire_->hub_.mutex_);
      if (wire_->timed_out_) throw net::DeadlineOver();
      wire_->interrupted_ = false;
      auto& bytes = wire_->to_server_;
      if (bytes.empty() && !wire_->client_closed_ && !wire_->server_closed_) continue;
      const auto n = std::min(into.size(), wire_->hub_.piece(bytes.size()));
      std::copy_n(bytes.data(), n, into.data());
      bytes.erase(0, n);
      co_return n;
    }
  }
  Task<void> write(std::string_view bytes) override {
    std::lock_guard lock(wire_->hub_.mutex_);
    if (wire_->client_closed_ || wire_->server_closed_) throw net::ConnectionOver("closed");
    wire_->to_client_ += bytes;
    co_return;
  }
  Task<bool> wait_input() override {
    co_await Wait{*wire_};
    std::lock_guard lock(wire_->hub_.mutex_);
    if (wire_->timed_out_) throw net::DeadlineOver();
    if (std::exchange(wire_->interrupted_, false) && wire_->to_server_.empty()) co_return false;
    co_return true;
  }
  void interrupt() override {
    std::lock_guard lock(wire_->hub_.mutex_);
    wire_->interrupted_ = true;
    wire_->wake();
  }
  void set_deadline(std::int64_t) override {}
  Task<void> start_tls(std::shared_ptr<net::TlsContext>) override {
    tls_ = true;
    co_return;
  }
  bool is_tls() const override { return tls_; }
  std::string tls_version() const override { return tls_ ? "TLSv1.3 memory" : ""; }
  std::string tls_exporter() const override { return tls_ ? std::string(32, 'x') : std::string(); }
  Task<void> move_to(Home& home) override { co_await home.enter(); }
  void close() override {
    std::lock_guard lock(wire_->hub_.mutex_);
    wire_->server_closed_ = true;
    wire_->wake();
    wire_->hub_.changed_.notify_all();
  }
  const net::Peer& peer() const override { return peer_; }
  std::uint16_t local_port() const override { return 0; }

 private:
  struct Wait {
    Wire& wire;
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> h) const {
      std::lock_guard lock(wire.hub_.mutex_);
      if (wire.ready()) return false;
      wire.reader_ = h;
      wire.reader_home_ = &Home::current();
      wire.hub_.changed_.notify_all();
      return true;
    }
    void await_resume() const {}
  };

  const std::shared_ptr<Wire> wire_;
  bool tls_ = wire_->tls_;
  net::Peer peer_{"192.0.2.1", 4711};
};

std::shared_ptr<Wire> Hub::connect(bool tls) {
  auto wire = std::make_shared<Wire>(*this, tls);
  std::lock_guard lock(mutex_);
  std::erase_if(wires_, [](const auto& w) { return w.expired(); });
  wires_.push_back(wire);
  return wire;
}

bool Hub::settle(std::int64_t timeout_ms) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(timeout_ms), [this] {
    return std::all_of(wires_.begin(), wires_.end(), [](const auto& weak) {
      const auto wire = weak.lock();
      return !wire || wire->ended_ || wire->reader_;
    });
  });
}

std::size_t Hub::piece(std::size_t available) {
  if (split_ == Split::whole || available <= 1) return available;
  if (split_ == Split::bytes) return 1;
  // Mostly a few bytes, at times all.
  const auto bound =
      std::uniform_int_distribution<int>(0, 3)(random_) == 0 ? available : std::min<std::size_t>(available, 7);
  return std::uniform_int_distribution<std::size_t>(1, bound)(random_);
}

std::unique_ptr<net::Stream> Wire::server_end() {
  return std::make_unique<ServerEnd>(shared_from_this());
}

void Wire::ended() {
  std::lock_guard lock(hub_.mutex_);
  ended_ = server_closed_ = true;
  hub_.changed_.notify_all();
}

void Wire::send(std::string_view bytes) {
  std::lock_guard lock(hub_.mutex_);
  if (server_closed_) return;
  to_server_ += bytes;
  wake();
}

std::string Wire::take() {
  std::lock_guard lock(hub_.mutex_);
  return std::exchange(to_client_, {});
}

void Wire::close() {
  std::lock_guard lock(hub_.mutex_);
  client_closed_ = true;
  wake();
}

void Wire::time_out() {
  std::lock_guard lock(hub_.mutex_);
  timed_out_ = true;
  wake();
}

bool Wire::closed() const {
  std::lock_guard lock(hub_.mutex_);
  return server_closed_;
}

void Wire::wake() {
  if (const auto h = std::exchange(reader_, {})) reader_home_->post(h);
}

}  // namespace mailstead::transcript

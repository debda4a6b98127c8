#include "net/memory_stream.h"

#include <algorithm>
#include <coroutine>
#include <string>

namespace mailstead::net {
namespace {

// One direction. Writing never waits; reading waits for bytes, the end, or an interruption.
struct Pipe {
  std::string bytes;
  bool ended = false;
  bool interrupted = false;
  std::coroutine_handle<> reader;

  void wake() {
    if (auto h = std::exchange(reader, {})) Home::current().post(h);
  }
  struct Wait {
    Pipe& pipe;
    bool await_ready() const { return !pipe.bytes.empty() || pipe.ended || pipe.interrupted; }
    void await_suspend(std::coroutine_handle<> h) const { pipe.reader = h; }
    void await_resume() const {}
  };
};

class MemoryStream final : public Stream {
 public:
  MemoryStream(std::shared_ptr<Pipe> in, std::shared_ptr<Pipe> out) : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override { close(); }

  Task<std::size_t> read_some(std::span<char> into) override {
    while (in_->bytes.empty() && !in_->ended) {
      in_->interrupted = false;
      co_await Pipe::Wait{*in_};
    }
    const auto n = std::min(into.size(), in_->bytes.size());
    std::copy_n(in_->bytes.data(), n, into.data());
    in_->bytes.erase(0, n);
    co_return n;
  }
  Task<void> write(std::string_view bytes) override {
    if (out_->ended) throw ConnectionOver("closed");
    out_->bytes += bytes;
    out_->wake();
    co_return;
  }
  Task<bool> wait_input() override {
    co_await Pipe::Wait{*in_};
    if (std::exchange(in_->interrupted, false) && in_->bytes.empty()) co_return false;
    co_return true;
  }
  void interrupt() override {
    in_->interrupted = true;
    in_->wake();
  }
  void set_deadline(std::int64_t) override {}
  Task<void> start_tls(std::shared_ptr<TlsContext>) override {
    tls_ = true;
    co_return;
  }
  bool is_tls() const override { return tls_; }
  std::string tls_version() const override { return tls_ ? "TLSv1.3 memory" : ""; }
  std::string tls_exporter() const override { return tls_ ? std::string(32, 'x') : std::string(); }
  Task<void> move_to(Home& home) override { co_await home.enter(); }
  void close() override {
    for (const auto& p : {in_, out_}) {
      p->ended = true;
      p->wake();
    }
  }
  const Peer& peer() const override { return peer_; }
  std::uint16_t local_port() const override { return 0; }

 private:
  std::shared_ptr<Pipe> in_, out_;
  Peer peer_{"memory", 0};
  bool tls_ = false;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_pipe() {
  const auto there = std::make_shared<Pipe>(), back = std::make_shared<Pipe>();
  return {std::make_unique<MemoryStream>(there, back), std::make_unique<MemoryStream>(back, there)};
}

}  // namespace mailstead::net

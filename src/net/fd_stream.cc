#include "net/fd_stream.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <coroutine>
#include <optional>

#include "base/ascii.h"
#include "base/limits.h"
#include "net/tls_internal.h"
#include "runtime/timer.h"

namespace mailstead::net {
namespace {

using Descriptor = boost::asio::posix::stream_descriptor;

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

// Resumes when the descriptor is ready, or when the wait was cancelled: the awaiter looks again in any case.
struct Ready {
  Descriptor& descriptor;
  Descriptor::wait_type type;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    descriptor.async_wait(type, [h](const boost::system::error_code&) { h.resume(); });
  }
  void await_resume() const {}
};

}  // namespace

class FdStream final : public Stream {
 public:
  FdStream(int fd, Peer peer, std::uint16_t local_port, std::function<void(Stream*, Home*)> on_home)
      : peer_(std::move(peer)), local_port_(local_port), on_home_(std::move(on_home)) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    descriptor_.emplace(Home::current().context(), fd);
    if (on_home_) on_home_(this, &Home::current());
  }
  ~FdStream() override {
    if (!closed_) notify_close();
    if (on_home_) on_home_(this, nullptr);
  }

  Task<std::size_t> read_some(std::span<char> into) override {
    for (;;) {
      check();
      if (ssl_) {
        ERR_clear_error();
        std::size_t got = 0;
        if (SSL_read_ex(ssl_.get(), into.data(), into.size(), &got) == 1) co_return got;
        const int reason = SSL_get_error(ssl_.get(), 0);
        if (reason == SSL_ERROR_ZERO_RETURN) co_return 0;
        co_await wait_tls(reason, "read");
      } else {
        const auto got = ::recv(descriptor_->native_handle(), into.data(), into.size(), 0);
        if (got >= 0) co_return static_cast<std::size_t>(got);
        if (errno == EINTR) continue;
        if (errno != EAGAIN) throw ConnectionOver(cat("read: ", std::string_view(strerror(errno))));
        co_await Ready{*descriptor_, Descriptor::wait_read};
      }
    }
  }

  Task<void> write(std::string_view bytes) override {
    const auto until = steady_ms() + limits::k_write_stall_ms;
    const WriteDeadline guard(*this, until);
    while (!bytes.empty()) {
      if (closed_) throw ConnectionOver("closed");
      if (steady_ms() >= until) throw ConnectionOver("write deadline");
      if (ssl_) {
        ERR_clear_error();
        std::size_t wrote = 0;
        if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &wrote) == 1) {
          bytes.remove_prefix(wrote);
          continue;
        }
        co_await wait_tls(SSL_get_error(ssl_.get(), 0), "write");
      } else {
        const auto wrote = ::send(descriptor_->native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (wrote >= 0) {
          bytes.remove_prefix(static_cast<std::size_t>(wrote));
        } else if (errno == EAGAIN) {
          arm();
          co_await Ready{*descriptor_, Descriptor::wait_write};
        } else if (errno != EINTR) {
          throw ConnectionOver(cat("write: ", std::string_view(strerror(errno))));
        }
      }
    }
  }

  Task<bool> wait_input() override {
    for (;;) {
      check();
      if (std::exchange(interrupted_, false)) co_return false;
      if (ssl_ && SSL_has_pending(ssl_.get()) == 1) co_return true;
      char byte = 0;
      const auto got = ::recv(descriptor_->native_handle(), &byte, 1, MSG_PEEK);
      if (got >= 0 || (errno != EAGAIN && errno != EINTR)) co_return true;  // read_some tells what it is
      waiting_input_ = true;
      co_await Ready{*descriptor_, Descriptor::wait_read};
      waiting_input_ = false;
    }
  }

  void interrupt() override {
    interrupted_ = true;
    if (waiting_input_) descriptor_->cancel();
  }

  void set_deadline(std::int64_t ms_from_now) override {
    deadline_ = ms_from_now > 0 ? steady_ms() + ms_from_now : 0;
    arm();
  }

  Task<void> start_tls(std::shared_ptr<TlsContext> context) override {
    context_ = std::static_pointer_cast<OpenSslContext>(std::move(context));
    ssl_ = context_->new_session();
    if (!ssl_ || SSL_set_fd(ssl_.get(), descriptor_->native_handle()) != 1) throw ConnectionOver("tls: no session");
    SSL_set_accept_state(ssl_.get());
    for (;;) {
      check();
      ERR_clear_error();
      const int done = SSL_do_handshake(ssl_.get());
      if (done == 1) break;
      co_await wait_tls(SSL_get_error(ssl_.get(), done), "handshake");
    }
  }

  bool is_tls() const override { return ssl_ != nullptr; }
  std::string tls_version() const override {
    return ssl_ ? cat(std::string_view(SSL_get_version(ssl_.get())), ' ',
                      std::string_view(SSL_get_cipher_name(ssl_.get())))
                : std::string();
  }
  std::string tls_exporter() const override {
    // RFC 9266 §4.2: only TLS 1.3 (or 1.2 with extended master secret; not offered here).
    if (!ssl_ || SSL_version(ssl_.get()) != TLS1_3_VERSION) return {};
    static constexpr std::string_view label = "EXPORTER-Channel-Binding";
    std::string out(32, '\0');
    if (SSL_export_keying_material(ssl_.get(), reinterpret_cast<unsigned char*>(out.data()), out.size(), label.data(),
                                   label.size(), reinterpret_cast<const unsigned char*>(""), 0, 1) != 1)
      return {};
    return out;
  }

  Task<void> move_to(Home& home) override {
    if (home.here()) co_return;
    timer_.reset();
    armed_until_ = 0;
    const int fd = descriptor_->release();
    descriptor_.reset();
    if (on_home_) on_home_(this, nullptr);
    co_await home.enter();
    descriptor_.emplace(home.context(), fd);
    if (on_home_) on_home_(this, &home);
    arm();
  }

  void close() override {
    if (closed_) return;
    closed_ = true;
    notify_close();
    ::shutdown(descriptor_->native_handle(), SHUT_RDWR);
    descriptor_->cancel();
  }

  const Peer& peer() const override { return peer_; }
  std::uint16_t local_port() const override { return local_port_; }

 private:
  // While a write is in progress the timer also watches for a client that never reads.
  struct WriteDeadline {
    WriteDeadline(FdStream& s, std::int64_t until) : stream(s) { stream.write_deadline_ = until; }
    ~WriteDeadline() { stream.write_deadline_ = 0; }
    FdStream& stream;
  };

  // One close_notify if it fits; nobody waits for the answer.
  void notify_close() {
    if (!ssl_ || SSL_is_init_finished(ssl_.get()) != 1) return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
  }

  void check() const {
    if (closed_) throw ConnectionOver("closed");
    if (deadline_ != 0 && steady_ms() >= deadline_) throw DeadlineOver();
  }

  Task<void> wait_tls(int reason, const char* what) {
    if (write_deadline_ != 0) arm();
    if (reason == SSL_ERROR_WANT_READ) {
      co_await Ready{*descriptor_, Descriptor::wait_read};
    } else if (reason == SSL_ERROR_WANT_WRITE) {
      co_await Ready{*descriptor_, Descriptor::wait_write};
    } else {
      char text[200] = "";
      const auto code = ERR_get_error();
      if (code != 0) ERR_error_string_n(code, text, sizeof text);
      ERR_clear_error();
      throw ConnectionOver(cat("tls ", std::string_view(what), ": ",
                               code != 0 ? std::string_view(text) : std::string_view(strerror(errno))));
    }
  }

  // One timer a stream, armed at most once at a time: setting a later deadline costs nothing.
  void arm() {
    auto until = deadline_;
    if (write_deadline_ != 0 && (until == 0 || write_deadline_ < until)) until = write_deadline_;
    if (until == 0 || (armed_until_ != 0 && armed_until_ <= until)) return;
    if (!timer_) timer_.emplace();
    armed_until_ = until;
    timer_->start(std::max<std::int64_t>(until - steady_ms(), 0) + 1, [this] {
      armed_until_ = 0;
      descriptor_->cancel();  // whoever waits looks at the clock
      const auto now = steady_ms();
      if ((deadline_ != 0 && deadline_ > now) || (write_deadline_ != 0 && write_deadline_ > now)) arm();
    });
  }

  std::optional<Descriptor> descriptor_;
  std::shared_ptr<OpenSslContext> context_;
  SslPtr ssl_;
  Peer peer_;
  std::uint16_t local_port_;
  std::function<void(Stream*, Home*)> on_home_;
  std::optional<Timer> timer_;
  std::int64_t deadline_ = 0, write_deadline_ = 0, armed_until_ = 0;
  bool closed_ = false, interrupted_ = false, waiting_input_ = false;
};

std::unique_ptr<Stream> make_fd_stream(int fd, Peer peer, std::uint16_t local_port,
                                       std::function<void(Stream*, Home*)> on_home) {
  return std::make_unique<FdStream>(fd, std::move(peer), local_port, std::move(on_home));
}

}  // namespace mailstead::net

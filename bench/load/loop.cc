#include "load/loop.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/ascii.h"

namespace load {
namespace {

constexpr std::size_t k_read_bytes = 1 << 20;

std::string system_error(std::string_view what) {
  return mailstead::cat(what, ": ", std::strerror(errno));
}

}  // namespace

Loop::Loop(const Target& target) : target_(target), epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(k_read_bytes) {
  if (epoll_ < 0) die(system_error("epoll"));
  if (!target.tls) return;
  tls_ = SSL_CTX_new(TLS_client_method());
  // The server under test has a self-signed certificate.
  SSL_CTX_set_verify(tls_, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(tls_,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(tls_, 0);
  if (!target.resume) return;
  SSL_CTX_set_session_cache_mode(tls_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_set_app_data(tls_, this);
  SSL_CTX_sess_set_new_cb(tls_, [](SSL* ssl, SSL_SESSION* session) {
    auto* loop = static_cast<Loop*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    if (loop->session_ != nullptr) SSL_SESSION_free(loop->session_);
    loop->session_ = session;
    return 1;
  });
}

Loop::~Loop() {
  if (session_ != nullptr) SSL_SESSION_free(session_);
  if (tls_ != nullptr) SSL_CTX_free(tls_);
  ::close(epoll_);
}

void Loop::run(int stall_s) {
  stopped_ = false;
  std::array<epoll_event, 256> events;
  while (!stopped_ && open_ > 0) {
    const int wait_ms = run_timers(stall_s * 1000);
    if (stopped_ || open_ == 0) return;
    const int n = epoll_wait(epoll_, events.data(), events.size(), wait_ms);
    if (n < 0 && errno != EINTR) die(system_error("epoll_wait"));
    if (n == 0 && timers_.empty()) die(mailstead::cat("nothing came for ", stall_s, " s"));
    for (int i = 0; i < n; ++i) {
      const auto& e = events[static_cast<std::size_t>(i)];
      static_cast<Connection*>(e.data.ptr)->event(e.events);
      if (stopped_) return;
    }
  }
}

void Loop::at(TimePoint when, Connection& of) {
  timers_.push({when, &of});
}

int Loop::run_timers(int otherwise_ms) {
  while (!timers_.empty() && !stopped_) {
    const auto left = timers_.top().at - now();
    if (left > TimePoint::duration::zero())
      return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
    auto* of = timers_.top().of;
    timers_.pop();
    of->on_timer();
  }
  return otherwise_ms;
}

Connection::~Connection() {
  close();
}

void Connection::connect(std::uint16_t port) {
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) die(system_error("socket"));
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ++loop_.open_;
  if (const auto sources = loop_.target_.sources; sources > 1) {
    setsockopt(fd_, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(0x7f000002U + loop_.made_ % sources);
    if (bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) die(system_error("bind"));
  }
  ++loop_.made_;
  epoll_event e{.events = EPOLLIN | EPOLLOUT, .data = {.ptr = this}};
  epoll_ctl(loop_.epoll_, EPOLL_CTL_ADD, fd_, &e);
  wants_write_ = true;
  state_ = State::connecting;
  auto to = loop_.target_.address;
  if (port != 0) to.sin_port = htons(port);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS)
    die(system_error("connect"));
}

void Connection::close() {
  if (fd_ < 0) return;
  if (ssl_ != nullptr) {
    SSL_set_quiet_shutdown(ssl_, 1);  // marks the session as resumable
    SSL_shutdown(ssl_);
    SSL_free(ssl_);
    ssl_ = nullptr;
  }
  ::close(fd_);
  fd_ = -1;
  state_ = State::closed;
  pending_.clear();
  out_.clear();
  out_at_ = 0;
  --loop_.open_;
}

bool Connection::was_resumed() const {
  return ssl_ != nullptr && SSL_session_reused(ssl_) == 1;
}

bool Connection::is_alive() const {
  char byte = 0;
  if (fd_ < 0) return false;
  const auto n = recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

void Connection::on_closed() {
  die("the server closed a connection");
}

void Connection::want(bool write) {
  if (write == wants_write_) return;
  wants_write_ = write;
  epoll_event e{.events = EPOLLIN | (write ? EPOLLOUT : 0U), .data = {.ptr = this}};
  epoll_ctl(loop_.epoll_, EPOLL_CTL_MOD, fd_, &e);
}

void Connection::event(std::uint32_t events) {
  if (fd_ < 0) return;
  if (state_ == State::connecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    if (error != 0) die(system_error("connect"));
    if ((events & EPOLLOUT) == 0) return;
    want(false);
    if (loop_.tls_ != nullptr) {
      ssl_ = SSL_new(loop_.tls_);
      SSL_set_fd(ssl_, fd_);
      if (loop_.session_ != nullptr) SSL_set_session(ssl_, loop_.session_);
      SSL_set_connect_state(ssl_);
      state_ = State::handshake;
    } else {
      state_ = State::open;
    }
  }
  if (state_ == State::handshake) {
    step_handshake();
    if (state_ != State::open) return;
  }
  if ((events & EPOLLOUT) != 0 && unsent() > 0) write_all();
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_all();
}

void Connection::step_handshake() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_);
  if (done == 1) {
    state_ = State::open;
    want(false);
    if (unsent() > 0) write_all();
    return;
  }
  const int why = SSL_get_error(ssl_, done);
  if (why == SSL_ERROR_WANT_READ) return want(false);
  if (why == SSL_ERROR_WANT_WRITE) return want(true);
  std::array<char, 256> text;
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  die(mailstead::cat("TLS handshake: ", text.data()));
}

void Connection::read_all() {
  auto& buffer = loop_.buffer_;
  while (fd_ >= 0) {
    std::size_t n = 0;
    bool end = false;
    if (ssl_ == nullptr) {
      const auto got = ::read(fd_, buffer.data(), buffer.size());
      if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
      end = got <= 0;
      n = end ? 0 : static_cast<std::size_t>(got);
    } else {
      ERR_clear_error();
      // A record at a time would mean a parser's turn each: fill the buffer first.
      int why = 0;
      while (n < buffer.size()) {
        const int got = SSL_read(ssl_, buffer.data() + n, static_cast<int>(buffer.size() - n));
        if (got <= 0) {
          why = SSL_get_error(ssl_, got);
          break;
        }
        n += static_cast<std::size_t>(got);
      }
      if (n == 0 && (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)) return;
      end = n == 0;
    }
    if (end) {
      close();
      on_closed();
      return;
    }
    loop_.bytes_in_ += n;
    give({buffer.data(), n});
    if (ssl_ == nullptr && n < buffer.size()) return;
  }
}

void Connection::give(std::string_view bytes) {
  if (!pending_.empty()) {
    pending_ += bytes;
    // on_input may close the connection, which empties what is pending.
    std::string whole;
    whole.swap(pending_);
    const auto used = on_input(whole);
    if (fd_ < 0) return;
    whole.erase(0, used);
    pending_.swap(whole);
    return;
  }
  const auto used = on_input(bytes);
  if (fd_ >= 0 && used < bytes.size()) pending_.assign(bytes.substr(used));
}

void Connection::send(std::string_view bytes) {
  const bool idle = unsent() == 0;
  if (idle) {
    out_.clear();
    out_at_ = 0;
  }
  out_ += bytes;
  if (idle && state_ == State::open) write_all();
}

void Connection::write_all() {
  while (unsent() > 0) {
    const char* from = out_.data() + out_at_;
    std::size_t n = 0;
    if (ssl_ == nullptr) {
      const auto put = ::send(fd_, from, unsent(), MSG_NOSIGNAL);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0 && errno == EAGAIN) return want(true);
      if (put < 0) return;  // the reading side reports the end
      n = static_cast<std::size_t>(put);
    } else {
      ERR_clear_error();
      const int put = SSL_write(ssl_, from, static_cast<int>(std::min(unsent(), std::size_t{1} << 24)));
      if (put <= 0) return want(true);
      n = static_cast<std::size_t>(put);
    }
    out_at_ += n;
    loop_.bytes_out_ += n;
  }
  want(false);
  // A crowd of idle connections must not keep what they once sent.
  if (out_.capacity() > 4096) std::string().swap(out_);
  out_.clear();
  out_at_ = 0;
  on_sent();
}

}  // namespace load

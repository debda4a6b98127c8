#include "net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstring>
#include <map>
#include <mutex>
#include <set>

#include "base/ascii.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "net/fd_stream.h"
#include "runtime/timer.h"

namespace mailstead::net {
namespace {

Error system_error(std::string_view what) {
  return {Errc::unavailable, cat(what, ": ", std::string_view(strerror(errno)))};
}

// Connections of the process by address, so that one address cannot take them all, nor all of them the descriptors that
// the store needs. Programs of this machine that come by a socket file (the admin's commands) always get in.
class Census {
 public:
  bool enter(const std::string& address) {
    std::lock_guard lock(mutex_);
    if ((address != "unix" && total_ >= most_) ||
        (!local(address) && by_address_[address] >= limits::k_connections_per_address)) {
      if (by_address_[address] == 0) by_address_.erase(address);
      return false;
    }
    ++total_;
    ++by_address_[address];
    return true;
  }
  void leave(const std::string& address) {
    std::lock_guard lock(mutex_);
    --total_;
    if (--by_address_[address] == 0) by_address_.erase(address);
  }

 private:
  // Proxies, webmail and load tests on this machine are not one abuser.
  static bool local(const std::string& a) { return a == "unix" || a == "::1" || a.starts_with("127."); }

  static std::size_t most() {
    rlimit descriptors{};
    getrlimit(RLIMIT_NOFILE, &descriptors);
    return std::min<std::size_t>(limits::k_connections, descriptors.rlim_cur / 4 * 3);
  }

  std::mutex mutex_;
  const std::size_t most_ = most();
  std::size_t total_ = 0;
  std::map<std::string, std::size_t> by_address_;
};

Census& census() {
  static Census c;
  return c;
}

Result<int> listen_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return fail(Errc::invalid, cat("socket path too long: ", path));
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::unexpected(system_error("socket"));
  unlink(path.c_str());
  const auto old = umask(0177);
  const int bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  umask(old);
  if (bound != 0 || listen(fd, 1024) != 0) {
    const auto error = system_error(cat("listen on ", path));
    close(fd);
    return std::unexpected(error);
  }
  return fd;
}

Result<int> listen_tcp(const Endpoint& at) {
  sockaddr_storage storage{};
  socklen_t length = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (inet_pton(AF_INET, at.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(at.port);
    length = sizeof *v4;
  } else if (inet_pton(AF_INET6, at.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(at.port);
    length = sizeof *v6;
  } else {
    return fail(Errc::invalid, cat("not an address: ", at.address));
  }
  const int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return std::unexpected(system_error("socket"));
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (storage.ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&storage), length) != 0 || listen(fd, 4096) != 0) {
    const auto error = system_error(cat("listen on ", at.address, " port ", at.port));
    close(fd);
    return std::unexpected(error);
  }
  return fd;
}

std::uint16_t port_of(const sockaddr_storage& s) {
  if (s.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(s).sin_port);
  if (s.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(s).sin6_port);
  return 0;
}

Peer peer_of(const sockaddr_storage& s) {
  char text[INET6_ADDRSTRLEN] = "";
  if (s.ss_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(s).sin_addr, text, sizeof text);
  else if (s.ss_family == AF_INET6)
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(s).sin6_addr, text, sizeof text);
  else
    return {"unix", 0};
  return {text, port_of(s)};
}

using Descriptor = boost::asio::posix::stream_descriptor;

struct Readable {
  Descriptor& descriptor;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) const {
    descriptor.async_wait(Descriptor::wait_read, [h](const boost::system::error_code&) { h.resume(); });
  }
  void await_resume() const {}
};

class SocketListener final : public Listener {
 public:
  SocketListener(Runtime& runtime, std::string name, int fd, std::string unix_path, std::shared_ptr<TlsContext> tls,
                 Handler handler, std::string refusal)
      : runtime_(runtime),
        name_(std::move(name)),
        fd_(fd),
        unix_path_(std::move(unix_path)),
        tls_(std::move(tls)),
        handler_(std::move(handler)),
        refusal_(std::move(refusal)),
        accepted_(metrics::counter("connections_total", cat("listener=\"", name_, '"'))),
        open_(metrics::gauge("connections", cat("listener=\"", name_, '"'))) {
    sockaddr_storage s{};
    socklen_t length = sizeof s;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&s), &length);
    port_ = port_of(s);
  }
  ~SocketListener() override {
    close();
    wait();
    if (!unix_path_.empty()) unlink(unix_path_.c_str());
  }

  void start() { group_.spawn_on(runtime_.home(0), accept_loop()); }
  std::uint16_t port() const override { return port_; }

  void close() override {
    closing_ = true;
    ::shutdown(fd_, SHUT_RDWR);  // wakes the accept loop of a TCP socket
    runtime_.home(0).post([alive = acceptor_] {
      if (alive->descriptor) alive->descriptor->cancel();
    });
  }

  void close_connections() override {
    std::lock_guard lock(streams_->mutex);
    streams_->closing = true;
    for (auto& [stream, home] : streams_->at) close_later(streams_, stream, home);
  }

  void wait() override { group_.wait_blocking(); }

 private:
  struct Streams {
    std::mutex mutex;
    std::map<Stream*, Home*> at;  // a stream on its way between homes is not in here
    bool closing = false;         // streams that arrive at a home from now on are closed there
  };
  // Closes `stream` on its home unless it has gone, or moved on, by then.
  static void close_later(std::shared_ptr<Streams> streams, Stream* stream, Home* home) {
    home->post([streams = std::move(streams), stream, home] {
      {
        std::lock_guard lock(streams->mutex);
        const auto found = streams->at.find(stream);
        if (found == streams->at.end() || found->second != home) return;
      }
      stream->close();  // on its home: it cannot go away meanwhile
    });
  }
  struct Open {  // counted while it lives
    Open(SocketListener& l, const std::string& a) : listener(l), address(a) { listener.open_.add(); }
    ~Open() {
      listener.open_.sub();
      census().leave(address);
    }
    SocketListener& listener;
    const std::string& address;
  };
  struct Acceptor {
    std::optional<Descriptor> descriptor;
  };

  Task<void> accept_loop() {
    acceptor_->descriptor.emplace(Home::current().context(), fd_);
    for (unsigned next = 0; !closing_;) {
      sockaddr_storage from{};
      socklen_t length = sizeof from;
      const int fd = accept4(fd_, reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        group_.spawn_on(runtime_.home(next++ % runtime_.size()), connection(fd, peer_of(from)));
      } else if (errno == EAGAIN) {
        co_await Readable{*acceptor_->descriptor};
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        metrics::counter("accept_exhausted_total").add();
        co_await sleep_ms(100);  // never spin at the descriptor limit
      } else if (errno != EINTR && errno != ECONNABORTED) {
        if (!closing_) log::error("net.accept", {{"listener", name_}, {"error", strerror(errno)}});
        break;
      }
    }
    acceptor_->descriptor.reset();  // closes the socket
  }

  Task<void> connection(int fd, Peer peer) {
    const std::string address = peer.address;
    if (!census().enter(address)) {
      metrics::counter("connections_refused_total").add();
      if (!tls_) [[maybe_unused]]
        const auto sent = ::send(fd, refusal_.data(), refusal_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      ::close(fd);
      co_return;
    }
    accepted_.add();
    const int on = 1;
    if (address != "unix") {
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    }
    const auto track = [streams = streams_](Stream* s, Home* h) {
      std::lock_guard lock(streams->mutex);
      if (h == nullptr) {
        streams->at.erase(s);
        return;
      }
      streams->at[s] = h;
      if (streams->closing) close_later(streams, s, h);
    };
    const Open guard{*this, address};
    try {
      auto stream = make_fd_stream(fd, std::move(peer), port_, track);
      if (tls_) {
        stream->set_deadline(limits::k_login_deadline_ms);
        co_await stream->start_tls(tls_);
      }
      co_await handler_(std::move(stream));
    } catch (const ConnectionOver& e) {
      log::debug("net.over", {{"listener", name_}, {"address", address}, {"why", e.what()}});
    } catch (const Bug& e) {
      log::error("net.bug", {{"listener", name_}, {"address", address}, {"what", e.what()}});
    } catch (const std::bad_alloc&) {
      metrics::counter("out_of_memory_total").add();
      log::error("net.out_of_memory", {{"listener", name_}, {"address", address}});
    }
  }

  Runtime& runtime_;
  const std::string name_;
  const int fd_;
  const std::string unix_path_;
  const std::shared_ptr<TlsContext> tls_;
  const Handler handler_;
  const std::string refusal_;
  metrics::Value& accepted_;
  metrics::Value& open_;
  std::uint16_t port_ = 0;
  std::atomic<bool> closing_{false};
  std::shared_ptr<Streams> streams_ = std::make_shared<Streams>();
  std::shared_ptr<Acceptor> acceptor_ = std::make_shared<Acceptor>();
  Group group_;
};

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(Runtime& runtime, std::string name, Endpoint at,
                                                 std::shared_ptr<TlsContext> implicit_tls, Handler handler,
                                                 std::string refusal) {
  std::string path;
  if (at.address.starts_with("unix:")) path = at.address.substr(5);
  TRY(const int fd, path.empty() ? listen_tcp(at) : listen_unix(path));
  auto listener = std::make_unique<SocketListener>(runtime, std::move(name), fd, path, std::move(implicit_tls),
                                                   std::move(handler), std::move(refusal));
  listener->start();
  return listener;
}

}  // namespace mailstead::net

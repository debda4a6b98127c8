// memory-server: count= size= tls=0|1 certificate= key=: answers one IMAP client after the other: LOGIN, SELECT and
// FETCH
//                of all bodies, from a response that lies in memory: what a connection carries at most. Prints {"port":
//                N} and ends with its standard input.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "base/ascii.h"
#include "load/corpus.h"
#include "load/loop.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {
namespace {

using mailstead::append;
using mailstead::cat;

constexpr std::size_t k_chunk = 1 << 18;  // bytes of one write

// A client's connection; blocking.
class Peer {
 public:
  Peer(int fd, SSL_CTX* tls) : fd_(fd) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (tls == nullptr) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, fd);
    if (SSL_accept(ssl_) != 1) die("TLS handshake");
  }
  ~Peer() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    ::close(fd_);
  }
  Peer(const Peer&) = delete;

  void put(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto part = bytes.substr(0, k_chunk);
      const auto n = ssl_ != nullptr ? SSL_write(ssl_, part.data(), static_cast<int>(part.size()))
                                     : ::send(fd_, part.data(), part.size(), MSG_NOSIGNAL);
      if (n <= 0) die("the client went away");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  // The next line; empty at the end.
  std::string line() {
    for (;;) {
      if (const auto end = in_.find('\n'); end != in_.npos) {
        auto out = in_.substr(0, end + 1);
        in_.erase(0, end + 1);
        return out;
      }
      std::array<char, 4096> buffer;
      const auto n =
          ssl_ != nullptr ? SSL_read(ssl_, buffer.data(), buffer.size()) : ::recv(fd_, buffer.data(), buffer.size(), 0);
      if (n <= 0) return {};
      in_.append(buffer.data(), static_cast<std::size_t>(n));
    }
  }

 private:
  int fd_;
  SSL* ssl_ = nullptr;
  std::string in_;
};

void serve(Peer& client, std::uint64_t count, const std::string& bodies) {
  client.put("* OK ready\r\n");
  for (auto line = client.line(); !line.empty(); line = client.line()) {
    const auto tag = line.substr(0, line.find(' '));
    const auto command = std::string_view(line).substr(std::min(line.size(), tag.size() + 1));
    if (command.starts_with("SELECT")) client.put(cat("* ", count, " EXISTS\r\n"));
    if (command.starts_with("FETCH")) client.put(bodies);
    client.put(cat(tag, " OK done\r\n"));
    if (command.starts_with("LOGOUT")) return;
  }
}

SSL_CTX* tls_of(const Options& o) {
  const auto certificate = o.text("certificate", ""), key = o.text("key", "");
  if (o.number("tls", 0) == 0) return nullptr;
  auto* tls = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(tls, certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(tls, key.c_str(), SSL_FILETYPE_PEM) != 1)
    die("certificate= and key= are PEM files");
  return tls;
}

}  // namespace

int memory_server(const Options& o) {
  const auto count = o.number("count", 1000);
  Corpus corpus(o.number("seed", 1), o.text("size", "real"));
  auto* tls = tls_of(o);
  o.refuse_unused();
  std::string bodies;
  for (std::uint64_t i = 1; i <= count; ++i) {
    const auto message = corpus.next();
    append(bodies, "* ", i, " FETCH (BODY[] {", message.size(), "}\r\n", message, ")\r\n");
  }
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof at;
  if (bind(listener, reinterpret_cast<sockaddr*>(&at), size) != 0 || listen(listener, 8) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    die("cannot listen");
  Report ready;
  ready.number("port", std::uint64_t{ntohs(at.sin_port)});
  ready.print();
  std::array<pollfd, 2> wait{{{listener, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
  while (poll(wait.data(), wait.size(), -1) > 0 && wait[1].revents == 0) {
    Peer client(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), tls);
    serve(client, count, bodies);
  }
  return 0;
}

}  // namespace load

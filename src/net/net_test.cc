#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <latch>

#include "base/metrics.h"
#include "net/connection.h"
#include "net/listener.h"
#include "net/memory_stream.h"
#include "net/tls_internal.h"

namespace mailstead::net {
namespace {

// Blocking client sockets on the test's thread.
int dial(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  return fd;
}

std::string read_all(int fd) {
  std::string out;
  char buffer[4096];
  for (ssize_t n; (n = ::read(fd, buffer, sizeof buffer)) > 0;) out.append(buffer, static_cast<std::size_t>(n));
  return out;
}

// Echoes lines from the other home until QUIT.
Task<void> echo(Runtime* rt, std::unique_ptr<Stream> stream) {
  Connection c(std::move(stream));
  Home& other = rt->home(1 - Home::current().index());
  co_await c.stream().move_to(other);
  other.assert_here();
  c.stream().set_deadline(300);
  for (;;) {
    const auto line = co_await c.read_line(100);
    if (!line) {
      c.write("too long\r\n");
      continue;
    }
    if (!*line || **line == "QUIT") break;
    c.write(**line + "\r\n");
  }
  co_await c.flush();
}

struct Net : testing::Test {
  Runtime rt{2, 1, 1};
  std::unique_ptr<Listener> listener;

  void open(std::shared_ptr<TlsContext> tls = nullptr) {
    auto l = Listener::open(rt, "test", {"127.0.0.1", 0}, std::move(tls),
                            [this](std::unique_ptr<Stream> s) { return echo(&rt, std::move(s)); });
    ASSERT_TRUE(l) << l.error().detail;
    listener = *std::move(l);
  }
  void TearDown() override {
    if (listener) listener->close();
    if (listener) listener->close_connections();
    listener.reset();
  }
};

TEST_F(Net, EchoesLinesAcrossHomesAndCutsLongOnes) {
  open();
  const int fd = dial(listener->port());
  const auto text = "one\r\n" + std::string(70'000, 'x') + "\r\ntwo\nQUIT\r\n";
  ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  EXPECT_EQ(read_all(fd), "one\r\ntoo long\r\ntwo\r\n");
  ::close(fd);
}

TEST_F(Net, DeadlineEndsASilentConnection) {
  open();
  const int fd = dial(listener->port());
  EXPECT_EQ(read_all(fd), "");  // returns at all: the server closed it
  ::close(fd);
}

Task<void> never_ends(std::unique_ptr<Stream> stream) {
  Connection c(std::move(stream));
  while (co_await c.fill()) c.consume(c.input().size());
}

TEST_F(Net, ClosingEndsOpenConnections) {
  auto l = Listener::open(rt, "test", {"127.0.0.1", 0}, nullptr, never_ends);
  ASSERT_TRUE(l);
  listener = *std::move(l);
  const int fd = dial(listener->port());
  ASSERT_EQ(::write(fd, "a\r\n", 3), 3);
  listener->close();
  listener->close_connections();
  EXPECT_EQ(read_all(fd), "");
  listener->wait();
  ::close(fd);
}

struct Files {
  std::filesystem::path dir;
  TlsFiles files;
  Files() {
    char name[] = "/tmp/mailstead-net-XXXXXX";
    dir = mkdtemp(name);
    files = {dir / "cert.pem", dir / "key.pem"};
  }
  ~Files() { std::filesystem::remove_all(dir); }
};

struct Client {
  std::unique_ptr<SSL_CTX, SslCtxFree> ctx{SSL_CTX_new(TLS_client_method())};
  SslPtr ssl{SSL_new(ctx.get())};
  int fd;
  explicit Client(std::uint16_t port) : fd(dial(port)) { SSL_set_fd(ssl.get(), fd); }
  ~Client() { ::close(fd); }
};

TEST_F(Net, TlsEchoes) {
  Files f;
  ASSERT_TRUE(make_self_signed(f.files, {"localhost", "127.0.0.1"}));
  auto tls = TlsContext::make(f.files, "imap");
  ASSERT_TRUE(tls) << tls.error().detail;
  open(*tls);
  Client c(listener->port());
  ASSERT_EQ(SSL_connect(c.ssl.get()), 1);
  const auto text = "hello\r\n" + std::string(100, 'y') + "\r\nQUIT\r\n";
  SSL_write(c.ssl.get(), text.data(), static_cast<int>(text.size()));
  std::string got;
  char buffer[512];
  for (int n; (n = SSL_read(c.ssl.get(), buffer, sizeof buffer)) > 0;) got.append(buffer, static_cast<std::size_t>(n));
  EXPECT_EQ(got, "hello\r\n" + std::string(100, 'y') + "\r\n");
  EXPECT_TRUE((*tls)->reload(f.files));
  EXPECT_FALSE((*tls)->reload({"/nonexistent", "/nonexistent"}));
}

TEST_F(Net, ForeignAlpnIsRefused) {
  Files f;
  ASSERT_TRUE(make_self_signed(f.files, {"localhost"}));
  auto tls = TlsContext::make(f.files, "imap");
  open(*tls);
  Client wrong(listener->port()), right(listener->port());
  SSL_set_alpn_protos(wrong.ssl.get(), reinterpret_cast<const unsigned char*>("\x08http/1.1"), 9);
  SSL_set_alpn_protos(right.ssl.get(), reinterpret_cast<const unsigned char*>("\x04imap"), 5);
  EXPECT_NE(SSL_connect(wrong.ssl.get()), 1);
  EXPECT_EQ(SSL_connect(right.ssl.get()), 1);
  Client none(listener->port());  // RFC 7301 §3.2: who offers nothing is served
  EXPECT_EQ(SSL_connect(none.ssl.get()), 1);
}

TEST_F(Net, OldTlsIsRefused) {
  Files f;
  ASSERT_TRUE(make_self_signed(f.files, {"localhost"}));
  open(*TlsContext::make(f.files, "imap"));
  for (const auto& [version, served] :
       {std::pair{TLS1_1_VERSION, false}, {TLS1_2_VERSION, true}, {TLS1_3_VERSION, true}}) {
    Client c(listener->port());
    SSL_set_security_level(c.ssl.get(), 0);  // or the client itself would not speak TLS 1.1
    SSL_set_min_proto_version(c.ssl.get(), version);
    SSL_set_max_proto_version(c.ssl.get(), version);
    EXPECT_EQ(SSL_connect(c.ssl.get()) == 1, served) << version;
  }
}

std::string common_name(SSL* ssl) {
  char text[64] = "";
  X509* certificate = SSL_get1_peer_certificate(ssl);
  if (certificate == nullptr) return "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof text);
  X509_free(certificate);
  return text;
}

TEST_F(Net, ReloadedCertificatesAreServedAndOpenSessionsLive) {
  Files before, after;
  ASSERT_TRUE(make_self_signed(before.files, {"before.example"}));
  ASSERT_TRUE(make_self_signed(after.files, {"after.example"}));
  auto tls = *TlsContext::make(before.files, "imap");
  open(tls);
  Client first(listener->port());
  ASSERT_EQ(SSL_connect(first.ssl.get()), 1);
  EXPECT_EQ(common_name(first.ssl.get()), "before.example");
  ASSERT_TRUE(tls->reload(after.files));
  Client second(listener->port());
  ASSERT_EQ(SSL_connect(second.ssl.get()), 1);
  EXPECT_EQ(common_name(second.ssl.get()), "after.example");
  char buffer[16];
  SSL_write(first.ssl.get(), "hello\r\n", 7);
  EXPECT_EQ(SSL_read(first.ssl.get(), buffer, sizeof buffer), 7);
}

// CVE-2026-45185's class: TLS ends in the middle of a line (of DATA, of a chunk), and plain bytes follow.
TEST_F(Net, NothingIsReadBehindCloseNotify) {
  Files f;
  ASSERT_TRUE(make_self_signed(f.files, {"localhost"}));
  open(*TlsContext::make(f.files, "imap"));
  Client c(listener->port());
  ASSERT_EQ(SSL_connect(c.ssl.get()), 1);
  SSL_write(c.ssl.get(), "half a li", 9);
  SSL_shutdown(c.ssl.get());
  (void)!::write(c.fd, "ne\r\nEVIL\r\n", 10);
  const auto rest = read_all(c.fd);  // alerts at most; and it returns: the server has closed
  EXPECT_EQ(rest.find("EVIL"), std::string::npos);
  EXPECT_LT(rest.size(), 1500U);  // TLS 1.3 tickets and an alert
}

TEST_F(Net, AResetEndsThatConnectionOnly) {
  open();
  const int fd = dial(listener->port()), other = dial(listener->port());
  ASSERT_EQ(::write(fd, "one\r\n", 5), 5);
  const linger hard{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(fd);
  ASSERT_EQ(::write(other, "two\r\nQUIT\r\n", 11), 11);
  EXPECT_EQ(read_all(other), "two\r\n");
  ::close(other);
  EXPECT_EQ(metrics::counter("bugs_total").get(), 0);
}

Task<std::string> memory_round_trip() {
  auto [a, b] = memory_pipe();
  co_await a->write("ping\r\n");
  a->close();
  Connection c(std::move(b));
  auto line = co_await c.read_line(10);
  auto end = co_await c.read_line(10);
  co_return line && *line&& end && !*end ? **line : "wrong";
}

TEST_F(Net, MemoryPipeCarriesBytesAndTheEnd) {
  EXPECT_EQ(block_on(rt.home(0), memory_round_trip()), "ping");
}

}  // namespace
}  // namespace mailstead::net

#include "admin/client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "admin/wire.h"
#include "base/ascii.h"

namespace mailstead::admin {
namespace {

bool read_all(int fd, char* into, std::size_t size) {
  while (size > 0) {
    const auto n = read(fd, into, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    into += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

Errc code_of(std::string_view text) {
  for (int c = 0; c <= static_cast<int>(Errc::closed); ++c)
    if (to_string(static_cast<Errc>(c)) == text) return static_cast<Errc>(c);
  return Errc::invalid;
}

}  // namespace

Client::Client(Client&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
Client::~Client() {
  if (fd_ >= 0) close(fd_);
}

Result<Client> Client::connect(const std::string& socket_path) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof to.sun_path) return fail(Errc::invalid, "socket path too long");
  std::memcpy(to.sun_path, socket_path.c_str(), socket_path.size() + 1);
  Client client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(client.fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    if (errno == EACCES) return fail(Errc::no_permission, cat("this user may not use ", socket_path));
    return fail(Errc::unavailable, cat("no server listens on ", socket_path));
  }
  return client;
}

Result<Client::Words> Client::call(const Words& words) {
  const auto request = encode_frame(words);
  if (request.size() > k_frame_max) return fail(Errc::too_big, "too many words");
  char head[4];
  std::string body;
  bool whole = send_all(fd_, request) && read_all(fd_, head, 4);
  if (whole) {
    // The reply may be longer than a request may be: lists are as long as they are.
    body.resize(Reader({head, 4}).u32be());
    whole = read_all(fd_, body.data(), body.size());
  }
  auto reply = whole ? decode_frame(body) : std::nullopt;
  if (!reply || reply->empty()) return fail(Errc::closed, "the server went away");
  if ((*reply)[0] == "ok") return Words(reply->begin() + 1, reply->end());
  if (reply->size() < 3) return fail(Errc::closed, "the server went away");
  return fail(code_of((*reply)[1]), (*reply)[2]);
}

}  // namespace mailstead::admin

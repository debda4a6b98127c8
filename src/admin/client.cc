#include "admin/client.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "admin/wire.h"
#include "base/ascii.h"

namespace mailstead::admin {

Result<std::string> call(const std::string& socket_path, const std::vector<std::string>& words) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof to.sun_path) return fail(Errc::invalid, "socket path too long");
  std::memcpy(to.sun_path, socket_path.c_str(), socket_path.size() + 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string in;
  const auto request = encode_frame(words);
  const bool sent = connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 &&
                    send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size());
  if (sent) {
    char buffer[65536];
    for (ssize_t n = 0; (n = read(fd, buffer, sizeof buffer)) > 0;) in.append(buffer, static_cast<std::size_t>(n));
  }
  close(fd);
  if (!sent) return fail(Errc::unavailable, cat("no server listens on ", socket_path));
  const auto reply = in.size() >= 4 ? decode_frame(std::string_view(in).substr(4)) : std::nullopt;
  if (!reply || reply->size() != 2) return fail(Errc::unavailable, "the server went away");
  if ((*reply)[0] != "ok") return fail(Errc::invalid, (*reply)[1]);
  return (*reply)[1];
}

}  // namespace mailstead::admin

// The command line's side of the admin socket. Blocking.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace mailstead::admin {

class Client {
 public:
  using Words = std::vector<std::string>;

  // Errc::unavailable: no server listens there; no_permission: not for this user.
  static Result<Client> connect(const std::string& socket);
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  ~Client();

  // One request, one reply. The server's refusals have its text; Errc::closed: it went away.
  Result<Words> call(const Words& words);

 private:
  explicit Client(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace mailstead::admin

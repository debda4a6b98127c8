// The server under load, as a client knows it: where, over TLS or not, and whose accounts.
#pragma once

#include <netinet/in.h>

#include <string>

#include "load/options.h"

namespace load {

struct Target {
  sockaddr_in address{};
  bool tls = false;
  bool resume = false;  // TLS sessions are resumed from connection to connection
  // Clients come from 127.0.0.2 … in turn: servers limit connections by address, and one address has 28,000 ports.
  unsigned sources = 1;
  std::string user;  // with %d: the account's number
  std::string password;
  std::uint64_t accounts = 1, first_account = 0;

  explicit Target(const Options&);
  std::string name_of(std::uint64_t i) const;  // account i mod accounts
};

}  // namespace load

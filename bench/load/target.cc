#include "load/target.h"

#include <arpa/inet.h>

#include "base/ascii.h"

namespace load {

Target::Target(const Options& o) {
  address.sin_family = AF_INET;
  const auto host = o.text("host", "127.0.0.1");
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) die(mailstead::cat("not an IPv4 address: ", host));
  address.sin_port = htons(static_cast<std::uint16_t>(o.number("port", 0)));
  if (address.sin_port == 0) die("port= is missing");
  tls = o.number("tls", 0) != 0;
  resume = o.number("resume", 0) != 0;
  sources = static_cast<unsigned>(o.number("sources", 1));
  user = o.text("user", "u%d@example.org");
  password = o.text("password", "secret-of-tests");
  accounts = o.number("accounts", 1);
  first_account = o.number("first_account", 0);
  if (accounts == 0 || sources == 0) die("accounts and sources are at least 1");
}

std::string Target::name_of(std::uint64_t i) const {
  const auto at = user.find("%d");
  if (at == user.npos) return user;
  return mailstead::cat(user.substr(0, at), first_account + i % accounts, user.substr(at + 2));
}

}  // namespace load

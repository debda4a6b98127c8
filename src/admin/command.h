// The commands' words. A command's usage line is its grammar: NAME is an argument, NAME… one or more, [NAME…] any
// number, [--option VALUE] and [--flag] may stand anywhere after the verb. Client and server read the same table.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mailstead::admin {

struct Command {
  std::string_view usage;  // "device add ACCOUNT NAME [--scopes LIST]"
  std::string_view help;
  bool secret = false;  // takes a password: from the terminal or standard input, and over the socket as the last word

  std::string name() const;  // "device add"
};

std::span<const Command> commands();
// All of them, for --help.
std::string usage();

struct Invocation {
  const Command* command = nullptr;
  std::vector<std::string> arguments;
  std::map<std::string, std::string, std::less<>> options;  // "--scopes" → "imap", "--json" → ""
  std::string secret;

  bool has(std::string_view option) const { return options.contains(option); }
  std::string get(std::string_view option) const;
  const std::string& operator[](std::size_t i) const { return arguments[i]; }
};

// Errc::syntax, with the command's usage as detail; unsupported: no such command. `with_secret`: as sent over the
// socket.
Result<Invocation> parse(std::vector<std::string> words, bool with_secret = false);

}  // namespace mailstead::admin

#include "admin/cli.h"

#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <iostream>

#include "admin/client.h"
#include "admin/command.h"
#include "admin/import.h"
#include "base/ascii.h"

namespace mailstead::admin {
namespace {

std::string read_hidden(std::string_view prompt) {
  std::cerr << prompt << std::flush;
  termios before{};
  tcgetattr(STDIN_FILENO, &before);
  auto quiet = before;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  std::string line;
  std::getline(std::cin, line);
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::cerr << '\n';
  return line;
}

// Secrets come by standard input or from the terminal, never in argv, where every user of the machine reads them.
Result<std::string> read_password(bool from_stdin) {
  std::string password;
  if (from_stdin) {
    std::getline(std::cin, password);
    if (password.ends_with('\r')) password.pop_back();
  } else if (isatty(STDIN_FILENO) == 0) {
    return fail(Errc::syntax, "no terminal to ask for the password: give it by --password-stdin");
  } else {
    password = read_hidden("Password: ");
    if (read_hidden("Again: ") != password) return fail(Errc::invalid, "the two passwords differ");
  }
  if (password.empty()) return fail(Errc::invalid, "an empty password");
  return password;
}

Result<bool> transfer(Client& client, const Invocation& call) {
  if (call.command->name() == "import") {
    ImportOptions o;
    o.account = call[0];
    o.path = call[1];
    if (call.has("--format")) o.format = call.get("--format");
    o.into = call.get("--into");
    return import_mail(client, o, std::cerr);
  }
  ExportOptions o;
  o.account = call[0];
  o.directory = call[1];
  if (call.has("--format")) o.format = call.get("--format");
  o.mailboxes.assign(call.arguments.begin() + 2, call.arguments.end());
  TRY_VOID(export_mail(client, o, std::cerr));
  return true;
}

}  // namespace

int complain(const Error& e) {
  std::cerr << "mailstead: " << (e.detail.empty() ? std::string(to_string(e.code)) : e.detail) << '\n';
  return e.code == Errc::syntax ? k_exit_usage : e.code == Errc::unavailable ? k_exit_no_server : k_exit_refused;
}

int run_command(std::vector<std::string> words, Result<std::string> (*socket_of)(void*), void* argument) {
  const auto call = parse(words);
  if (!call) {
    complain(call.error());
    return k_exit_usage;
  }
  if (call->command->secret) {
    auto password = read_password(call->has("--password-stdin"));
    if (!password) return complain(password.error());
    words.push_back(*std::move(password));
  }
  const auto socket = socket_of(argument);
  if (!socket) return complain(socket.error());
  auto client = Client::connect(*socket);
  if (!client) return complain(client.error());
  const auto name = call->command->name();
  if (name == "import" || name == "export") {
    const auto done = transfer(*client, *call);
    if (!done) return complain(done.error());
    return *done ? 0 : k_exit_refused;
  }
  const auto answer = client->call(words);
  if (!answer) return complain(answer.error());
  for (const auto& text : *answer) std::cout << text;
  std::cout << std::flush;
  return std::cout ? 0 : k_exit_refused;
}

}  // namespace mailstead::admin

// mailstead: the server, its checks, and the admin commands, which reach a running server over its socket.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "admin/client.h"
#include "admin/server.h"
#include "app/server.h"
#include "base/log.h"
#include "config/config.h"
#include "store/rocks/check.h"

namespace {

using namespace mailstead;

constexpr const char* k_version = "0.1.0";

int complain(const Error& e) {
  std::cerr << "mailstead: " << (e.detail.empty() ? std::string(to_string(e.code)) : e.detail) << '\n';
  return 1;
}

Result<config::Config> read_config(const std::string& path, bool demo, const std::string& demo_dir) {
  if (!demo) return config::load(path);
  auto c = config::parse(
      "hostname = \"localhost\"\n[tls]\nallow_plain_without_tls = true\n[listen]\n"
      "imap = [\"127.0.0.1:18143\"]\nimaps = [\"127.0.0.1:18993\"]\n"
      "pop3 = [\"127.0.0.1:18110\"]\npop3s = [\"127.0.0.1:18995\"]\nsmtp = [\"127.0.0.1:18025\"]\n"
      "submission = [\"127.0.0.1:18587\"]\nsubmissions = [\"127.0.0.1:18465\"]\n"
      "lmtp = [\"127.0.0.1:18024\"]\nmetrics = [\"127.0.0.1:18080\"]\n");
  if (c) {
    c->data_dir = demo_dir;
    c->admin_socket = demo_dir + "/admin.sock";
  }
  return c;
}

int serve(const std::string& config_path, bool demo, const std::string& demo_dir) {
  // Before any thread: signals go to sigwait() alone.
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, s);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  auto config = read_config(config_path, demo, demo_dir);
  if (!config) return complain(config.error());
  log::set_level(config->log_level == "debug"   ? log::Level::debug
                 : config->log_level == "warn"  ? log::Level::warn
                 : config->log_level == "error" ? log::Level::error
                                                : log::Level::info);
  auto server = app::Server::start(*std::move(config));
  if (!server) return complain(server.error());
  if (demo) {
    if (const auto filled = (*server)->make_demo(); !filled) return complain(filled.error());
    std::cout << (*server)->how_to_connect() << std::flush;
  }
  return (*server)->wait_for_signals() ? 0 : 1;
}

int check(const std::string& config_path) {
  const auto config = config::load(config_path);
  if (!config) return complain(config.error());
  const auto findings = store::check_store(config->data_dir + "/store");
  if (!findings) return complain(findings.error());
  for (const auto& f : *findings) std::cout << f.where << ": " << f.what << '\n';
  std::cout << findings->size() << " findings\n";
  return findings->empty() ? 0 : 1;
}

int admin_command(std::string socket, const std::string& config_path, std::vector<std::string> words) {
  if (socket.empty()) {
    const auto config = config::load(config_path);
    if (!config) return complain(config.error());
    socket = config->admin_socket;
  }
  // Secrets come by standard input, never in argv.
  if (std::erase(words, "--password-stdin") > 0) {
    std::string password;
    std::getline(std::cin, password);
    words.push_back(password);
  }
  const auto answer = admin::call(socket, words);
  if (!answer) return complain(answer.error());
  std::cout << *answer;
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App cli("Mailstead, a mail access system");
  std::string config_path = "/etc/mailstead/mailstead.toml", socket, demo_dir = "build/demo";
  bool demo = false;
  cli.add_option("--config", config_path, "Configuration file");
  cli.add_option("--socket", socket, "Admin socket (default: from the configuration)");
  cli.require_subcommand(0, 1);
  auto* serve_command = cli.add_subcommand("serve", "Run the server");
  serve_command->add_option("--config", config_path, "Configuration file");
  serve_command->add_flag("--demo", demo, "On high loopback ports, with sample accounts and mail");
  serve_command->add_option("--dir", demo_dir, "Where the demo keeps its mail");
  auto* check_command = cli.add_subcommand("check", "Verify a store that no server has open");
  check_command->add_option("--config", config_path, "Configuration file");
  auto* config_command = cli.add_subcommand("config", "Print every configuration key with its default");
  auto* version_command = cli.add_subcommand("version", "Print the version");
  cli.prefix_command();
  cli.footer("Admin commands:\n" + std::string(admin::usage()));
  CLI11_PARSE(cli, argc, argv);
  if (*serve_command) return serve(config_path, demo, demo_dir);
  if (*check_command) return check(config_path);
  if (*config_command) {
    std::cout << config::reference();
    return 0;
  }
  if (*version_command) {
    std::cout << "mailstead " << k_version << '\n';
    return 0;
  }
  auto words = cli.remaining();
  if (words.empty()) {
    std::cout << cli.help();
    return 1;
  }
  return admin_command(socket, config_path, std::move(words));
}

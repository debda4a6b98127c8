// mailstead: the server, its checks, and the admin commands, which reach a running server over its socket.
#include <signal.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "admin/cli.h"
#include "admin/command.h"
#include "app/check.h"
#include "app/demo_guide.h"
#include "app/server.h"
#include "config/config.h"

// What jemalloc reads at the start (docs/decisions/0015-jemalloc.md): an idle server gives memory back, too.
extern "C" const char* malloc_conf;
const char* malloc_conf = "background_thread:true,oversize_threshold:0";

namespace {

using namespace mailstead;

constexpr const char* k_version = "0.1.0";

int serve(const std::string& config_path, bool demo, const std::string& demo_dir) {
  // Before any thread: signals go to sigwait() alone.
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, s);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  app::ConfigSource source;
  if (!demo) source = [config_path] { return config::load(config_path); };
  auto config = demo ? app::demo_config(demo_dir) : source();
  if (!config) return admin::complain(config.error());
  auto server = app::Server::start(*std::move(config), source);
  if (!server) return admin::complain(server.error());
  if (demo) {
    if (const auto filled = (*server)->make_demo(); !filled) return admin::complain(filled.error());
    const auto guide = (*server)->how_to_connect();
    if (!guide) return admin::complain(guide.error());
    std::cout << *guide << std::flush;
  }
  return (*server)->wait_for_signals() ? 0 : 1;
}

int check(const std::string& config_path) {
  const auto config = config::load(config_path);
  if (!config) return admin::complain(config.error());
  return app::check(config->data_dir + "/store");
}

struct Where {
  std::string socket, config_path;
};

Result<std::string> socket_of(void* argument) {
  const auto& where = *static_cast<const Where*>(argument);
  if (!where.socket.empty()) return where.socket;
  TRY(const auto config, config::load(where.config_path));
  return config.admin_socket;
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
  cli.footer("Admin commands, to a running server:\n" + admin::usage());
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return cli.exit(e) == 0 ? 0 : admin::k_exit_usage;
  }
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
    std::cerr << cli.help();
    return admin::k_exit_usage;
  }
  Where where{socket, config_path};
  return admin::run_command(std::move(words), socket_of, &where);
}

// The server: wires store, accounts, directory and protocols together, listens, and takes it all down in order.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "config/config.h"

namespace mailstead::app {

using ConfigSource = std::function<Result<config::Config>()>;

class Server {
 public:
  // Opens the store and listens; writes data_dir/listeners ("name address port", a line each) when all are open.
  // `source`: where reload() reads the configuration again; may be empty.
  static Result<std::unique_ptr<Server>> start(config::Config config, ConfigSource source = {});
  ~Server();

  // Certificates and log level, without a restart. Called from the main thread.
  void reload();
  // Blocks until SIGTERM or SIGINT (or an admin `stop`), reloading at SIGHUP. Signals must be blocked in all threads.
  // False: the store has failed and must be opened anew by another process.
  bool wait_for_signals();

  // Makes the demo's domain, accounts and mail unless they are there.
  Result<> make_demo();
  // How to connect to the demo, for people.
  Result<std::string> how_to_connect() const;

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace mailstead::app

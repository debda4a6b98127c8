#include "app/server.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <map>
#include <thread>

#include "admin/server.h"
#include "app/bound.h"
#include "app/demo.h"
#include "app/demo_guide.h"
#include "app/sd_notify.h"
#include "base/ascii.h"
#include "base/log.h"
#include "delivery/pipeline.h"
#include "imap/server/profile.h"
#include "imap/server/session.h"
#include "imap/server/urlauth.h"
#include "index/index.h"
#include "net/listener.h"
#include "pop3/session.h"
#include "runtime/timer.h"
#include "smtp/server/session.h"
#include "store/rocks/rocks_store.h"
#include "web/metrics.h"

namespace mailstead::app {
namespace {

constexpr std::int64_t k_tend_ms = 10 * 60'000;
constexpr std::int64_t k_sweep_age_s = 86'400;
constexpr std::size_t k_demo_batch = 50;
constexpr std::uint64_t k_demo_quota = 1024 * 1024 * 1024;
constexpr std::int64_t k_stop_ms = 30'000;  // below TimeoutStopSec of the systemd unit

void apply_log_level(const config::Config& c) {
  log::set_level(c.log_level == "debug"   ? log::Level::debug
                 : c.log_level == "warn"  ? log::Level::warn
                 : c.log_level == "error" ? log::Level::error
                                          : log::Level::info);
}

// As many descriptors as we may have: the default of many systems, 1,024, is what programs with select() can bear.
void raise_descriptor_limit() {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
}

net::Endpoint endpoint(const config::Address& a) {
  return {a.address, a.port};
}

}  // namespace

// In the order of construction; taken down in the opposite order.
struct Server::Parts {
  config::Config config;
  ConfigSource source;
  Runtime runtime;
  const Clock& clock = system_clock();
  std::unique_ptr<store::RocksStore> store;
  std::unique_ptr<account::Registry> accounts;
  std::unique_ptr<index::Index> index;  // null: switched off
  std::unique_ptr<auth::Directory> directory;
  std::unique_ptr<auth::Authenticator> authenticator;
  std::unique_ptr<delivery::Pipeline> pipeline;
  std::shared_ptr<net::TlsContext> tls_imap, tls_pop3, tls_smtp;
  std::unique_ptr<imap::Context> imap;
  std::unique_ptr<pop3::Context> pop3;
  std::unique_ptr<smtp::Context> smtp;
  std::unique_ptr<admin::Context> admin;
  std::vector<std::pair<std::string, std::unique_ptr<net::Listener>>> listeners;
  std::atomic<bool> stopping{false}, store_failed{false};
  Group background;
  std::vector<std::unique_ptr<Signal>> tend_wake;  // one a home

  Parts(config::Config c, unsigned homes) : config(std::move(c)), runtime(homes, 8, homes) {}

  net::TlsFiles tls_files() const {
    if (!config.tls_certificate.empty()) return {config.tls_certificate, config.tls_key};
    return {config.data_dir + "/self-signed.pem", config.data_dir + "/self-signed.key"};
  }
  Result<> open();
  Result<> listen(const std::string& name, const std::vector<std::string>& at, std::shared_ptr<net::TlsContext> tls,
                  net::Listener::Handler handler, std::string refusal = {});
  Result<> listen_all();
  Task<void> tend(std::size_t home);
};

Result<> Server::Parts::open() {
  mkdir(config.data_dir.c_str(), 0700);
  if (access(config.data_dir.c_str(), W_OK) != 0)
    return fail(Errc::unavailable, cat("cannot write to ", config.data_dir));
  store::RocksOptions options;
  options.packing = config.compression == "small" ? store::Packing::small : store::Packing::fast;
  // Design §7: after a failed sync nothing is acknowledged and the process ends; the service manager starts it anew.
  options.on_failure = [this] {
    store_failed = true;
    kill(getpid(), SIGTERM);
  };
  TRY(store, store::RocksStore::open(config.data_dir + "/store", runtime.io(), clock, std::move(options)));
  account::AccountSettings settings;
  settings.quota_bytes = static_cast<std::uint64_t>(config.quota_bytes);
  settings.removed_keep_s = config.removed_keep_days * 86'400;
  settings.removed_max_bytes = static_cast<std::uint64_t>(config.removed_max_bytes);
  settings.history_keep_s = config.history_keep_days * 86'400;
  settings.message_size_max = static_cast<std::size_t>(config.message_size_max);
  settings.relaxed_flags = config.imap_relaxed_flags;
  accounts = std::make_unique<account::Registry>(runtime, *store, clock, settings);
  if (config.search_index) index = std::make_unique<index::Index>(*accounts, clock, config.data_dir + "/index");
  directory = std::make_unique<auth::Directory>(
      *store, clock,
      auth::PasswordCost{.argon2_passes = static_cast<std::uint64_t>(config.argon2_passes),
                         .argon2_bytes = static_cast<std::size_t>(config.argon2_memory)});
  authenticator = std::make_unique<auth::Authenticator>(*directory, runtime, clock);
  pipeline = std::make_unique<delivery::Pipeline>(*directory, *accounts, clock, config.hostname);
  if (config.tls_certificate.empty())
    TRY_VOID(net::make_self_signed(tls_files(), {config.hostname, "localhost", "127.0.0.1"}));
  TRY(tls_imap, net::TlsContext::make(tls_files(), "imap"));
  TRY(tls_pop3, net::TlsContext::make(tls_files(), "pop3"));
  TRY(tls_smtp, net::TlsContext::make(tls_files(), "smtp"));
  imap = std::unique_ptr<imap::Context>(new imap::Context{runtime, *directory, *authenticator, *accounts, clock,
                                                          config.hostname, tls_imap, config.allow_plain_without_tls,
                                                          settings.message_size_max, index.get()});
  imap->without = config.imap_without;
  imap->message_limit = static_cast<std::uint32_t>(config.imap_message_limit);
  imap->save_limit = static_cast<std::uint32_t>(config.imap_save_limit);
  for (const auto& name : imap->without)
    if (const auto good = imap::check_capability(name); !good)
      return fail(Errc::invalid, "imap.without: " + good.error().detail);
  auto quirks = imap::parse_quirks(config.imap_quirks);
  if (!quirks) return fail(Errc::invalid, "imap.quirks: " + quirks.error().detail);
  imap->quirks = *std::move(quirks);
  pop3 = std::unique_ptr<pop3::Context>(new pop3::Context{runtime, *directory, *authenticator, *accounts, clock,
                                                          config.hostname, tls_pop3, config.allow_plain_without_tls});
  pop3->policy = account::parse_pop3_policy(config.pop3_policy).value_or(pop3::Policy::automatic);
  pop3->login_delay_s = config.pop3_login_delay_s;
  pop3->pipelining = config.pop3_pipelining;
  smtp = std::unique_ptr<smtp::Context>(new smtp::Context{*pipeline, *directory, *authenticator, config.hostname,
                                                          tls_smtp, config.allow_plain_without_tls,
                                                          settings.message_size_max, config.over_quota == "refuse"});
  smtp->read_url = [this](std::string url, std::string user, std::uint64_t room) {
    return imap::read_auth_url(imap.get(), std::move(url), {std::move(user), true}, room);
  };
  return {};
}

Result<> Server::Parts::listen(const std::string& name, const std::vector<std::string>& at,
                               std::shared_ptr<net::TlsContext> tls, net::Listener::Handler handler,
                               std::string refusal) {
  for (const auto& text : at) {
    TRY(const auto address, config::parse_address(text));
    TRY(auto listener, net::Listener::open(runtime, name, endpoint(address), tls, handler, refusal));
    listeners.emplace_back(name, std::move(listener));
  }
  return {};
}

Result<> Server::Parts::listen_all() {
  const auto mail = [this](std::unique_ptr<net::Stream> s) { return imap::serve(std::move(s), *imap); };
  const auto pop = [this](std::unique_ptr<net::Stream> s) { return pop3::serve(std::move(s), *pop3); };
  const auto mx = [this](std::unique_ptr<net::Stream> s) { return smtp::serve(std::move(s), *smtp, smtp::Role::mx); };
  const auto submission = [this](std::unique_ptr<net::Stream> s) {
    return smtp::serve(std::move(s), *smtp, smtp::Role::submission);
  };
  const auto lmtp = [this](std::unique_ptr<net::Stream> s) {
    return smtp::serve(std::move(s), *smtp, smtp::Role::lmtp);
  };
  const auto admin_handler = [this](std::unique_ptr<net::Stream> s) { return admin::serve(std::move(s), *admin); };
  admin = std::unique_ptr<admin::Context>(new admin::Context{
      *directory, *accounts, [] { kill(getpid(), SIGTERM); }, [] { kill(getpid(), SIGHUP); },
      static_cast<std::size_t>(config.message_size_max), index.get(), imap::check_capability, imap::check_quirk});
  constexpr auto k_no_imap = "* BYE [UNAVAILABLE] too many connections\r\n";  // RFC 9051 §7.1.5
  constexpr auto k_no_pop3 = "-ERR [SYS/TEMP] too many connections\r\n";      // RFC 3206 §4
  constexpr auto k_no_smtp = "421 4.3.2 too many connections\r\n";            // RFC 5321 §3.8
  TRY_VOID(listen("imap", config.imap, nullptr, mail, k_no_imap));
  TRY_VOID(listen("imaps", config.imaps, tls_imap, mail));
  TRY_VOID(listen("pop3", config.pop3, nullptr, pop, k_no_pop3));
  TRY_VOID(listen("pop3s", config.pop3s, tls_pop3, pop));
  TRY_VOID(listen("smtp", config.smtp, nullptr, mx, k_no_smtp));
  TRY_VOID(listen("submission", config.submission, nullptr, submission, k_no_smtp));
  TRY_VOID(listen("submissions", config.submissions, tls_smtp, submission));
  TRY_VOID(listen("lmtp", config.lmtp, nullptr, lmtp, k_no_smtp));
  TRY_VOID(listen("metrics", config.metrics, nullptr, web::serve_metrics));
  TRY_VOID(listen("admin", {"unix:" + config.admin_socket}, nullptr, admin_handler));
  // Tools and tests wait for this file: it appears whole, once everything listens.
  const auto path = config.data_dir + "/listeners";
  {
    std::ofstream file(path + ".new");
    for (const auto& [name, l] : listeners) file << name << " - " << l->port() << '\n';
    if (!file.flush()) return fail(Errc::unavailable, cat("cannot write ", path));
  }
  if (std::rename((path + ".new").c_str(), path.c_str()) != 0)
    return fail(Errc::unavailable, cat("cannot write ", path));
  return {};
}

// One a home: cached state is given back, Recently removed purged by age; the first home also sweeps orphaned blobs.
Task<void> Server::Parts::tend(std::size_t home) {
  std::string cursor;
  while (!stopping) {
    if (co_await tend_wake[home]->wait(k_tend_ms)) continue;
    co_await accounts->tend();
    if (home != 0) continue;
    const auto swept = co_await store->sweep(k_sweep_age_s, 10'000, &cursor);
    if (!swept) log::warn("store.sweep", {{"error", to_string(swept.error().code)}});
  }
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Server>> Server::start(config::Config config, ConfigSource source) {
  apply_log_level(config);
  raise_descriptor_limit();
  const auto homes =
      config.homes > 0 ? static_cast<unsigned>(config.homes) : std::max(1U, std::thread::hardware_concurrency());
  auto server = std::unique_ptr<Server>(new Server(std::make_unique<Parts>(std::move(config), homes)));
  auto& parts = *server->parts_;
  parts.source = std::move(source);
  TRY_VOID(parts.open());
  TRY_VOID(parts.listen_all());
  for (std::size_t i = 0; i < parts.runtime.size(); ++i) parts.tend_wake.push_back(std::make_unique<Signal>());
  for (std::size_t i = 0; i < parts.runtime.size(); ++i)
    parts.background.spawn_on(parts.runtime.home(i), parts.tend(i));
  if (parts.index) parts.index->start();
  log::info("server.ready", {{"hostname", parts.config.hostname}, {"listeners", parts.listeners.size()}});
  return server;
}

Server::~Server() {
  auto& p = *parts_;
  // Acknowledged mail is on the disk by now: what does not end in time may be cut off.
  const Bound bound(k_stop_ms, [] {
    log::error("server.stop", {{"error", "connections or background work did not end in time"}});
    _exit(1);
  });
  p.stopping = true;
  for (const auto& [name, l] : p.listeners) l->close();
  for (const auto& [name, l] : p.listeners) l->close_connections();
  for (const auto& [name, l] : p.listeners) l->wait();
  for (std::size_t i = 0; i < p.tend_wake.size(); ++i)
    p.runtime.home(i).post([wake = p.tend_wake[i].get()] { wake->notify(); });
  if (p.index) p.index->stop();
  p.background.wait_blocking();
  if (p.accounts) p.accounts->stop();
  p.listeners.clear();
  // Nothing runs any more: the homes end before what they used does.
  p.runtime.stop();
  log::info("server.stopped");
}

void Server::reload() {
  auto& p = *parts_;
  sd_notify("RELOADING=1");
  if (p.source) {
    if (const auto fresh = p.source(); fresh) {
      apply_log_level(*fresh);
      p.config.log_level = fresh->log_level;
      p.config.tls_certificate = fresh->tls_certificate;
      p.config.tls_key = fresh->tls_key;
    } else {
      log::error("server.reload", {{"error", fresh.error().detail}});
    }
  }
  for (const auto& tls : {p.tls_imap, p.tls_pop3, p.tls_smtp})
    if (const auto done = tls->reload(p.tls_files()); !done)
      log::error("server.reload", {{"error", done.error().detail}});
  log::info("server.reloaded");
  sd_notify("READY=1");
}

bool Server::wait_for_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, s);
  sd_notify("READY=1");
  for (int received = 0; sigwait(&set, &received) == 0;) {
    if (received != SIGHUP) break;
    reload();
  }
  sd_notify("STOPPING=1");
  return !parts_->store_failed;
}

namespace {

Task<Result<>> fill_demo(auth::Directory* directory, account::Registry* accounts, const Clock* clock) {
  CO_TRY_VOID(co_await directory->add_domain(std::string(k_demo_domain)));
  for (const std::string user : {"ann", "bela"}) {
    const auto name = cat(user, '@', k_demo_domain);
    CO_TRY(const auto id, co_await directory->add_account(name, std::string(k_demo_password)));
    co_await accounts->runtime().home_of(id.value).enter();
    CO_TRY(const auto account, co_await accounts->open(id));
    const account::Actor actor{"", "demo", ""};
    CO_TRY_VOID(co_await account->set_quota(k_demo_quota, 0, actor));
    if (user != "ann") continue;
    std::map<std::string, std::vector<account::NewMessage>> by_mailbox;
    const auto all = demo_messages(name, clock->now());
    for (const auto& m : all) {
      account::NewMessage message{};
      message.content = m.content;
      message.flags = m.flags;
      message.internal_date = m.date;
      by_mailbox[m.mailbox].push_back(std::move(message));
    }
    for (auto& [mailbox, messages] : by_mailbox) {
      if (account->find(mailbox) == nullptr) CO_TRY_VOID(co_await account->create(mailbox, std::nullopt, actor));
      const auto to = account->find(mailbox)->id;
      for (std::size_t from = 0; from < messages.size(); from += k_demo_batch) {
        std::vector<account::NewMessage> some(
            messages.begin() + static_cast<std::ptrdiff_t>(from),
            messages.begin() + static_cast<std::ptrdiff_t>(std::min(messages.size(), from + k_demo_batch)));
        CO_TRY_VOID(co_await account->append(to, std::move(some), actor));
      }
    }
  }
  co_return Result<>();
}

}  // namespace

Result<> Server::make_demo() {
  auto& p = *parts_;
  const auto filled = block_on(p.runtime.home(0), fill_demo(p.directory.get(), p.accounts.get(), &p.clock));
  if (!filled && filled.error().code != Errc::exists) return filled;
  return {};
}

Result<std::string> Server::how_to_connect() const {
  std::map<std::string, std::uint16_t> ports;
  for (const auto& [name, l] : parts_->listeners) ports[name] = l->port();
  return demo_guide(parts_->config.data_dir, ports);
}

}  // namespace mailstead::app

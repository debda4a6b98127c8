#include "transcript/world.h"

#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"
#include "base/check.h"
#include "imap/server/profile.h"
#include "imap/server/urlauth.h"
#include "runtime/block_on.h"

namespace mailstead::transcript {
namespace {

constexpr std::string_view k_hostname = "mail.example.org";
constexpr auth::PasswordCost k_cheap{.argon2_passes = 1, .argon2_bytes = 8 * 1024, .scram_iterations = 4096};

auth::AuthenticatorOptions no_delay() {
  auth::AuthenticatorOptions o;
  o.first_delay_ms = 0;
  o.failures_per_minute = 1'000'000;
  return o;
}

std::string make_scratch() {
  auto path = (std::filesystem::temp_directory_path() / "transcript-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
  return path;
}

// Sessions need a context to offer STARTTLS; the memory stream's handshake does not use it.
std::shared_ptr<net::TlsContext> tls_context() {
  static const std::shared_ptr<net::TlsContext> context = [] {
    const auto folder = make_scratch();
    const net::TlsFiles files{folder + "/c.pem", folder + "/k.pem"};
    auto made = net::make_self_signed(files, {std::string(k_hostname)});
    auto loaded = net::TlsContext::make(files, "");
    std::filesystem::remove_all(folder);
    if (!made || !loaded) throw std::runtime_error("cannot make a certificate");
    return *loaded;
  }();
  return context;
}

// What the top of a connection does: "this connection is over" is no error, a bug has been counted.
Task<void> serve(Task<void> session, std::shared_ptr<Wire> wire) {
  try {
    Task<void> mine = std::move(session);
    co_await mine;
  } catch (const net::ConnectionOver&) {
  } catch (const Bug&) {
  }
  wire->ended();
}

Task<Result<>> append(account::Registry* accounts, model::AccountId id, Mail mail) {
  co_await accounts->runtime().home_of(id.value).enter();
  CO_TRY(const auto account, co_await accounts->open(id));
  const auto* mailbox = account->find(mail.mailbox);
  if (mailbox == nullptr) co_return fail(Errc::not_found);
  account::NewMessage message{};
  message.content = mail.content;
  message.flags = mail.flags;
  message.internal_date = mail.date;
  message.internal_zone = mail.zone;
  std::vector<account::NewMessage> one;
  one.push_back(std::move(message));
  account::Actor actor{"", "lmtp", ""};
  CO_TRY_VOID(co_await account->append(mailbox->id, std::move(one), std::move(actor)));
  co_return Result<>();
}

Task<Result<>> limit(account::Registry* accounts, model::AccountId id, std::uint64_t bytes, std::uint64_t messages) {
  co_await accounts->runtime().home_of(id.value).enter();
  CO_TRY(const auto account, co_await accounts->open(id));
  account::Actor actor{"", "admin", ""};
  co_return co_await account->set_quota(bytes, messages, std::move(actor));
}

using Change = std::function<Result<>(account::Options&)>;

Task<Result<>> change_options(account::Registry* accounts, model::AccountId id, Change change) {
  co_await accounts->runtime().home_of(id.value).enter();
  CO_TRY(const auto account, co_await accounts->open(id));
  account::Actor actor{"", "admin", ""};
  co_return co_await account->change_options(std::move(change), std::move(actor));
}

}  // namespace

World::World(Settings settings, bool rocks, Split split, std::uint64_t seed)
    : hub(split, seed), settings_(settings), rocks_(rocks) {
  if (rocks_) {
    scratch_ = make_scratch();
    path_ = scratch_ + "/store";
  }
  start();
  if (!run(directory_->add_domain("example.org"))) throw std::runtime_error("cannot add the domain");
  for (const std::string name : {"ann@example.org", "bela@example.org"})
    if (!add_account(name)) throw std::runtime_error("cannot add " + name);
}

World::~World() {
  stop(false);
  if (!scratch_.empty()) std::filesystem::remove_all(scratch_);
}

template <class T>
T World::run(Task<T> task) {
  return block_on(runtime_->home(0), std::move(task));
}

void World::start() {
  runtime_ = std::make_unique<Runtime>(2, 2, 1);
  store::Store* under = &memory_;
  if (rocks_) {
    store::RocksOptions options;
    options.cache_bytes = 1024 * 1024;
    options.reserve_bytes = 0;
    auto opened = store::RocksStore::open(path_, runtime_->io(), clock, options);
    if (!opened) throw std::runtime_error("cannot open the store: " + opened.error().detail);
    disk_ = *std::move(opened);
    under = disk_.get();
  }
  faults_ = std::make_unique<store::FaultStore>(*under);
  account::AccountSettings limits;
  limits.message_size_max = settings_.message_size_max;
  accounts_ = std::make_unique<account::Registry>(*runtime_, *faults_, clock, limits);
  directory_ = std::make_unique<auth::Directory>(*faults_, clock, k_cheap);
  authenticator_ = std::make_unique<auth::Authenticator>(*directory_, *runtime_, clock, no_delay());
  pipeline_ = std::make_unique<delivery::Pipeline>(*directory_, *accounts_, clock, std::string(k_hostname));
  const auto tls = settings_.starttls ? tls_context() : nullptr;
  imap_ = std::unique_ptr<imap::Context>(new imap::Context{*runtime_, *directory_, *authenticator_, *accounts_, clock,
                                                           std::string(k_hostname), tls, settings_.plain_without_tls,
                                                           settings_.message_size_max});
  imap_->without = settings_.imap_without;
  imap_->message_limit = settings_.message_limit;
  imap_->save_limit = settings_.save_limit;
  auto quirks = imap::parse_quirks(settings_.imap_quirks);
  if (!quirks) throw std::runtime_error(quirks.error().detail);
  imap_->quirks = *std::move(quirks);
  pop3_ = std::unique_ptr<pop3::Context>(new pop3::Context{
      *runtime_, *directory_, *authenticator_, *accounts_, clock, std::string(k_hostname), tls,
      settings_.plain_without_tls, settings_.pop3_policy, settings_.login_delay_s, settings_.pipelining});
  smtp_ = std::unique_ptr<smtp::Context>(new smtp::Context{*pipeline_, *directory_, *authenticator_,
                                                           std::string(k_hostname), tls, settings_.plain_without_tls,
                                                           settings_.message_size_max});
  smtp_->read_url = [this](std::string url, std::string user, std::uint64_t room) {
    return imap::read_auth_url(imap_.get(), std::move(url), {std::move(user), true}, room);
  };
  sessions_ = std::make_unique<Group>();
}

void World::stop(bool crash) {
  if (crash && rocks_) {
    auto next = cat(scratch_, "/store", ++crashes_);
    std::filesystem::copy(path_, next, std::filesystem::copy_options::recursive);
    path_ = std::move(next);
  }
  for (const auto& wire : wires_) wire->close();
  sessions_->wait_blocking();
  wires_.clear();
  runtime_->stop();
  sessions_.reset();
  smtp_.reset();
  pop3_.reset();
  imap_.reset();
  pipeline_.reset();
  authenticator_.reset();
  directory_.reset();
  accounts_.reset();
  faults_.reset();
  disk_.reset();
  runtime_.reset();
}

std::shared_ptr<Wire> World::connect(std::string_view protocol, bool tls) {
  auto wire = hub.connect(tls);
  auto stream = wire->server_end();
  auto session = protocol == "imap"         ? imap::serve(std::move(stream), *imap_)
                 : protocol == "pop3"       ? pop3::serve(std::move(stream), *pop3_)
                 : protocol == "smtp"       ? smtp::serve(std::move(stream), *smtp_, smtp::Role::mx)
                 : protocol == "submission" ? smtp::serve(std::move(stream), *smtp_, smtp::Role::submission)
                                            : smtp::serve(std::move(stream), *smtp_, smtp::Role::lmtp);
  wires_.push_back(wire);
  sessions_->spawn_on(runtime_->home(wires_.size() % 2), serve(std::move(session), wire));
  return wire;
}

Result<> World::add_account(std::string address) {
  TRY_VOID(run(directory_->add_account(std::move(address), std::string(k_password))));
  return {};
}

Result<std::string> World::add_device(std::string account, std::string device) {
  return run(directory_->add_device(std::move(account), std::move(device), auth::all_scopes));
}

Result<> World::deliver(Mail mail) {
  TRY(const auto info, run(directory_->account(mail.account)));
  return run(append(accounts_.get(), info.id, std::move(mail)));
}

Result<> World::show(std::string account, std::string what) {
  if (what != "removed" && what != "past") return fail(Errc::syntax, what);
  TRY(const auto info, run(directory_->account(std::move(account))));
  return run(change_options(accounts_.get(), info.id, [what](account::Options& o) {
    (what == "past" ? o.show_past : o.show_removed) = true;
    return Result<>();
  }));
}

Result<> World::without(std::string account, std::string capability) {
  TRY_VOID(imap::check_capability(capability));
  TRY(const auto info, run(directory_->account(std::move(account))));
  return run(change_options(accounts_.get(), info.id, [capability](account::Options& o) {
    o.imap_without.insert(upper(capability));
    return Result<>();
  }));
}

Result<> World::set_quirk(std::string account, std::string word) {
  TRY(const auto quirks, imap::parse_quirks({std::move(word)}));
  TRY(const auto info, run(directory_->account(std::move(account))));
  return run(change_options(accounts_.get(), info.id, [quirks](account::Options& o) {
    for (const auto& [name, on] : quirks) o.imap_quirks[name] = on;
    return Result<>();
  }));
}

Result<> World::set_quota(std::string account, std::uint64_t bytes, std::uint64_t messages) {
  TRY(const auto info, run(directory_->account(std::move(account))));
  return run(limit(accounts_.get(), info.id, bytes, messages));
}

}  // namespace mailstead::transcript

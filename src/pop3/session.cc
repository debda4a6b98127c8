#include "pop3/session.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/planted.h"
#include "net/connection.h"
#include "pop3/maildrop.h"
#include "pop3/wire.h"
#include "runtime/group.h"
#include "runtime/timer.h"

namespace mailstead::pop3 {
namespace {

constexpr std::size_t k_ahead_messages = 16;
constexpr std::size_t k_ahead_bytes = 512 * 1024;
constexpr std::uint64_t k_top_piece = 64 * 1024;
constexpr std::int64_t k_hold_ms = 300;         // a round trip, and a delayed acknowledgement of TCP (40 ms)
constexpr std::uint32_t k_top_all = 1'000'000;  // nobody who asks for so many lines wants a preview

// RFC 2449 §8, RFC 3206: the response code for each error; the text is for people.
std::string_view response_code(Errc e) {
  switch (e) {
    case Errc::auth_failed:
    case Errc::expired:
    case Errc::no_permission:
      return "[AUTH] ";
    case Errc::in_use:
      return "[IN-USE] ";
    case Errc::unavailable:
    case Errc::full:
    case Errc::unknown:
    case Errc::throttled:
    case Errc::over_quota:
    case Errc::closed:
      return "[SYS/TEMP] ";
    case Errc::corrupt:
      return "[SYS/PERM] ";
    case Errc::syntax:
    case Errc::invalid:
    case Errc::too_big:
    case Errc::not_found:
    case Errc::exists:
    case Errc::unsupported:
      return "";
  }
  return "";
}

class Session {
 public:
  Session(std::unique_ptr<net::Stream> stream, Context& context) : c_(std::move(stream)), context_(context) {}
  ~Session() {
    if (key_) context_.maildrops.leave(*key_, context_.login_delay_s);
  }

  Task<void> run() {
    metrics::counter("pop3_sessions_total").add();
    c_.stream().set_deadline(limits::k_login_deadline_ms);
    ok(cat(context_.hostname, " Mailstead POP3 ready"));
    // However the session ends, what the device has completely by then is remembered.
    std::exception_ptr broken;
    try {
      co_await commands();
    } catch (...) {
      broken = std::current_exception();
    }
    co_await reading_.wait();
    if (planted(Planted::dele_without_quit) && drop_ && !quit_) (void)co_await drop_->commit();
    if (drop_ && !quit_) co_await drop_->lost();
    if (broken) std::rethrow_exception(broken);
    if (drop_) log::info("pop3.end", {{"account", identity_.name}, {"device", identity_.device.name}, {"quit", quit_}});
  }

 private:
  using Entry = Maildrop::Entry;

  Task<void> commands() {
    while (!over_) {
      awaited_ = !c_.has_input();
      auto line = co_await c_.read_line(limits::k_sasl_line_bytes);
      if (line && !*line) break;  // gone without QUIT: nothing is removed (RFC 1939 §6)
      if (drop_) {
        c_.stream().set_deadline(limits::k_pop3_idle_ms);
        const auto rest = c_.input();
        drop_->command_arrived(static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n')));
        co_await drop_->keep_up();
      }
      if (!line) {
        bad("line too long");
        continue;
      }
      auto command = parse(**line);
      if (!command) {
        bad(command.error().detail);
        continue;
      }
      co_await execute(*std::move(command));
      co_await c_.flush_if_full();
    }
    co_await c_.flush();
  }

  // Replies ----------------------------------------------------------------------------------------------------------
  void ok(std::string_view text) { c_.write(cat("+OK ", text, "\r\n")); }
  void err(std::string_view text) { c_.write(cat("-ERR ", text, "\r\n")); }
  void err(const Error& e, std::string_view text) { err(cat(response_code(e.code), text)); }
  // Counts towards the end of the connection: guessing and cross-protocol requests.
  void bad(std::string_view text) {
    err(text);
    const auto limit = drop_ ? limits::k_bad_commands : limits::k_bad_commands_preauth;
    if (++bad_commands_ >= limit) over_ = true;
  }

  Task<void> execute(Command command) {
    const bool transaction = drop_ != nullptr;
    switch (command.verb) {
      case Verb::capa:
        capa();
        co_return;
      case Verb::quit:
        co_await quit();
        co_return;
      case Verb::lang:
        lang(command.text);
        co_return;
      case Verb::noop:
        if (transaction)
          ok("");
        else
          bad("log in first");
        co_return;
      default:
        break;
    }
    if (!transaction) {
      switch (command.verb) {
        case Verb::user:
          user(std::move(command.text));
          co_return;
        case Verb::pass:
          co_await pass(std::move(command.text));
          co_return;
        case Verb::auth:
          co_await authenticate(std::move(command));
          co_return;
        case Verb::stls:
          co_await stls();
          co_return;
        case Verb::utf8:
          ok("UTF-8 it is");
          co_return;  // RFC 6856 §2.1: messages go out as they are stored
        default:
          bad("log in first");
          co_return;
      }
    }
    switch (command.verb) {
      case Verb::stat:
        stat();
        co_return;
      case Verb::list:
        list(command.number, false);
        co_return;
      case Verb::uidl:
        list(command.number, true);
        co_return;
      case Verb::retr:
        co_await retr(*command.number);
        co_return;
      case Verb::top:
        co_await top(*command.number, command.lines);
        co_return;
      case Verb::dele:
        dele(*command.number);
        co_return;
      case Verb::rset:
        rset();
        co_return;
      default:
        bad("not after login");
        co_return;
    }
  }

  // Authorization state ----------------------------------------------------------------------------------------------
  bool passwords_allowed() { return c_.stream().is_tls() || context_.allow_plain_without_tls; }
  auth::SaslContext sasl_context() {
    return {c_.stream().peer().address, auth::pop3, c_.stream().is_tls(), c_.stream().tls_exporter()};
  }

  void capa() {
    // RFC 2449 §6.6: PIPELINING may not differ by state, so it cannot depend on whose mailbox it is. §6.7: EXPIRE can;
    // before login the least that may be set for any account.
    auto out = cat("+OK capabilities\r\nTOP\r\nUIDL\r\n", context_.pipelining ? "PIPELINING\r\n" : "",
                   "RESP-CODES\r\nAUTH-RESP-CODE\r\nEXPIRE ", drop_ ? drop_->expire() : "0 USER",
                   "\r\nUTF8 USER\r\nLANG\r\nIMPLEMENTATION Mailstead\r\n");
    if (context_.login_delay_s > 0) append(out, "LOGIN-DELAY ", context_.login_delay_s, "\r\n");
    if (!drop_) {
      if (passwords_allowed()) out += "USER\r\n";
      const auto mechanisms = auth::sasl_mechanisms(sasl_context(), context_.allow_plain_without_tls);
      if (!mechanisms.empty()) {
        out += "SASL";
        for (const auto& m : mechanisms) append(out, ' ', m);
        out += "\r\n";
      }
      if (context_.tls && !c_.stream().is_tls()) out += "STLS\r\n";
    }
    c_.write(out + ".\r\n");
  }

  void lang(std::string_view tag) {  // RFC 6856 §3: one language
    if (tag.empty())
      c_.write("+OK languages\r\nen English\r\n.\r\n");
    else if (tag == "*" || istarts_with(tag, "en"))
      ok("en English");
    else
      err("no such language");
  }

  void user(std::string name) {
    if (!passwords_allowed()) return err("[AUTH] use STLS first");  // the name is not even looked up
    // "ann/Archive", "ann@example.org/Archive": another folder than INBOX. A '/' before the '@' is of the name.
    folder_.clear();
    const auto at = name.find('@');
    if (const auto slash = name.find('/', at == std::string::npos ? 0 : at); slash != std::string::npos) {
      folder_ = name.substr(slash + 1);
      name.resize(slash);
      if (iequals(folder_, "INBOX")) folder_.clear();
    }
    user_ = std::move(name);
    ok("password, please");  // the same for every name
  }

  Task<void> pass(std::string password) {
    if (!user_) {
      bad("USER first");
      co_return;
    }
    auth::Attempt attempt{*std::exchange(user_, std::nullopt), std::move(password), c_.stream().peer().address,
                          auth::pop3};
    co_await c_.flush();
    auto identity = co_await context_.authenticator.verify(std::move(attempt));
    if (!identity) {
      refused(identity.error());
      co_return;
    }
    co_await open(*std::move(identity));
  }

  void refused(const Error& e) {
    log::info("pop3.refused", {{"address", c_.stream().peer().address}, {"error", to_string(e.code)}});
    err(e, e.code == Errc::auth_failed ? "wrong user name or password" : "try again later");
    if (++bad_commands_ >= limits::k_bad_commands_preauth) over_ = true;
  }

  // RFC 5034 §4
  Task<void> authenticate(Command command) {
    if (command.text.empty()) {  // old clients ask for the list this way
      std::string out = "+OK mechanisms\r\n";
      for (const auto& m : auth::sasl_mechanisms(sasl_context(), context_.allow_plain_without_tls))
        append(out, m, "\r\n");
      c_.write(out + ".\r\n");
      co_return;
    }
    const auto offered = auth::sasl_mechanisms(sasl_context(), context_.allow_plain_without_tls);
    const bool known =
        std::any_of(offered.begin(), offered.end(), [&](const auto& m) { return iequals(m, command.text); });
    auto sasl = known ? auth::sasl_begin(upper(command.text), context_.authenticator, sasl_context()) : nullptr;
    if (!sasl) {
      bad("no such mechanism here");
      co_return;
    }
    std::optional<std::string> message;
    if (command.initial) {
      message = base64_decode(*command.initial);
      if (!message) {
        bad("not base64");
        co_return;
      }
    }
    for (;;) {
      auto step = co_await sasl->step(std::move(message));
      if (step.kind == auth::SaslSession::Step::failure) {
        refused(step.error ? *step.error : Error(Errc::auth_failed));
        co_return;
      }
      if (step.kind == auth::SaslSession::Step::success && step.data.empty()) {
        co_await open(*std::move(step.identity));
        co_return;
      }
      c_.write(cat("+ ", base64_encode(step.data), "\r\n"));
      auto line = co_await c_.read_line(limits::k_sasl_line_bytes);
      if (line && !*line) {
        over_ = true;
        co_return;
      }
      if (!line || **line == "*") {
        bad(line ? "cancelled" : "line too long");
        co_return;
      }
      message = base64_decode(**line);
      if (!message) {
        bad("not base64");
        co_return;
      }
      if (step.kind == auth::SaslSession::Step::success) {  // the client has acknowledged SCRAM's last message
        co_await open(*std::move(step.identity));
        co_return;
      }
    }
  }

  // RFC 2595 §4. Bytes that came with the command would be read as if they had come inside TLS: the session ends.
  Task<void> stls() {
    if (!context_.tls || c_.stream().is_tls()) {
      bad("no STLS here");
      co_return;
    }
    if (c_.has_input()) {
      metrics::counter("starttls_injection_total", "protocol=\"pop3\"").add();
      err("nothing may follow STLS");
      over_ = true;
      co_return;
    }
    ok("begin TLS");
    co_await c_.flush();
    co_await c_.stream().start_tls(context_.tls);
    user_.reset();
  }

  Task<void> open(auth::Identity identity) {
    const Maildrops::Key key{identity.account.value, identity.device.id.value, folder_};
    if (const auto entered = context_.maildrops.enter(key, context_.clock.now(), context_.login_delay_s); !entered) {
      if (entered.error().code == Errc::throttled)
        err("[LOGIN-DELAY] wait a little between logins");
      else
        err("[IN-USE] this device's mailbox is open in another session");
      co_return;
    }
    key_ = key;
    identity_ = std::move(identity);
    co_await c_.stream().move_to(context_.runtime.home_of(identity_.account.value));
    auto opening = Maildrop::open(&context_, identity_, folder_, c_.stream().peer().address);
    auto opened = co_await std::move(opening);
    if (!opened) {
      context_.maildrops.leave(*std::exchange(key_, std::nullopt), context_.login_delay_s);
      const bool no_folder = opened.error().code == Errc::not_found || opened.error().code == Errc::no_permission;
      err(opened.error(), no_folder ? "no such folder for POP3" : "the mailbox cannot be opened now");
      if (++bad_commands_ >= limits::k_bad_commands_preauth) over_ = true;
      co_return;
    }
    drop_ = *std::move(opened);
    metrics::counter("pop3_logins_total").add();
    log::info("pop3.login", {{"account", identity_.name},
                             {"device", identity_.device.name},
                             {"address", c_.stream().peer().address},
                             {"tls", c_.stream().tls_version()},
                             {"messages", entries().size()}});
    c_.stream().set_deadline(limits::k_pop3_idle_ms);
    bad_commands_ = 0;
    ok(cat(entries().size(), " messages"));
  }

  // Transaction state ------------------------------------------------------------------------------------------------
  // Numbers never shift: a deleted message keeps its number and is "no such message" (RFC 1939 §5).
  std::vector<Entry>& entries() { return drop_->entries(); }
  Entry* find(std::uint32_t number) {
    if (number > entries().size() || entries()[number - 1].deleted) {
      err("no such message");
      return nullptr;
    }
    return &entries()[number - 1];
  }

  void stat() {
    std::uint64_t count = 0, bytes = 0;
    for (const auto& e : entries()) {
      if (e.deleted) continue;
      ++count;
      bytes += e.size;
    }
    ok(cat(count, ' ', bytes));
  }

  std::string listing(std::uint32_t number, const Entry& e, bool ids) const {
    return ids ? cat(number, ' ', uidl(drop_->uidvalidity(), e.uid)) : cat(number, ' ', e.size);
  }

  void list(std::optional<std::uint32_t> number, bool ids) {
    if (number) {
      if (const auto* e = find(*number)) ok(listing(*number, *e, ids));
      return;
    }
    ok("listing follows");
    for (std::uint32_t n = 1; n <= entries().size(); ++n)
      if (!entries()[n - 1].deleted) c_.write(listing(n, entries()[n - 1], ids) + "\r\n");
    c_.write(".\r\n");
  }

  // Clients ask for one message after the other: the next ones are read in one trip to the store, while one is sent.
  Task<Result<std::string>> message(std::uint32_t number) {
    const bool in_order = last_retrieved_ + 1 == number;
    if (!in_order || !ahead_.contains(number)) co_await reading_.wait();
    if (!in_order) ahead_.clear();
    Result<std::string> text;
    if (auto found = ahead_.extract(number)) {
      text = std::move(found.mapped());
    } else {
      std::vector<model::ContentId> one{entries()[number - 1].content};
      CO_TRY(auto texts, co_await drop_->account().read_many(std::move(one)));
      text = std::move(texts[0]);
    }
    if (in_order && reading_.size() == 0 && ahead_.size() <= k_ahead_messages / 2)
      reading_.spawn(read_ahead(ahead_.empty() ? number + 1 : ahead_.rbegin()->first + 1));
    co_return text;
  }

  // What cannot be read is asked for again when the client wants it.
  Task<void> read_ahead(std::uint32_t from) {
    std::vector<model::ContentId> wanted;
    std::vector<std::uint32_t> numbers;
    std::size_t bytes = 0;
    for (auto n = from; n <= entries().size() && wanted.size() < k_ahead_messages; ++n) {
      const auto& entry = entries()[n - 1];
      if (entry.deleted) continue;
      bytes += entry.size;
      if (bytes > k_ahead_bytes) break;
      wanted.push_back(entry.content);
      numbers.push_back(n);
    }
    if (wanted.empty()) co_return;
    auto texts = co_await drop_->account().read_many(std::move(wanted));
    if (!texts) co_return;
    for (std::size_t i = 0; i < texts->size(); ++i)
      if ((*texts)[i]) ahead_.emplace(numbers[i], *std::move((*texts)[i]));
  }

  Task<void> retr(std::uint32_t number) {
    const auto* entry = find(number);
    if (entry == nullptr) co_return;
    if (drop_->hold_back()) co_await sleep_ms(k_hold_ms);
    const auto text = co_await message(number);
    if (!text) {
      err(text.error(), "the message cannot be read now");
      co_return;
    }
    last_retrieved_ = number;
    drop_->retrieved(entry->uid);
    ok(cat(entry->size, " octets"));
    DotStuffer stuffer;
    stuffer.append(c_.out(), *text);
    stuffer.finish(c_.out());
    metrics::counter("pop3_retrieved_bytes_total").add(entry->size);
  }

  Task<void> top(std::uint32_t number, std::uint32_t lines) {
    const auto* entry = find(number);
    if (entry == nullptr) co_return;
    if (lines >= k_top_all && drop_->hold_back()) co_await sleep_ms(k_hold_ms);
    DotStuffer stuffer;
    TopCounter counter(lines);
    std::uint64_t sent = 0;
    for (std::uint64_t at = 0; !counter.done() && (at < entry->size || at == 0); at += k_top_piece) {
      const auto piece = co_await drop_->account().read(entry->content, at, k_top_piece);
      if (!piece) {
        if (at > 0) throw net::ConnectionOver("content lost within TOP");  // a cut reply is the only honest one
        err(piece.error(), "the message cannot be read now");
        co_return;
      }
      if (at == 0) ok("top of message follows");
      const auto length = counter.feed(*piece);
      sent += length;
      stuffer.append(c_.out(), std::string_view(*piece).substr(0, length));
      co_await c_.flush_if_full();
    }
    stuffer.finish(c_.out());
    // Some programs (fetchmail) download by TOP, so as not to mark messages as read on other servers.
    if (lines >= k_top_all && sent == entry->size) drop_->retrieved(entry->uid);
  }

  void dele(std::uint32_t number) {
    auto* entry = find(number);
    if (entry == nullptr) return;
    entry->deleted = true;
    ok("will be removed at QUIT");
  }

  void rset() {
    for (auto& e : entries()) e.deleted = false;
    ok(cat(entries().size(), " messages"));
  }

  // Update state -----------------------------------------------------------------------------------------------------
  Task<void> quit() {
    over_ = quit_ = true;
    if (!drop_) {
      ok("bye");
      co_return;
    }
    drop_->quit_arrived(awaited_);
    const auto removed = co_await drop_->commit();
    if (removed)
      ok("bye");
    else
      err(removed.error(), "some messages marked for deletion were not removed");  // RFC 1939 §6
  }

  net::Connection c_;
  Context& context_;
  std::optional<std::string> user_;
  std::string folder_;  // of the login; "": INBOX
  std::optional<Maildrops::Key> key_;
  auth::Identity identity_;
  std::unique_ptr<Maildrop> drop_;              // after login
  std::map<std::uint32_t, std::string> ahead_;  // read already, by message number; ≤ 2 * k_ahead_bytes
  Group reading_;                               // of what is read ahead
  std::uint32_t last_retrieved_ = 0;
  std::size_t bad_commands_ = 0;
  bool over_ = false, quit_ = false;
  bool awaited_ = false;  // this command came when all answers had been sent
};

}  // namespace

Result<> Maildrops::enter(Key key, std::int64_t now, std::int64_t delay_s) {
  std::lock_guard lock(mutex_);
  auto& state = state_[key];
  if (state.open) return fail(Errc::in_use);
  if (delay_s > 0 && state.last_login != 0 && now - state.last_login < delay_s) return fail(Errc::throttled);
  state = {true, now};
  return {};
}

void Maildrops::leave(Key key, std::int64_t delay_s) {
  std::lock_guard lock(mutex_);
  const auto found = state_.find(key);
  if (delay_s > 0)
    found->second.open = false;
  else
    state_.erase(found);  // folders are named by clients: nothing is kept of them
}

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context) {
  Session session(std::move(stream), context);
  co_await session.run();
}

}  // namespace mailstead::pop3

#include "imap/server/session.h"

#include "base/ascii.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/planted.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::int64_t k_progress_ms = 10'000;  // RFC 9585 §4: every 10 to 15 seconds

}  // namespace

Session::~Session() {
  if (account) account->unobserve(this);
  while (!absences_.empty()) forget_absence(absences_.begin()->first);
}

Task<void> Session::run() {
  bool late = false;
  try {
    co_await commands();
  } catch (const net::DeadlineOver&) {
    late = true;
  }
  if (late) untagged("BYE Nothing was heard for too long");  // RFC 9051 §5.4
  co_await connection.flush();
  if (account) log::info("imap.end", {{"account", identity.name}, {"device", identity.device.name}});
}

Task<void> Session::commands() {
  metrics::counter("imap_sessions_total").add();
  connection.stream().set_deadline(limits::k_login_deadline_ms);
  profile_changed();
  untagged(cat("OK [CAPABILITY ", capabilities(*this), "] ", context.hostname, " Mailstead ready"));
  while (!over) {
    const auto event = next_event();
    if (!event) {
      if (notifier) co_await wait_and_notify();
      if (over || !co_await connection.fill()) break;
      continue;
    }
    switch (*event) {
      case FrameEvent::need_more:
        break;
      case FrameEvent::command: {
        if (account) connection.stream().set_deadline(limits::k_imap_idle_ms);
        auto command = execute(take_command());
        co_await std::move(command);
        co_await connection.flush_if_full();
        break;
      }
      case FrameEvent::continuation:
        co_await continuation();
        break;
      case FrameEvent::error:
        frame_error();
        break;
      case FrameEvent::line:  // only read_line() asks for lines
        framer.take_line();
        break;
    }
  }
}

std::optional<FrameEvent> Session::next_event() {
  if (ahead_) return FrameEvent::command;
  if (event_) return std::exchange(event_, std::nullopt);
  auto bytes = connection.input();
  if (bytes.empty()) return std::nullopt;
  const auto had = bytes.size();
  const auto event = framer.next(bytes);
  connection.consume(had - bytes.size());
  return event;
}

RawCommand Session::take_command() {
  static auto& bare_lf = metrics::counter("quirks_total", "protocol=\"imap\",quirk=\"bare_lf\"");
  auto raw = ahead_ ? std::move(*ahead_) : framer.take();
  ahead_.reset();
  if (raw.bare_lf) bare_lf.add();
  return raw;
}

const RawCommand* Session::ahead() {
  if (!ahead_) {
    if (event_) return nullptr;
    const auto event = next_event();
    if (event == FrameEvent::command)
      ahead_ = framer.take();
    else if (event != FrameEvent::need_more)
      event_ = event;
  }
  return ahead_ ? &*ahead_ : nullptr;
}

void Session::take_ahead() {
  (void)take_command();
}

// RFC 5465 §3.1, §6.1: a client that asked for it is told of changes at any time.
Task<void> Session::wait_and_notify() {
  const Idling idle(idling);
  for (;;) {
    co_await update(wants_messages() && !notifier->delayed());
    co_await connection.flush();
    if (over || co_await connection.stream().wait_input()) co_return;
  }
}

Task<void> Session::execute(RawCommand raw) {
  tag = tag_of(raw.text);
  if (raw.foreign) {  // ALPACA: nothing of it is echoed
    metrics::counter("foreign_protocol_total", "protocol=\"imap\"").add();
    untagged("BAD This is an IMAP server");
    over = true;
    co_return;
  }
  auto command = parse(raw, parse_context());
  if (!command) {
    const auto& e = command.error();
    if (selected && e.detail == k_saves_nothing) selected->saved = {};
    if (e.code == Errc::unsupported)  // RFC 9051 §6.4.4
      print(Reply::refuse("BADCHARSET (UTF-8 US-ASCII)", "This charset is not known"));
    else if (e.code == Errc::invalid)
      print(reply_of(e));
    else
      print(Reply::wrong(e.detail.empty() ? "Syntax error" : e.detail));
    if (e.code == Errc::syntax || e.code == Errc::too_big) count_bad();
    co_return;
  }
  // RFC 5465 §3.1: a client that does not listen hears what it does itself.
  started_ms_ = context.clock.now_ms();
  const bool removes = removes_messages(*command),
             allowed = expunges_allowed(*command) || planted(Planted::expunge_during_fetch);
  asks_news_ = std::holds_alternative<Noop>(*command) || std::holds_alternative<Check>(*command) ||
               std::holds_alternative<Idle>(*command);
  auto handler = dispatch(*this, *std::move(command));
  auto reply = co_await std::move(handler);
  co_await answer(std::move(reply), allowed && (wants_messages() || removes));
  asks_news_ = false;
}

Task<void> Session::answer(Reply reply, bool expunges) {
  if (reply.kind == Reply::bad) count_bad();
  if (account) co_await settle();
  if ((selected || notifier || metadata) && account && reply.kind != Reply::none) co_await update(expunges);
  print(reply);
}

// A synchronising literal waits for our "+". RFC 9051 §6.3.12: APPEND is refused before the message is sent. What
// REPLACE takes away is known only later.
Task<void> Session::continuation() {
  const auto& partial = framer.partial();
  const auto size = framer.literal_size();
  const auto word = command_word(partial.text);
  const bool own_quota = account == mine && partial.text.find(model::k_other_users) == std::string::npos;
  if (account && (word == "APPEND" || word == "REPLACE") && size > 0) {
    tag = tag_of(partial.text);
    const auto quota = account->quota();
    std::optional<Reply> refusal;
    if (size > context.message_size_max)
      refusal = Reply::refuse("TOOBIG", "The message is too big");  // RFC 7889 §4
    else if (word == "APPEND" && own_quota && quota.bytes_max != 0 && quota.bytes_used + size > quota.bytes_max)
      refusal = reply_of(Errc::over_quota);
    if (refusal) {
      framer.refuse_literal();
      if (selected) co_await update(true);
      print(*refusal);
      co_return;
    }
  }
  connection.write("+ OK\r\n");
  co_await connection.flush();
}

Task<void> Session::report_progress(std::size_t done, std::size_t goal) {
  const auto now = context.clock.now_ms();
  if (now - started_ms_ < k_progress_ms || goal == 0) co_return;
  started_ms_ = now;
  untagged(cat("OK [INPROGRESS (\"", tag, "\" ", done, ' ', goal, ")] Still at it"));
  co_await connection.flush();
}

void Session::frame_error() {
  const auto& e = framer.error();
  tag = e.tag;
  std::string_view text;
  switch (e.kind) {
    case FrameError::Kind::line_too_long:
      text = "Line too long";
      break;
    case FrameError::Kind::literal_too_big:
      text = "Literal too big";
      break;
    case FrameError::Kind::too_deep:
      text = "Nested too deep";
      break;
    case FrameError::Kind::nul:
      text = "NUL in a command";
      break;
  }
  const bool big = e.kind == FrameError::Kind::literal_too_big;
  if (e.close) {
    untagged(cat("BYE ", big ? "[TOOBIG] " : "", text));
    over = true;
    return;
  }
  if (big && account) {  // RFC 7889 §4: a message refused before it was sent is no mistake of the client's
    print(Reply::refuse("TOOBIG", std::string(text)));
    return;
  }
  print({Reply::bad, big ? "TOOBIG" : "", std::string(text)});
  count_bad();
}

void Session::print(const Reply& reply) {
  if (reply.kind == Reply::none) return;
  static constexpr std::string_view words[] = {"OK", "NO", "BAD"};
  auto& out = connection.out();
  append(out, tag, ' ', words[reply.kind], ' ');
  if (!reply.code.empty()) append(out, '[', reply.code, "] ");
  append(out, reply_text(reply.text), "\r\n");
}

void Session::count_bad() {
  const auto limit = account ? limits::k_bad_commands : limits::k_bad_commands_preauth;
  if (++bad_commands_ < limit || over) return;
  untagged("BYE Too many bad commands");
  over = true;
}

void Session::untagged(std::string_view line) {
  append(connection.out(), "* ", line, "\r\n");
}

void Session::on_message_annotated(model::MailboxId mailbox, Uid uid, const std::string& user,
                                   const std::vector<std::string>& entries) {
  constexpr std::size_t k_messages_max = 1000;  // of the others the client hears that they have changed
  if (!selected || !selected->annotate || account != selected->account || mailbox != selected->id()) return;
  if (!user.empty() && user != identity.name) return;
  if (selected->annotated.size() >= k_messages_max && !selected->annotated.contains(uid.value)) return;
  selected->annotated[uid.value].insert(entries.begin(), entries.end());
}

account::Actor Session::actor() {
  const auto device = account == mine ? identity.device.name : cat(identity.name, ' ', identity.device.name);
  return account::Actor{device, "imap", connection.stream().peer().address};
}

void Session::profile_changed() {
  profile.set(context, account ? &account->options() : nullptr, client);
}

Task<Reply> Session::log_in(auth::Identity who) {
  identity = std::move(who);
  co_await connection.stream().move_to(context.runtime.home_of(identity.account.value));
  auto opened = co_await context.accounts.open(identity.account);
  if (!opened) co_return reply_of(opened.error());
  mine = *std::move(opened);
  arrive(mine);
  profile_changed();
  bad_commands_ = 0;
  framer.set_limits(FrameLimits::after_login(context.message_size_max));
  connection.stream().set_deadline(limits::k_imap_idle_ms);
  metrics::counter("imap_logins_total").add();
  log::info("imap.login", {{"account", identity.name},
                           {"device", identity.device.name},
                           {"address", connection.stream().peer().address},
                           {"tls", connection.stream().tls_version()}});
  co_return Reply::done("Logged in", cat("CAPABILITY ", capabilities(*this)));
}

void Session::log_out() {
  while (!absences_.empty()) forget_absence(absences_.begin()->first);
  unselect();
  account->unobserve(this);
  account.reset();
  mine.reset();
  identity = {};
  annotated_ = {};
  rev2 = utf8_accept = uidonly = metadata = condstore = qresync = false;
  notifier.reset();
  profile_changed();
  framer.set_limits({});
  connection.stream().set_deadline(limits::k_login_deadline_ms);
}

void Session::unselect() {
  if (selected && selected->account != mine) forget_absence(selected->account->id());
  selected.reset();
  own_changes_ = {};
  dirty_ = false;
}

Task<std::optional<std::string>> Session::read_line(std::size_t max_bytes) {
  framer.expect_line(max_bytes);
  for (;;) {
    auto bytes = connection.input();
    if (bytes.empty()) {
      if (!co_await connection.fill()) {
        over = true;
        co_return std::nullopt;
      }
      continue;
    }
    const auto had = bytes.size();
    const auto event = framer.next(bytes);
    connection.consume(had - bytes.size());
    if (event == FrameEvent::line) co_return framer.take_line();
    if (event == FrameEvent::error) {
      untagged("BYE Line too long");
      over = true;
      co_return std::nullopt;
    }
  }
}

void Session::on_expunged(model::MailboxId mailbox, std::span<const account::Row> rows) {
  if (!selected || account != selected->account || selected->id() != mailbox) return;
  for (const auto& row : rows) selected->view.note_expunged(Uid(row.uid));
}

void Session::on_changed(std::optional<model::MailboxId> mailbox) {
  // Recently removed changes with any mailbox; update() finds out.
  const bool ours = selected && account == selected->account &&
                    (mailbox == selected->id() || selected->id() == account::k_removed_mailbox);
  dirty_ = dirty_ || ours;
  const bool news = notifier && account == mine;
  if (news) notifier->note(mailbox);
  if (idling && (ours || news)) connection.stream().interrupt();
}

void Session::on_annotated(std::optional<model::MailboxId> of, const std::string& name) {
  if ((!metadata && !notifier) || account != mine) return;
  ++annotated_[{of ? of->value : 0, name}];
  if (idling) connection.stream().interrupt();
}

// IDLE's next look at the account learns what another node has done.
void Session::on_hint() {
  if (idling) connection.stream().interrupt();
}

void Session::on_deleted(model::MailboxId mailbox) {
  if (!selected || account != selected->account || selected->id() != mailbox) return;
  selected->deleted = true;
  dirty_ = true;
  if (idling) connection.stream().interrupt();
}

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context) {
  Session session(std::move(stream), context);
  co_await session.run();
}

}  // namespace mailstead::imap

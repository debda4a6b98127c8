#include "smtp/server/session.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "base/utf8.h"
#include "net/connection.h"
#include "smtp/server/errors.h"
#include "smtp/wire/command.h"
#include "smtp/wire/data.h"

namespace mailstead::smtp {
namespace {

constexpr std::string_view k_bad_lines = "550 5.6.0 bare CR, bare LF or NUL in the message";

class Session {
 public:
  Session(std::unique_ptr<net::Stream> stream, Context& context, Role role)
      : c_(std::move(stream)), context_(context), role_(role) {}

  Task<void> run() {
    bool late = false;
    try {
      co_await commands();
    } catch (const net::DeadlineOver&) {
      late = true;
    }
    if (late) reply(cat("421 4.4.2 ", context_.hostname, " nothing was heard for too long"));  // RFC 5321 §3.8
    co_await c_.flush();
  }

 private:
  Task<void> commands() {
    metrics::counter("smtp_sessions_total").add();
    reply(cat("220 ", context_.hostname, role_ == Role::lmtp ? " LMTP" : " ESMTP", " Mailstead"));
    while (!over_) {
      c_.stream().set_deadline(limits::k_smtp_idle_ms);
      // RFC 4954 §4: an AUTH command may be as long as a response within AUTH.
      const bool auth_expected = role_ == Role::submission && !identity_;
      const auto line = co_await c_.read_line(auth_expected ? limits::k_sasl_line_bytes : limits::k_smtp_line_bytes);
      if (line && !*line) break;
      if (!line || ((*line)->size() > limits::k_smtp_line_bytes && !istarts_with(**line, "AUTH "))) {
        bad("500 5.5.2 line too long");
        continue;
      }
      auto command = parse(**line);
      if (!command) {
        refuse(**line, command.error());
        continue;
      }
      co_await execute(*std::move(command));
    }
  }

  void reply(std::string_view text) { c_.write(cat(text, "\r\n")); }
  void bad(std::string_view text) {
    reply(text);
    if (++bad_commands_ >= limits::k_bad_commands) too_many_errors();
  }
  void too_many_errors() {
    reply(cat("421 4.7.0 ", context_.hostname, " too many errors"));
    over_ = true;
  }
  void refuse(std::string_view line, const Error& e) {
    // A browser made to speak to us: nothing it sends is echoed or obeyed.
    for (const auto word : {"GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "Host:"})
      if (istarts_with(line, word)) {
        reply(cat("421 4.7.0 ", context_.hostname, " this is not HTTP"));
        over_ = true;
        return;
      }
    if (e.code == Errc::unsupported)
      bad(e.detail == "command" ? "500 5.5.1 command not recognised" : "555 5.5.4 parameter not supported");
    else
      bad(cat("501 5.5.4 syntax: ", e.detail));
  }

  Task<void> execute(Command c) {
    switch (c.verb) {
      case Verb::helo:
      case Verb::ehlo:
      case Verb::lhlo:
        hello(std::move(c));
        break;
      case Verb::mail:
        co_await mail(std::move(c));
        break;
      case Verb::rcpt:
        co_await rcpt(std::move(c));
        break;
      case Verb::data:
        co_await data();
        break;
      case Verb::bdat:
        co_await bdat(c.size, c.last);
        break;
      case Verb::burl:
        co_await burl(std::move(c));
        break;
      case Verb::rset:
        reset();
        reply("250 2.0.0 ok");
        break;
      case Verb::noop:
        reply("250 2.0.0 ok");
        break;
      case Verb::quit:
        reply(cat("221 2.0.0 ", context_.hostname, " bye"));
        over_ = true;
        break;
      case Verb::vrfy:
        reply("252 2.1.5 send some mail and see");
        break;
      case Verb::expn:
        reply("502 5.5.1 not here");
        break;
      case Verb::help:
        reply("214 2.0.0 RFC 5321");
        break;
      case Verb::starttls:
        co_await starttls();
        break;
      case Verb::auth:
        co_await authenticate(std::move(c));
        break;
    }
  }

  void reset() {
    sender_.reset();
    recipients_.clear();
    content_ = std::string();
    content_check_ = LineCheck();
    in_bdat_ = false;
    size_ = 0;
  }

  bool lmtp() const { return role_ == Role::lmtp; }
  auth::SaslContext sasl_context() {
    return {c_.stream().peer().address, auth::submission, c_.stream().is_tls(), c_.stream().tls_exporter()};
  }

  void hello(Command c) {
    if (lmtp() != (c.verb == Verb::lhlo)) return bad("500 5.5.1 command not recognised");  // RFC 2033 §4.1
    reset();
    helo_ = std::move(c.text);
    extended_ = c.verb != Verb::helo;
    if (!extended_) return reply(cat("250 ", context_.hostname));
    std::string out =
        cat("250-", context_.hostname, "\r\n250-PIPELINING\r\n250-SIZE ", context_.message_size_max,
            "\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-CHUNKING\r\n250-LIMITS RCPTMAX=", limits::k_recipients, "\r\n");
    if (context_.tls && !c_.stream().is_tls()) out += "250-STARTTLS\r\n";
    if (role_ == Role::submission) {
      // RFC 4468 §3.1: URLs of our own store alone.
      if (context_.read_url) append(out, "250-BURL imap", identity_ ? cat(" imap://", context_.hostname) : "", "\r\n");
      const auto mechanisms = auth::sasl_mechanisms(sasl_context(), context_.allow_plain_without_tls);
      if (!mechanisms.empty()) {
        out += "250-AUTH";
        for (const auto& m : mechanisms) append(out, ' ', m);
        out += "\r\n";
      }
    }
    c_.write(out + "250 ENHANCEDSTATUSCODES\r\n");
  }

  Task<void> mail(Command c) {
    if (helo_.empty()) co_return bad("503 5.5.1 EHLO first");
    if (sender_) co_return bad("503 5.5.1 one at a time");
    if (c.space_quirk) metrics::counter("quirk_mail_from_space_total").add();
    if (role_ == Role::submission) {
      if (!identity_) co_return bad("530 5.7.0 authentication required");
      if (!co_await may_send_as(c.text)) co_return bad("553 5.7.1 not an address of yours");
    }
    if (c.size > context_.message_size_max) co_return reply("552 5.3.4 message too big");  // RFC 1870 §6.1
    sender_ = std::move(c.text);
    utf8_ = c.smtputf8;
    size_ = c.size;
    reply("250 2.1.0 ok");
  }

  Task<bool> may_send_as(std::string address) {
    if (address.empty() || iequals(address, identity_->name)) co_return true;
    const auto owners = co_await context_.directory.resolve(std::move(address));
    if (!owners) co_return false;
    co_return std::any_of(owners->begin(), owners->end(),
                          [&](const auto& d) { return d.account == identity_->account; });
  }

  Task<void> rcpt(Command c) {
    if (!sender_ || in_bdat_) co_return bad("503 5.5.1 MAIL first");
    if (!is_ascii(c.text) && !utf8_) co_return bad("553 5.6.7 that address needs SMTPUTF8");  // RFC 6531 §3.5
    if (recipients_.size() >= limits::k_recipients) co_return reply("452 4.5.3 too many recipients");
    const auto accepted = co_await context_.pipeline.accepts(c.text, size_);
    if (!accepted) {
      if (accepted.error().code == Errc::no_permission && role_ == Role::submission)
        reply("550 5.7.1 remote delivery is not available yet");
      else
        reply(reply_for(accepted.error(), context_.refuse_full));
      // Guessing at names is not free; what is full or out of order today is no guess.
      const auto code = accepted.error().code;
      if ((code == Errc::not_found || code == Errc::no_permission) && ++refused_recipients_ > limits::k_recipients / 10)
        too_many_errors();
      co_return;
    }
    recipients_.push_back(std::move(c.text));
    reply("250 2.1.5 ok");
  }

  // Message bytes: the deadline moves on with each full buffer, so that neither a slow line nor a big message is cut,
  // but a byte a minute is.
  Task<bool> fill_message() {
    const auto before = c_.input().size();
    if (!co_await c_.fill()) {
      over_ = true;  // gone in the middle: nothing is kept
      co_return false;
    }
    since_deadline_ += c_.input().size() - before;
    if (since_deadline_ >= limits::k_read_buffer_bytes) {
      since_deadline_ = 0;
      c_.stream().set_deadline(limits::k_smtp_idle_ms);
    }
    co_return true;
  }

  Task<void> data() {
    if (in_bdat_) co_return bad("503 5.5.1 BDAT or DATA, not both");  // RFC 3030 §2
    if (recipients_.empty()) co_return bad("503 5.5.1 RCPT first");
    if (role_ == Role::mx && c_.has_input()) {  // RFC 2920 §3.1: DATA is the last of a group
      metrics::counter("early_talker_total").add();
      reply("554 5.5.0 wait for 354");
      over_ = true;
      co_return;
    }
    reply("354 go ahead; end with <CRLF>.<CRLF>");
    DataDecoder decoder(context_.message_size_max);
    while (!decoder.done()) {
      if (!c_.has_input() && !co_await fill_message()) co_return;
      c_.consume(decoder.feed(c_.input()));
    }
    if (decoder.too_big())
      refuse_all("552 5.3.4 message too big");
    else if (decoder.bad_lines())
      refuse_all(k_bad_lines);
    else
      co_await deliver(decoder.take());
    reset();
  }

  // RFC 3030 §2. The chunk is read in any case, so that what follows is commands again.
  Task<void> bdat(std::uint64_t size, bool last) {
    const bool ready = !recipients_.empty();
    const bool fits = content_.size() + size <= context_.message_size_max;
    if (size > context_.message_size_max * 2) {
      reply("552 5.3.4 chunk too big");
      over_ = true;
      co_return;
    }
    for (auto left = size; left > 0;) {
      if (!c_.has_input() && !co_await fill_message()) co_return;
      const auto piece = c_.input().substr(0, left);
      if (ready && fits) {
        content_check_.feed(piece);
        content_ += piece;
      }
      left -= piece.size();
      c_.consume(piece.size());
    }
    if (!ready) co_return bad("503 5.5.1 RCPT first");
    if (!fits) {
      refuse_chunk("552 5.3.4 message too big", last);
      co_return;
    }
    co_await take_chunk(last);
  }

  // RFC 4468 §3.3: a chunk that is fetched.
  Task<void> burl(Command c) {
    if (role_ != Role::submission || !context_.read_url) co_return bad("502 5.5.1 command not recognised");
    if (recipients_.empty()) co_return bad("503 5.5.1 RCPT first");
    const auto room = context_.message_size_max - content_.size();
    auto read = context_.read_url(std::move(c.text), identity_->name, room + 1);
    auto piece = co_await std::move(read);
    if (!piece && piece.error().code == Errc::not_found) {
      bad("554 5.6.6 there is nothing at this URL");
      reset();
      co_return;
    }
    if (!piece) co_return refuse_chunk("451 4.4.1 the URL cannot be read now", c.last);
    if (piece->size() > room) co_return refuse_chunk("552 5.3.4 message too big", c.last);
    content_check_.feed(*piece);
    content_ += *piece;
    co_await take_chunk(c.last);
  }

  Task<void> take_chunk(bool last) {
    in_bdat_ = true;
    if (!last) co_return reply("250 2.0.0 chunk taken");
    if (content_check_.bad()) {  // CHUNKING is not BINARYMIME (RFC 3030 §3): lines are lines here, too
      refuse_chunk(k_bad_lines, last);
      co_return;
    }
    auto content = std::move(content_);
    co_await deliver(std::move(content));
    reset();
  }
  void refuse_chunk(std::string_view text, bool last) {
    if (last)
      refuse_all(text);
    else
      reply(text);
    reset();  // RFC 3030 §2: the chunks that follow are out of order
  }

  // RFC 2033 §4.2: LMTP answers once for each recipient.
  void refuse_all(std::string_view text) {
    for (std::size_t n = lmtp() ? recipients_.size() : 1; n > 0; --n) reply(text);
  }

  Task<void> deliver(std::string content) {
    delivery::Envelope envelope;
    envelope.sender = *sender_;
    envelope.recipients = recipients_;
    envelope.peer = c_.stream().peer().address;
    envelope.helo = helo_;
    envelope.tls = c_.stream().tls_version();
    envelope.protocol = protocol();
    envelope.answer_each = lmtp();
    if (role_ == Role::submission) envelope.added = missing_fields(content);
    const auto results = co_await context_.pipeline.deliver(std::move(envelope), content);
    if (lmtp()) {
      for (const auto& r : results) reply(r ? "250 2.1.5 delivered" : reply_for(r.error(), context_.refuse_full));
    } else {
      reply(one_answer(results));
    }
  }

  // RFC 3848, RFC 6531 §4.3
  std::string protocol() {
    const bool tls = c_.stream().is_tls();
    if (!extended_ && !tls && !identity_) return "SMTP";
    return cat(utf8_ ? "UTF8" : "", lmtp() ? "LMTP" : utf8_ ? "SMTP" : "ESMTP", tls ? "S" : "", identity_ ? "A" : "");
  }

  // One answer for all (docs/decisions/0005). While anybody may still get it, the sender is to try again, and nobody
  // gets a double by that. What can never be delivered is told as refused: without a queue there is nobody else to
  // tell.
  std::string one_answer(const std::vector<Result<>>& results) {
    std::string lasting;
    std::size_t failed = 0;
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (results[i]) continue;
      ++failed;
      const auto text = reply_for(results[i].error(), context_.refuse_full);
      if (text.starts_with('4')) return text;
      if (lasting.empty()) lasting = cat(text, " <", recipients_[i], '>');
    }
    if (failed == 0) return "250 2.0.0 delivered";
    if (failed == results.size()) return lasting;
    return cat(lasting, "; not delivered to ", failed, " of ", results.size(), " recipients, the others have it");
  }

  // RFC 6409 §8: what a user's program forgot.
  std::string missing_fields(std::string_view content) {
    const auto end = content.find("\r\n\r\n");
    const auto header = lower(cat("\r\n", content.substr(0, end == std::string_view::npos ? end : end + 2)));
    if (header.find("\r\nmessage-id:") != std::string::npos) return {};
    return cat("Message-ID: <", hex_encode(random_string(12)), '@', context_.hostname, ">\r\n");
  }

  // RFC 3207 §4.2: nothing from before TLS is obeyed or remembered after it.
  Task<void> starttls() {
    if (!context_.tls) co_return bad("502 5.5.1 no STARTTLS here");
    if (c_.stream().is_tls()) co_return bad("503 5.5.1 TLS is on already");
    if (c_.has_input()) {
      metrics::counter("starttls_injection_total", "protocol=\"smtp\"").add();
      reply("554 5.5.0 nothing may follow STARTTLS");
      over_ = true;
      co_return;
    }
    reply("220 2.0.0 begin TLS");
    co_await c_.flush();
    co_await c_.stream().start_tls(context_.tls);
    reset();
    helo_.clear();
    identity_.reset();
  }

  Task<void> authenticate(Command c) {
    if (role_ != Role::submission) co_return bad("502 5.5.1 no AUTH here");
    if (helo_.empty() || identity_ || sender_) co_return bad("503 5.5.1 not now");
    const auto offered = auth::sasl_mechanisms(sasl_context(), context_.allow_plain_without_tls);
    if (offered.empty()) co_return bad("538 5.7.11 STARTTLS first");
    const auto mechanism = upper(c.text);
    auto sasl = std::find(offered.begin(), offered.end(), mechanism) != offered.end()
                    ? auth::sasl_begin(mechanism, context_.authenticator, sasl_context())
                    : nullptr;
    if (!sasl) co_return bad("504 5.5.4 no such mechanism");
    std::optional<std::string> message;
    if (c.initial) {
      message = base64_decode(*c.initial);
      if (!message) co_return bad("501 5.5.2 not base64");
    }
    for (;;) {
      auto step = co_await sasl->step(std::move(message));
      if (step.kind == auth::SaslSession::Step::failure) co_return login_failed(step.error);
      const bool success = step.kind == auth::SaslSession::Step::success;
      if (!success || !step.data.empty()) {  // SCRAM's last message is a challenge that the client answers with nothing
        reply(cat("334 ", base64_encode(step.data)));
        const auto line = co_await c_.read_line(limits::k_sasl_line_bytes);
        if (line && !*line) {
          over_ = true;
          co_return;
        }
        if (!line) co_return bad("500 5.5.6 line too long");
        if (**line == "*") co_return bad("501 5.7.0 cancelled");
        message = base64_decode(**line);
        if (!message) co_return bad("501 5.5.2 not base64");
      }
      if (!success) continue;
      identity_ = std::move(step.identity);
      log::info(
          "smtp.login",
          {{"account", identity_->name}, {"device", identity_->device.name}, {"address", c_.stream().peer().address}});
      co_return reply("235 2.7.0 welcome");
    }
  }
  void login_failed(const std::optional<Error>& error) {
    reply(auth_reply_for(error ? *error : Error(Errc::auth_failed)));
    if (++failed_logins_ >= limits::k_bad_commands_preauth) too_many_errors();
  }

  net::Connection c_;
  Context& context_;
  const Role role_;
  std::string helo_;
  bool extended_ = false, utf8_ = false, over_ = false, in_bdat_ = false;
  std::optional<auth::Identity> identity_;
  std::optional<std::string> sender_;
  std::vector<std::string> recipients_;
  std::uint64_t size_ = 0;  // as MAIL declared it
  std::string content_;     // of BDAT chunks so far
  LineCheck content_check_;
  std::size_t bad_commands_ = 0, refused_recipients_ = 0, failed_logins_ = 0;
  std::size_t since_deadline_ = 0;  // message bytes that came since it was set
};

}  // namespace

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context, Role role) {
  Session session(std::move(stream), context, role);
  co_await session.run();
}

}  // namespace mailstead::smtp

#include "smtp/server/session.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "net/connection.h"
#include "smtp/wire/command.h"
#include "smtp/wire/data.h"

namespace mailstead::smtp {
namespace {

// RFC 3463: every error in SMTP's words.
std::string reply_for(const Error& e) {
  switch (e.code) {
    case Errc::not_found:
      return "550 5.1.1 no such user here";
    case Errc::no_permission:
      return "550 5.7.1 we do not relay to that domain";
    case Errc::over_quota:
      return "452 4.2.2 the mailbox is full";
    case Errc::too_big:
      return "552 5.3.4 message too big";
    case Errc::full:
      return "452 4.3.1 no space now; try again later";
    case Errc::invalid:
      return cat("554 5.4.6 ", e.detail);
    case Errc::syntax:
      return cat("501 5.5.4 ", e.detail);
    case Errc::exists:
    case Errc::unsupported:
    case Errc::corrupt:
      return "554 5.3.0 cannot be stored";
    case Errc::auth_failed:
    case Errc::expired:
      return "535 5.7.8 wrong user name or password";
    case Errc::throttled:
    case Errc::in_use:
    case Errc::unavailable:
    case Errc::unknown:
    case Errc::closed:
      return "451 4.3.0 temporary fault; try again later";
  }
  return "451 4.3.0 temporary fault; try again later";
}

class Session {
 public:
  Session(std::unique_ptr<net::Stream> stream, Context& context, Role role)
      : c_(std::move(stream)), context_(context), role_(role) {}

  Task<void> run() {
    metrics::counter("smtp_sessions_total").add();
    reply(cat("220 ", context_.hostname, role_ == Role::lmtp ? " LMTP" : " ESMTP", " Mailstead"));
    while (!over_) {
      c_.stream().set_deadline(limits::k_smtp_idle_ms);
      const auto line = co_await c_.read_line(limits::k_smtp_line_bytes);
      if (line && !*line) break;
      if (!line) {
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
    co_await c_.flush();
  }

 private:
  void reply(std::string_view text) { c_.write(cat(text, "\r\n")); }
  void bad(std::string_view text) {
    reply(text);
    if (++bad_commands_ >= limits::k_bad_commands) {
      reply(cat("421 4.7.0 ", context_.hostname, " too many errors"));
      over_ = true;
    }
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
    in_bdat_ = false;
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
    if (!sender_) co_return bad("503 5.5.1 MAIL first");
    if (recipients_.size() >= limits::k_recipients) co_return reply("452 4.5.3 too many recipients");
    const auto accepted = co_await context_.pipeline.accepts(c.text);
    if (!accepted) {
      if (accepted.error().code == Errc::no_permission && role_ == Role::submission)
        reply("550 5.7.1 remote delivery is not available yet");
      else
        reply(reply_for(accepted.error()));
      // Guessing at names is not free.
      if (++refused_recipients_ > limits::k_recipients / 10) over_ = true;
      co_return;
    }
    recipients_.push_back(std::move(c.text));
    reply("250 2.1.5 ok");
  }

  Task<void> data() {
    if (recipients_.empty() || in_bdat_) co_return bad("503 5.5.1 RCPT first");
    if (role_ == Role::mx && c_.has_input()) {  // RFC 2920 §3.1: DATA is the last of a group
      metrics::counter("early_talker_total").add();
      reply("554 5.5.0 wait for 354");
      over_ = true;
      co_return;
    }
    reply("354 go ahead; end with <CRLF>.<CRLF>");
    DataDecoder decoder(context_.message_size_max);
    while (!decoder.done()) {
      if (!c_.has_input() && !co_await c_.fill()) {
        over_ = true;  // gone in the middle: nothing is kept
        co_return;
      }
      c_.consume(decoder.feed(c_.input()));
    }
    if (decoder.too_big())
      refuse_all("552 5.3.4 message too big");
    else if (decoder.bad_lines())
      refuse_all("550 5.6.0 bare CR, bare LF or NUL in the message");
    else
      co_await deliver(decoder.take());
    reset();
  }

  // RFC 3030 §2. The chunk is read in any case, so that what follows is commands again.
  Task<void> bdat(std::uint64_t size, bool last) {
    const bool ready = !recipients_.empty();
    bool fits = content_.size() + size <= context_.message_size_max;
    if (size > context_.message_size_max * 2) {
      reply("552 5.3.4 chunk too big");
      over_ = true;
      co_return;
    }
    for (auto left = size; left > 0;) {
      if (!c_.has_input() && !co_await c_.fill()) {
        over_ = true;
        co_return;
      }
      const auto piece = c_.input().substr(0, left);
      if (ready && fits) content_ += piece;
      left -= piece.size();
      c_.consume(piece.size());
    }
    if (!ready) co_return bad("503 5.5.1 RCPT first");
    if (!fits) {
      refuse_all("552 5.3.4 message too big");
      reset();
      co_return;
    }
    in_bdat_ = true;
    if (!last) co_return reply("250 2.0.0 chunk taken");
    auto content = std::move(content_);
    co_await deliver(std::move(content));
    reset();
  }

  // RFC 2033 §4.2: LMTP answers once for each recipient.
  void refuse_all(std::string_view text) {
    for (std::size_t n = lmtp() ? recipients_.size() : 1; n > 0; --n) reply(text);
  }

  Task<void> deliver(std::string content) {
    if (role_ == Role::submission) complete(content);
    delivery::Envelope envelope;
    envelope.sender = *sender_;
    envelope.recipients = recipients_;
    envelope.peer = c_.stream().peer().address;
    envelope.helo = helo_;
    envelope.tls = c_.stream().tls_version();
    envelope.protocol = cat(utf8_ ? "UTF8" : "",
                            lmtp()               ? "LMTP"
                            : extended_ || utf8_ ? (utf8_ ? "SMTP" : "ESMTP")
                                                 : "SMTP",
                            c_.stream().is_tls() ? "S" : "", identity_ ? "A" : "");
    const auto results = co_await context_.pipeline.deliver(std::move(envelope), content);
    if (lmtp()) {
      for (const auto& r : results) reply(r ? "250 2.1.5 delivered" : reply_for(r.error()));
      co_return;
    }
    // One answer for all. When some have it and some cannot, the sender repeats: a double is better than a loss.
    const bool any = std::any_of(results.begin(), results.end(), [](const auto& r) { return r.has_value(); });
    const auto failed = std::find_if(results.begin(), results.end(), [](const auto& r) { return !r; });
    if (failed == results.end())
      reply("250 2.0.0 delivered");
    else if (!any)
      reply(reply_for(failed->error()));
    else
      reply("451 4.3.0 some recipients have it; try again for the others");
  }

  // RFC 6409 §8: what a user's program forgot.
  void complete(std::string& content) {
    const auto end = content.find("\r\n\r\n");
    const auto header =
        lower(cat("\r\n", std::string_view(content).substr(0, end == std::string::npos ? content.size() : end + 2)));
    if (header.find("\r\nmessage-id:") == std::string::npos)
      content = cat("Message-ID: <", hex_encode(random_string(12)), '@', context_.hostname, ">\r\n", content);
  }

  // RFC 3207 §4.2: nothing from before TLS is obeyed or remembered after it.
  Task<void> starttls() {
    if (!context_.tls || c_.stream().is_tls()) co_return bad("503 5.5.1 no STARTTLS here");
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
    if (role_ != Role::submission || identity_ || sender_) co_return bad("503 5.5.1 not now");
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
      if (step.kind == auth::SaslSession::Step::success) {
        identity_ = std::move(step.identity);
        log::info("smtp.login", {{"account", identity_->name},
                                 {"device", identity_->device.name},
                                 {"address", c_.stream().peer().address}});
        co_return reply("235 2.7.0 welcome");
      }
      if (step.kind == auth::SaslSession::Step::failure)
        co_return bad(reply_for(step.error ? *step.error : Error(Errc::auth_failed)));
      reply(cat("334 ", base64_encode(step.data)));
      const auto line = co_await c_.read_line(limits::k_sasl_line_bytes);
      if (line && !*line) {
        over_ = true;
        co_return;
      }
      if (!line || **line == "*") co_return bad("501 5.7.0 cancelled");
      message = base64_decode(**line);
      if (!message) co_return bad("501 5.5.2 not base64");
    }
  }

  net::Connection c_;
  Context& context_;
  const Role role_;
  std::string helo_;
  bool extended_ = false, utf8_ = false, over_ = false, in_bdat_ = false;
  std::optional<auth::Identity> identity_;
  std::optional<std::string> sender_;
  std::vector<std::string> recipients_;
  std::string content_;  // of BDAT chunks so far
  std::size_t bad_commands_ = 0, refused_recipients_ = 0;
};

}  // namespace

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context, Role role) {
  Session session(std::move(stream), context, role);
  co_await session.run();
}

}  // namespace mailstead::smtp

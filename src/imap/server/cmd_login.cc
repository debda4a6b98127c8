// STARTTLS, AUTHENTICATE, LOGIN (RFC 9051 §6.2, RFC 4959).
#include <algorithm>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/metrics.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

auth::SaslContext sasl_context(Session& s) {
  auto& stream = s.connection.stream();
  return auth::SaslContext{stream.peer().address, auth::imap, stream.is_tls(), stream.tls_exporter()};
}

Reply refused(Session& s, const Error& e) {
  log::info("imap.refused", {{"address", s.connection.stream().peer().address}, {"error", to_string(e.code)}});
  auto reply = reply_of(Error(e.code));
  if (reply.kind != Reply::bad) s.count_guess();  // BAD is counted where it is told
  return reply;
}

}  // namespace

// Bytes that came with the command would be read as if they had come inside TLS: the session ends.
Task<Reply> run(Session& s, StartTls) {
  auto& c = s.connection;
  if (!s.context.tls || c.stream().is_tls()) co_return Reply::wrong("No STARTTLS here");
  if (c.has_input()) {
    metrics::counter("starttls_injection_total", "protocol=\"imap\"").add();
    s.untagged("BYE Nothing may follow STARTTLS");
    s.over = true;
    co_return Reply{Reply::none, {}, {}};
  }
  append(c.out(), s.tag, " OK Begin TLS\r\n");
  co_await c.flush();
  co_await c.stream().start_tls(s.context.tls);
  co_return Reply{Reply::none, {}, {}};
}

Task<Reply> run(Session& s, Login command) {
  if (!s.connection.stream().is_tls() && !s.context.allow_plain_without_tls)  // the name is not even looked up
    co_return Reply::refuse("PRIVACYREQUIRED", "Use STARTTLS first");
  co_await s.connection.flush();
  auth::Attempt attempt{std::move(command.user), std::move(command.password), s.connection.stream().peer().address,
                        auth::imap};
  auto identity = co_await s.context.authenticator.verify(std::move(attempt));
  if (!identity) co_return refused(s, identity.error());
  co_return co_await s.log_in(*std::move(identity));
}

Task<Reply> run(Session& s, Authenticate command) {
  const auto offered = auth::sasl_mechanisms(sasl_context(s), s.context.allow_plain_without_tls);
  auto sasl = std::find(offered.begin(), offered.end(), command.mechanism) != offered.end()
                  ? auth::sasl_begin(command.mechanism, s.context.authenticator, sasl_context(s))
                  : nullptr;
  if (!sasl) co_return Reply::refuse("CANNOT", "No such mechanism here");
  std::optional<std::string> message;
  if (command.initial) {
    message = base64_decode(*command.initial);
    if (!message) co_return Reply::wrong("Not base64");
  }
  for (;;) {
    auto step = co_await sasl->step(std::move(message));
    if (step.kind == auth::SaslSession::Step::failure)
      co_return refused(s, step.error ? *step.error : Error(Errc::auth_failed));
    const bool success = step.kind == auth::SaslSession::Step::success;
    if (success && step.data.empty()) co_return co_await s.log_in(*std::move(step.identity));
    s.connection.write(cat("+ ", base64_encode(step.data), "\r\n"));
    const auto line = co_await s.read_line(limits::k_sasl_line_bytes);
    if (!line) co_return Reply{Reply::none, {}, {}};
    if (*line == "*") co_return Reply::wrong("Cancelled");  // RFC 9051 §6.2.2
    message = base64_decode(*line);
    if (!message) co_return Reply::wrong("Not base64");
    // The client has acknowledged SCRAM's last message.
    if (success) co_return co_await s.log_in(*std::move(step.identity));
  }
}

}  // namespace mailstead::imap

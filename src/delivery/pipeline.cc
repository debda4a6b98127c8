#include "delivery/pipeline.h"

#include <ctime>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"

namespace mailstead::delivery {
namespace {

// Calls f(name, value) for each header field; stops at the empty line.
template <class F>
void each_field(std::string_view message, F f) {
  while (!message.empty() && !message.starts_with("\r\n") && !message.starts_with('\n')) {
    std::size_t end = 0;
    do {  // a folded field goes on with white space
      const auto line = message.find('\n', end);
      end = line == std::string_view::npos ? message.size() : line + 1;
    } while (end < message.size() && is_wsp(message[end]));
    const auto field = message.substr(0, end);
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) return;
    f(trim(field.substr(0, colon)), trim(field.substr(colon + 1)));
    message.remove_prefix(end);
  }
}

std::string date(std::int64_t now) {
  const std::time_t t = now;
  std::tm utc{};
  gmtime_r(&t, &utc);
  char text[64];
  return {text, strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &utc)};
}

// What a peer says of itself goes into a header: nothing but harmless bytes of it.
std::string harmless(std::string_view s) {
  std::string out;
  for (const char c : s.substr(0, 255))
    out += is_alnum(c) || c == '.' || c == '-' || c == ':' || c == '_' || c == '[' || c == ']' ? c : '?';
  return out;
}

}  // namespace

Task<Result<>> Pipeline::accepts(std::string recipient) {
  if (recipient.find('@') == std::string::npos) {  // postmaster of our first domain
    const auto domains = co_await directory_.domains();
    if (!domains || domains->empty()) co_return fail(Errc::not_found);
    recipient += "@" + domains->front();
  }
  CO_TRY(const bool local, co_await directory_.is_local(recipient.substr(recipient.rfind('@') + 1)));
  if (!local) co_return fail(Errc::no_permission);
  CO_TRY_VOID(co_await directory_.resolve(recipient));
  co_return Result<>();
}

Task<std::vector<Result<>>> Pipeline::deliver(Envelope envelope, std::string_view content) {
  // RFC 5321 §4.4. "for" tells the other recipients nothing: only with one.
  std::string whole = cat("Received: from ", harmless(envelope.helo), " ([", harmless(envelope.peer), "])\r\n\tby ",
                          hostname_, " with ", envelope.protocol, " id ", hex_encode(random_string(6)));
  if (!envelope.tls.empty()) whole += cat("\r\n\t(", envelope.tls, ")");
  if (envelope.recipients.size() == 1) whole += cat("\r\n\tfor <", envelope.recipients[0], ">");
  whole += cat(";\r\n\t", date(clock_.now()), "\r\n", content);
  std::vector<Result<>> results;
  std::size_t hops = 0;
  each_field(content, [&](std::string_view name, std::string_view) { hops += iequals(name, "Received") ? 1 : 0; });
  for (const auto& recipient : envelope.recipients) {
    if (hops > limits::k_received_hops)
      results.emplace_back(fail(Errc::invalid, "mail loop: too many Received headers"));
    else
      results.push_back(co_await deliver_one(envelope, recipient, whole));
    const auto& result = results.back();
    metrics::counter("deliveries_total", result ? "result=\"ok\"" : "result=\"failed\"").add();
    log::info("delivery", {{"recipient", recipient},
                           {"sender", envelope.sender},
                           {"bytes", whole.size()},
                           {"peer", envelope.peer},
                           {"result", result ? "ok" : to_string(result.error().code)}});
  }
  co_return results;
}

Task<Result<>> Pipeline::deliver_one(const Envelope& envelope, std::string recipient, std::string_view content) {
  if (recipient.find('@') == std::string::npos) {
    CO_TRY(const auto domains, co_await directory_.domains());
    if (domains.empty()) co_return fail(Errc::not_found);
    recipient += "@" + domains.front();
  }
  CO_TRY(const auto destinations, co_await directory_.resolve(recipient));
  bool loop = false;
  each_field(content, [&](std::string_view name, std::string_view value) {
    loop = loop || (iequals(name, "Delivered-To") && iequals(value, recipient));
  });
  if (loop) co_return fail(Errc::invalid, "mail loop: already delivered here");
  const std::string protocol = lower(envelope.protocol).starts_with("l") ? "lmtp" : "smtp";
  for (const auto& to : destinations) {
    account::NewMessage message{};
    message.content = content;
    message.prefix = cat("Return-Path: <", envelope.sender, ">\r\nDelivered-To: ", recipient, "\r\n");
    account::Actor actor{"", protocol, envelope.peer};
    auto task = append(to, std::move(message), std::move(actor));
    const auto done = co_await on(accounts_.runtime().home_of(to.account.value), std::move(task));
    CO_TRY_VOID(done);
  }
  co_return Result<>();
}

Task<Result<>> Pipeline::append(auth::Destination to, account::NewMessage message, account::Actor actor) {
  CO_TRY(const auto account, co_await accounts_.open(to.account));
  const auto* mailbox = account->find(model::k_inbox);
  if (!to.detail.empty()) {  // RFC 5233: "ann+lists@" goes to the mailbox "lists" if there is one
    for (const auto* m : account->mailboxes())
      if (m->selectable && iequals(m->name, to.detail)) mailbox = m;
  }
  if (mailbox == nullptr) co_return fail(Errc::corrupt, "no INBOX");
  std::vector<account::NewMessage> messages;
  messages.push_back(std::move(message));
  CO_TRY_VOID(co_await account->append(mailbox->id, std::move(messages), std::move(actor)));
  co_return Result<>();
}

}  // namespace mailstead::delivery

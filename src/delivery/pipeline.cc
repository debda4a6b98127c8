#include "delivery/pipeline.h"

#include <ctime>
#include <map>
#include <optional>
#include <set>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/random.h"
#include "runtime/group.h"

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

struct Pipeline::Drop {
  auth::Destination to;
  std::string address;                            // the first that led here
  std::string prefix;                             // Return-Path, Delivered-To
  Result<> result = fail(Errc::unavailable, "");  // until the append has answered
  bool done_before = false;
};

struct Pipeline::Plan {
  std::vector<Drop> drops;
  struct Recipient {
    std::vector<std::size_t> drops;
    Result<> result;
  };
  std::vector<Recipient> recipients;
};

struct Pipeline::Trace {
  std::size_t hops = 0;
  std::set<std::string> delivered_to;  // lower case

  explicit Trace(std::string_view content) {
    each_field(content, [&](std::string_view name, std::string_view value) {
      if (iequals(name, "Received")) ++hops;
      // More than a mail may have hops is not worth remembering.
      if (iequals(name, "Delivered-To") && delivered_to.size() <= limits::k_received_hops)
        delivered_to.insert(lower(value));
    });
  }
};

// RFC 5321 §4.5.1: "postmaster" alone is that of our first domain.
Task<std::string> Pipeline::full_address(std::string recipient) {
  if (recipient.find('@') == std::string::npos) {
    const auto domains = co_await directory_.domains();
    if (domains && !domains->empty()) mailstead::append(recipient, '@', domains->front());
  }
  co_return recipient;
}

Task<Result<>> Pipeline::accepts(std::string recipient, std::uint64_t size) {
  recipient = co_await full_address(std::move(recipient));
  const auto at = recipient.rfind('@');
  if (at == std::string::npos) co_return fail(Errc::not_found);
  CO_TRY(const bool local, co_await directory_.is_local(recipient.substr(at + 1)));
  if (!local) co_return fail(Errc::no_permission);
  CO_TRY(const auto destinations, co_await directory_.resolve(std::move(recipient)));
  Result<> answer = fail(Errc::not_found);
  for (const auto& to : destinations) {
    auto task = has_room(to.account, size);
    answer = co_await on(accounts_.runtime().home_of(to.account.value), std::move(task));
    if (answer) break;
  }
  co_return answer;
}

Task<Result<>> Pipeline::has_room(model::AccountId id, std::uint64_t size) {
  CO_TRY(const auto account, co_await accounts_.open(id));
  const auto quota = account->quota();
  const bool bytes =
      quota.bytes_max == 0 || (quota.bytes_used < quota.bytes_max && size <= quota.bytes_max - quota.bytes_used);
  const bool messages = quota.messages_max == 0 || quota.messages_used < quota.messages_max;
  if (!bytes || !messages) co_return fail(Errc::over_quota);
  co_return Result<>();
}

// RFC 5321 §4.4. "for" tells the other recipients nothing: only with one.
std::string Pipeline::received(const Envelope& envelope) const {
  std::string out = cat("Received: from ", harmless(envelope.helo), " ([", harmless(envelope.peer), "])\r\n\tby ",
                        hostname_, " with ", envelope.protocol, " id ", hex_encode(random_string(6)));
  if (!envelope.tls.empty()) out += cat("\r\n\t(", envelope.tls, ")");
  if (envelope.recipients.size() == 1) out += cat("\r\n\tfor <", envelope.recipients[0], ">");
  return cat(out, ";\r\n\t", date(clock_.now()), "\r\n");
}

Task<void> Pipeline::plan(Plan* plan, const Envelope* envelope, const Trace* trace) {
  std::map<std::pair<std::uint64_t, std::string>, std::size_t> known;  // account, detail → drop
  for (const auto& given : envelope->recipients) {
    auto& recipient = plan->recipients.emplace_back();
    if (trace->hops > limits::k_received_hops) {
      recipient.result = fail(Errc::invalid, "mail loop: too many Received headers");
      continue;
    }
    const auto address = co_await full_address(given);
    if (trace->delivered_to.contains(lower(address))) {
      recipient.result = fail(Errc::invalid, "mail loop: already delivered here");
      continue;
    }
    auto destinations = co_await directory_.resolve(address);
    if (!destinations) {
      recipient.result = std::unexpected(destinations.error());
      continue;
    }
    for (auto& to : *destinations) {
      const auto [where, fresh] = known.try_emplace({to.account.value, lower(to.detail)}, plan->drops.size());
      recipient.drops.push_back(where->second);
      if (!fresh) continue;
      auto& drop = plan->drops.emplace_back();
      drop.to = std::move(to);
      drop.address = address;
      drop.prefix = cat("Return-Path: <", envelope->sender, ">\r\nDelivered-To: ", address, "\r\n");
    }
  }
}

Task<store::BlobId> Pipeline::digest(std::string_view content) {
  if (content.size() <= account::k_prepare_at_home) co_return store::BlobId::of(content);
  auto job = [content] { return store::BlobId::of(content); };
  co_return co_await offload(accounts_.runtime().cpu(), std::move(job));
}

// Large content: once for all, where each would store it on its way. Failing, it fails there again, which is told.
Task<void> Pipeline::store_once(const Plan* plan, std::string_view content, store::BlobId blob) {
  int takers = 0;
  for (const auto& drop : plan->drops) {
    if (drop.done_before) continue;
    auto task = has_room(drop.to.account, content.size());
    if (co_await on(accounts_.runtime().home_of(drop.to.account.value), std::move(task))) ++takers;
    if (takers < 2) continue;
    (void)co_await accounts_.store().put_blob(blob, content);
    co_return;
  }
}

Task<std::vector<Result<>>> Pipeline::deliver(Envelope envelope, std::string_view content) {
  const auto whole = cat(received(envelope), envelope.added, content);
  const Trace trace(content);
  Plan plan;
  co_await this->plan(&plan, &envelope, &trace);

  std::optional<store::BlobId> octets;
  if (!halfway_.empty()) {
    octets = co_await digest(content);
    for (auto& drop : plan.drops)
      if (halfway_.has(Halfway::key(envelope.sender, drop.to, *octets), clock_.now())) {
        drop.result = {};
        drop.done_before = true;
        metrics::counter("deliveries_repeated_total").add();
      }
  }
  // Parsed and hashed once; every account refers to the same blob.
  account::PreparedRef prepared;
  if (whole.size() <= account::k_prepare_at_home) {
    prepared = account::prepare(whole);
  } else {
    auto job = [&whole] { return account::prepare(whole); };
    prepared = co_await offload(accounts_.runtime().cpu(), std::move(job));
  }
  if (whole.size() > account::k_store_ahead) co_await store_once(&plan, whole, prepared->blob);
  Group appends;
  for (auto& drop : plan.drops)
    if (!drop.done_before)
      appends.spawn_on(accounts_.runtime().home_of(drop.to.account.value), append(&drop, &envelope, whole, prepared));
  co_await appends.wait();

  bool some_failed = false;
  for (auto& recipient : plan.recipients) {
    for (const auto i : recipient.drops)
      if (recipient.result && !plan.drops[i].result) recipient.result = plan.drops[i].result;
    some_failed = some_failed || !recipient.result;
  }
  if (some_failed && !octets) octets = co_await digest(content);
  std::vector<Result<>> results;
  for (std::size_t i = 0; i < plan.recipients.size(); ++i) {
    auto& recipient = plan.recipients[i];
    const bool repeated = envelope.answer_each ? !recipient.result : some_failed;
    for (const auto d : recipient.drops)
      if (repeated && plan.drops[d].result)
        halfway_.add(Halfway::key(envelope.sender, plan.drops[d].to, *octets), clock_.now());
    metrics::counter("deliveries_total", recipient.result ? "result=\"ok\"" : "result=\"failed\"").add();
    log::info("delivery", {{"recipient", envelope.recipients[i]},
                           {"sender", envelope.sender},
                           {"bytes", whole.size()},
                           {"peer", envelope.peer},
                           {"result", recipient.result ? "ok" : to_string(recipient.result.error().code)}});
    results.push_back(std::move(recipient.result));
  }
  co_return results;
}

// On the account's home.
Task<void> Pipeline::append(Drop* drop, const Envelope* envelope, std::string_view content,
                            account::PreparedRef prepared) {
  account::NewMessage message{};
  message.content = content;
  message.prefix = drop->prefix;
  message.prepared = std::move(prepared);
  const bool lmtp = envelope->protocol.find("LMTP") != std::string::npos;
  account::Actor actor{"", lmtp ? "lmtp" : "smtp", envelope->peer};
  auto task = append_at_home(drop, std::move(message), std::move(actor));
  drop->result = co_await std::move(task);
}

Task<Result<>> Pipeline::append_at_home(const Drop* drop, account::NewMessage message, account::Actor actor) {
  const auto* to = &drop->to;
  CO_TRY(const auto account, co_await accounts_.open(to->account));
  const auto* mailbox = account->find(model::k_inbox);
  if (!to->detail.empty()) {  // RFC 5233: "ann+lists@" goes to the mailbox "lists" if there is one
    for (const auto* m : account->mailboxes())
      if (m->selectable && iequals(m->name, to->detail)) mailbox = m;
  }
  if (mailbox == nullptr) co_return fail(Errc::corrupt, "no INBOX");
  std::vector<account::NewMessage> messages;
  messages.push_back(std::move(message));
  const auto before = account->quota();
  CO_TRY_VOID(co_await account->append(mailbox->id, std::move(messages), std::move(actor)));
  if (warnings_.crossed(account->id(), before, account->quota(), clock_.now())) co_await warn(account, drop);
  co_return Result<>();
}

// Beside the mail, not instead of it: if it cannot be stored, nobody is told of that.
Task<void> Pipeline::warn(account::AccountRef account, const Drop* drop) {
  const auto* inbox = account->find(model::k_inbox);
  if (inbox == nullptr) co_return;
  const auto text = quota_warning(*account, drop->address, hostname_, date(clock_.now()), hex_encode(random_string(8)));
  account::NewMessage message{};
  message.content = text;
  message.prefix = cat("Return-Path: <>\r\nDelivered-To: ", drop->address, "\r\n");
  std::vector<account::NewMessage> messages;
  messages.push_back(std::move(message));
  account::Actor actor{"", "server", ""};
  const auto done = co_await account->append(inbox->id, std::move(messages), std::move(actor));
  if (!done) log::warn("quota.warning", {{"account", account->id().value}, {"error", to_string(done.error().code)}});
}

}  // namespace mailstead::delivery

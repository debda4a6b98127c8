#include "account/options.h"

#include <array>

#include "account/account_impl.h"
#include "base/codec.h"

namespace mailstead::account {
namespace {

constexpr std::uint8_t k_version = 1;
constexpr std::uint8_t k_folders = 1, k_removed = 2, k_past = 4;  // bits
constexpr std::uint32_t k_special_days = 30;
constexpr std::array<std::string_view, 5> k_policies = {"auto", "device", "everywhere", "archive", "keep"};

// 0: unset, else the value + 1.
template <class T>
void write_optional(Writer& w, const std::optional<T>& v) {
  w.varint(v ? static_cast<std::uint64_t>(*v) + 1 : 0);
}

template <class T>
std::optional<T> read_optional(Reader& r) {
  const auto v = r.varint();
  return v == 0 ? std::nullopt : std::optional(static_cast<T>(v - 1));
}

void write_pop3(Writer& w, const Pop3Options& o) {
  write_optional(w, o.policy);
  write_optional(w, o.window_days);
  write_optional(w, o.remove_after_days);
  write_optional(w, o.hide_retrieved);
}

Pop3Options read_pop3(Reader& r) {
  Pop3Options o;
  o.policy = read_optional<Pop3Policy>(r);
  o.window_days = read_optional<std::uint32_t>(r);
  o.remove_after_days = read_optional<std::uint32_t>(r);
  o.hide_retrieved = read_optional<bool>(r);
  return o;
}

}  // namespace

std::string_view to_string(Pop3Policy policy) {
  return k_policies.at(static_cast<std::size_t>(policy));
}

std::optional<Pop3Policy> parse_pop3_policy(std::string_view name) {
  for (std::size_t i = 0; i < k_policies.size(); ++i)
    if (k_policies[i] == name) return static_cast<Pop3Policy>(i);
  return std::nullopt;
}

Retention default_retention(const Mailbox& mailbox) {
  const bool special = mailbox.use == model::SpecialUse::trash || mailbox.use == model::SpecialUse::junk;
  return {special ? k_special_days : 0, 0};
}

Pop3Options Options::of_device(std::uint32_t device) const {
  const auto found = devices.find(device);
  if (found == devices.end()) return pop3;
  auto o = found->second;
  if (!o.policy) o.policy = pop3.policy;
  if (!o.window_days) o.window_days = pop3.window_days;
  if (!o.remove_after_days) o.remove_after_days = pop3.remove_after_days;
  if (!o.hide_retrieved) o.hide_retrieved = pop3.hide_retrieved;
  return o;
}

std::string encode_options(const Options& o) {
  Writer w;
  w.u8(k_version);
  write_optional(w, o.removed_keep_s);
  write_optional(w, o.removed_max_bytes);
  write_optional(w, o.history_keep_s);
  w.u8(static_cast<std::uint8_t>((o.pop3_folders ? k_folders : 0) | (o.show_removed ? k_removed : 0) |
                                 (o.show_past ? k_past : 0)));
  write_pop3(w, o.pop3);
  w.varint(o.devices.size());
  for (const auto& [id, device] : o.devices) {
    w.varint(id);
    write_pop3(w, device);
  }
  w.varint(o.retention.size());
  for (const auto& [id, rule] : o.retention) w.varint(id).varint(rule.days).varint(rule.messages);
  // Left out by programs that did not know it, and while nothing of it is set.
  if (o.imap_without.empty() && o.imap_quirks.empty() && o.url_keys.empty()) return w.take();
  w.varint(o.imap_without.size());
  for (const auto& name : o.imap_without) w.str(name);
  w.varint(o.imap_quirks.size());
  for (const auto& [name, on] : o.imap_quirks) w.str(name).u8(on ? 1 : 0);
  if (o.url_keys.empty()) return w.take();
  w.varint(o.url_keys.size());
  for (const auto& [id, key] : o.url_keys) w.varint(id).str(key);
  return w.take();
}

Result<Options> decode_options(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  Options o;
  o.removed_keep_s = read_optional<std::int64_t>(r);
  o.removed_max_bytes = read_optional<std::uint64_t>(r);
  o.history_keep_s = read_optional<std::int64_t>(r);
  const auto on = r.u8();
  o.pop3_folders = (on & k_folders) != 0;
  o.show_removed = (on & k_removed) != 0;
  o.show_past = (on & k_past) != 0;
  o.pop3 = read_pop3(r);
  bool good = !o.pop3.policy || *o.pop3.policy <= Pop3Policy::keep;
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    const auto id = static_cast<std::uint32_t>(r.varint());
    const auto& device = o.devices[id] = read_pop3(r);
    good = good && (!device.policy || *device.policy <= Pop3Policy::keep);
  }
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    auto& rule = o.retention[static_cast<std::uint32_t>(r.varint())];
    rule.days = static_cast<std::uint32_t>(r.varint());
    rule.messages = static_cast<std::uint32_t>(r.varint());
  }
  if (!r.bad() && !r.done()) {
    for (auto n = r.varint(); n > 0 && !r.bad(); --n) o.imap_without.emplace(r.str());
    for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
      std::string name(r.str());
      o.imap_quirks[std::move(name)] = r.u8() != 0;
    }
  }
  if (!r.bad() && !r.done())
    for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
      const auto id = static_cast<std::uint32_t>(r.varint());
      o.url_keys[id] = r.str();
    }
  if (!known || !good || !r.done()) return fail(Errc::corrupt, "account options");
  return o;
}

Task<Result<>> AccountImpl::change_options(std::function<Result<>(Options&)> change, Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  for (;;) {
    auto options = options_;
    CO_TRY_VOID(change(options));
    std::erase_if(options.retention, [&](const auto& rule) { return !mailboxes_.contains(rule.first); });
    std::erase_if(options.devices, [](const auto& device) { return device.second == Pop3Options{}; });
    std::erase_if(options.url_keys, [&](const auto& key) { return !mailboxes_.contains(key.first); });
    if (options == options_) co_return Result<>();
    if (options.url_keys.size() > k_url_keys) co_return fail(Errc::too_big, "too many mailboxes with URLs");
    if (options.retention.size() > k_retention_rules) co_return fail(Errc::too_big, "too many retention rules");
    Transaction tx(*this, "settings", actor);
    tx.set_options(options);
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

Task<Result<>> AccountImpl::set_quota(std::uint64_t bytes_max, std::uint64_t messages_max, Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  for (;;) {
    Transaction tx(*this, "quota", actor);
    tx.state.quota.bytes_max = bytes_max;
    tx.state.quota.messages_max = messages_max;
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

}  // namespace mailstead::account

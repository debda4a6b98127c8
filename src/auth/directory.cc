#include "auth/directory.h"

#include <sodium.h>

#include <algorithm>
#include <set>

#include "auth/directory_impl.h"
#include "auth/password.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "base/random.h"

namespace mailstead::auth {
namespace {

constexpr std::uint8_t k_version = 1;
constexpr store::PartitionId k_partition{store::PartitionId::system, 0};
constexpr int k_alias_depth = 8;
constexpr std::string_view k_base32 =
    "abcdefghijkmnpqrstuvwxyz23456789";  // 32 letters that are not mistaken for others

std::string domain_of(std::string_view address) {
  return std::string(address.substr(address.rfind('@') + 1));
}

Result<std::string> check_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > 253 || !std::all_of(domain.begin(), domain.end(), [](char c) {
        return is_alnum(c) || c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
      }))
    return fail(Errc::invalid, "not a domain name");
  return lower(domain);
}

}  // namespace

std::string encode_account(const AccountRow& row) {
  Writer w;
  w.u8(k_version).varint(row.id.value).u8(row.enabled ? 1 : 0).str(row.password).varint(row.devices.size());
  for (const auto& [d, secret] : row.devices)
    w.varint(d.id.value)
        .str(d.name)
        .u8(d.scopes)
        .svarint(d.created)
        .svarint(d.last_used)
        .str(d.last_address)
        .str(secret);
  return w.take();
}

Result<AccountRow> decode_account(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  AccountRow row;
  row.id = model::AccountId(r.varint());
  row.enabled = r.u8() != 0;
  row.password = r.str();
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    auto& [d, secret] = row.devices.emplace_back();
    d.id = model::DeviceId(static_cast<std::uint32_t>(r.varint()));
    d.name = r.str();
    d.scopes = r.u8();
    d.created = r.svarint();
    d.last_used = r.svarint();
    d.last_address = r.str();
    secret = r.str();
  }
  if (!known || !r.done()) return fail(Errc::corrupt, "account row");
  return row;
}

std::string canonical_app_password(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != '-' && c != ' ') out += to_lower(c);
  return out;
}

std::string secret_hash(std::string_view salt, std::string_view app_password) {
  const auto plain = canonical_app_password(app_password);
  std::string out(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(plain.data()), plain.size(),
                     reinterpret_cast<const unsigned char*>(salt.data()), salt.size());
  return out;
}

Result<std::string> normalise_address(std::string_view address) {
  const auto at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == address.size() || address.size() > 254)
    return fail(Errc::invalid, "not an address");
  for (const unsigned char c : address)
    if (c <= ' ' || c == 0x7f) return fail(Errc::invalid, "not an address");
  return lower(address);
}

Task<Result<Directory::Impl::Base>> Directory::Impl::base() {
  CO_TRY(const auto head, co_await store.head(k_partition));
  Base b;
  b.version = head.version;
  if (head.version == 0) {
    b.state.salt = random_string(32);
    co_return b;
  }
  Reader r(head.summary);
  const bool known = r.u8() == k_version;
  b.state.next_account = r.varint();
  b.state.next_device = static_cast<std::uint32_t>(r.varint());
  b.state.salt = r.str();
  if (!known || !r.done()) co_return fail(Errc::corrupt, "directory state");
  co_return b;
}

Task<Result<bool>> Directory::Impl::commit(Base b, std::vector<store::Op> ops) {
  store::Commit c;
  c.partition = k_partition;
  c.expected = b.version;
  random_bytes(c.token.data(), c.token.size());
  c.summary = Writer().u8(k_version).varint(b.state.next_account).varint(b.state.next_device).str(b.state.salt).take();
  c.ops = std::move(ops);
  CO_TRY(const auto outcome, co_await store.commit(std::move(c)));
  co_return outcome == store::CommitOutcome::ok;
}

Task<Result<std::string>> Directory::Impl::get(std::string key) {
  if (key.size() > store::k_key_max) co_return fail(Errc::not_found);
  CO_TRY(auto value, co_await store.get(k_partition, std::move(key)));
  if (!value) co_return fail(Errc::not_found);
  co_return *std::move(value);
}

Task<Result<AccountRow>> Directory::Impl::account(std::string name) {
  CO_TRY(const auto value, co_await get("A" + name));
  co_return decode_account(value);
}

Directory::Directory(store::Store& store, const Clock& clock) : impl_(std::make_unique<Impl>(store, clock)) {
  (void)sodium_init();
}
Directory::~Directory() = default;

Task<Result<>> Directory::add_domain(std::string domain) {
  CO_TRY(domain, check_domain(domain));
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    if (co_await impl_->get("D" + domain)) co_return fail(Errc::exists);
    std::vector<store::Op> ops{{store::Op::put, "D" + domain, Writer().u8(k_version).str("").take()}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<>> Directory::remove_domain(std::string domain) {
  domain = lower(domain);
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    CO_TRY_VOID(co_await impl_->get("D" + domain));
    CO_TRY(const auto names, co_await accounts(domain));
    if (!names.empty()) co_return fail(Errc::in_use, "the domain has accounts");
    std::vector<store::Op> ops{{store::Op::del, "D" + domain, {}}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<std::vector<std::string>>> Directory::domains() {
  std::vector<std::string> out;
  for (std::string from = "D";;) {
    CO_TRY(const auto page, co_await impl_->store.scan(k_partition, from, "E", 1000));
    for (const auto& row : page.rows) out.push_back(row.key.substr(1));
    if (!page.more) co_return out;
    from = page.rows.back().key + '\0';
  }
}

Task<Result<>> Directory::set_catch_all(std::string domain, std::string account) {
  domain = lower(domain);
  account = lower(account);
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    CO_TRY_VOID(co_await impl_->get("D" + domain));
    if (!account.empty()) CO_TRY_VOID(co_await impl_->account(account));
    std::vector<store::Op> ops{{store::Op::put, "D" + domain, Writer().u8(k_version).str(account).take()}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<model::AccountId>> Directory::add_account(std::string name, std::string password) {
  CO_TRY(name, normalise_address(name));
  if (name.find_first_of("+%") != std::string::npos)
    co_return fail(Errc::invalid, "'+' and '%' select a detail or a device");
  if (!co_await impl_->get("D" + domain_of(name))) co_return fail(Errc::not_found, "no such domain here: add it first");
  const auto hash = hash_password(password);  // an admin's act, rare: done where we are
  for (;;) {
    CO_TRY(auto base, co_await impl_->base());
    if (co_await impl_->get("A" + name)) co_return fail(Errc::exists);
    AccountRow row;
    row.id = model::AccountId(base.state.next_account++);
    row.password = hash;
    std::vector<store::Op> ops{{store::Op::put, "A" + name, encode_account(row)}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return row.id;
  }
}

Task<Result<>> Directory::remove_account(std::string name) {
  name = lower(name);
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    CO_TRY_VOID(co_await impl_->get("A" + name));
    std::vector<store::Op> ops{{store::Op::del, "A" + name, {}}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<>> Directory::set_enabled(std::string name, bool enabled) {
  name = lower(name);
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    CO_TRY(auto row, co_await impl_->account(name));
    row.enabled = enabled;
    std::vector<store::Op> ops{{store::Op::put, "A" + name, encode_account(row)}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<>> Directory::set_password(std::string name, std::string password) {
  name = lower(name);
  const auto hash = hash_password(password);
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    CO_TRY(auto row, co_await impl_->account(name));
    row.password = hash;
    std::vector<store::Op> ops{{store::Op::put, "A" + name, encode_account(row)}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<AccountInfo>> Directory::account(std::string name) {
  name = lower(name);
  CO_TRY(const auto row, co_await impl_->account(name));
  AccountInfo info{row.id, name, row.enabled, {}};
  for (const auto& d : row.devices) info.devices.push_back(d.device);
  co_return info;
}

Task<Result<std::vector<std::string>>> Directory::accounts(std::string domain) {
  std::vector<std::string> out;
  for (std::string from = "A";;) {
    CO_TRY(const auto page, co_await impl_->store.scan(k_partition, from, "B", 1000));
    for (const auto& row : page.rows)
      if (const auto name = row.key.substr(1); domain.empty() || domain_of(name) == lower(domain)) out.push_back(name);
    if (!page.more) co_return out;
    from = page.rows.back().key + '\0';
  }
}

Task<Result<std::string>> Directory::add_device(std::string account, std::string device, std::uint8_t scopes) {
  account = lower(account);
  if (device.empty() || device.size() > 64 || device == "default" ||
      device.find_first_of(" @+%\r\n") != std::string::npos)
    co_return fail(Errc::invalid, "not a device name");
  std::string password;
  const auto bytes = random_string(26);  // 26 letters of 5 bits
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i > 0 && i % 5 == 0) password += '-';
    password += k_base32[static_cast<unsigned char>(bytes[i]) % 32];
  }
  for (;;) {
    CO_TRY(auto base, co_await impl_->base());
    CO_TRY(auto row, co_await impl_->account(account));
    for (const auto& d : row.devices)
      if (d.device.name == device) co_return fail(Errc::exists);
    Device d;
    d.id = model::DeviceId(base.state.next_device++);
    d.name = device;
    d.scopes = scopes;
    d.created = impl_->clock.now();
    row.devices.push_back({d, secret_hash(base.state.salt, password)});
    std::vector<store::Op> ops{{store::Op::put, "A" + account, encode_account(row)}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return password;
  }
}

Task<Result<>> Directory::remove_device(std::string account, std::string device) {
  account = lower(account);
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    CO_TRY(auto row, co_await impl_->account(account));
    if (std::erase_if(row.devices, [&](const DeviceRow& d) { return d.device.name == device; }) == 0)
      co_return fail(Errc::not_found);
    std::vector<store::Op> ops{{store::Op::put, "A" + account, encode_account(row)}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<>> Directory::add_alias(std::string address, std::vector<std::string> targets) {
  CO_TRY(address, normalise_address(address));
  if (targets.empty() || targets.size() > 1000) co_return fail(Errc::invalid, "an alias needs 1 to 1000 targets");
  Writer w;
  w.u8(k_version).varint(targets.size());
  for (auto& t : targets) {
    CO_TRY(t, normalise_address(t));
    w.str(t);
  }
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    if (!co_await impl_->get("D" + domain_of(address))) co_return fail(Errc::not_found, "no such domain here");
    if (co_await impl_->get("A" + address)) co_return fail(Errc::exists, "an account has this name");
    std::vector<store::Op> ops{{store::Op::put, "L" + address, std::string(w.view())}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

Task<Result<>> Directory::remove_alias(std::string address) {
  address = lower(address);
  for (;;) {
    CO_TRY(const auto base, co_await impl_->base());
    CO_TRY_VOID(co_await impl_->get("L" + address));
    std::vector<store::Op> ops{{store::Op::del, "L" + address, {}}};
    CO_TRY(const bool done, co_await impl_->commit(base, std::move(ops)));
    if (done) co_return Result<>();
  }
}

namespace {

Result<std::vector<std::string>> decode_targets(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  std::vector<std::string> targets;
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) targets.emplace_back(r.str());
  if (!known || !r.done()) return fail(Errc::corrupt, "alias row");
  return targets;
}

}  // namespace

Task<Result<std::vector<std::pair<std::string, std::vector<std::string>>>>> Directory::aliases() {
  std::vector<std::pair<std::string, std::vector<std::string>>> out;
  for (std::string from = "L";;) {
    CO_TRY(const auto page, co_await impl_->store.scan(k_partition, from, "M", 1000));
    for (const auto& row : page.rows) {
      CO_TRY(auto targets, decode_targets(row.value));
      out.emplace_back(row.key.substr(1), std::move(targets));
    }
    if (!page.more) co_return out;
    from = page.rows.back().key + '\0';
  }
}

Task<Result<bool>> Directory::is_local(std::string domain) {
  const auto found = co_await impl_->get("D" + lower(domain));
  if (!found && found.error().code != Errc::not_found) co_return std::unexpected(found.error());
  co_return found.has_value();
}

Task<Result<std::vector<Destination>>> Directory::resolve(std::string address) {
  CO_TRY(address, normalise_address(address));
  std::vector<Destination> out;
  std::set<std::string> seen;
  std::vector<std::pair<std::string, int>> open{{address, 0}};
  while (!open.empty()) {
    const auto [name, depth] = std::move(open.back());
    open.pop_back();
    if (depth > k_alias_depth || !seen.insert(name).second) continue;
    const auto domain = domain_of(name);
    auto local = name.substr(0, name.size() - domain.size() - 1);
    std::string detail;
    const auto plain = [&] { return local + "@" + domain; };
    auto row = co_await impl_->account(plain());
    auto alias = row ? Result<std::string>(fail(Errc::not_found)) : co_await impl_->get("L" + plain());
    if (const auto plus = local.find('+'); !row && !alias && plus != std::string::npos && plus > 0) {
      detail = local.substr(plus + 1);  // RFC 5233
      local.resize(plus);
      row = co_await impl_->account(plain());
      if (!row) alias = co_await impl_->get("L" + plain());
    }
    if (row) {
      if (row->enabled) out.push_back({row->id, plain(), detail});
      continue;
    }
    if (row.error().code != Errc::not_found) co_return std::unexpected(row.error());
    if (alias) {
      CO_TRY(auto targets, decode_targets(*alias));
      for (auto& t : targets) open.emplace_back(std::move(t), depth + 1);
      continue;
    }
    const auto home = co_await impl_->get("D" + domain);
    if (!home) continue;
    Reader r(std::string_view(*home).substr(1));
    if (const std::string everyone(r.str()); !everyone.empty()) open.emplace_back(everyone, depth + 1);
  }
  if (out.empty()) co_return fail(Errc::not_found);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.account < b.account; });
  out.erase(std::unique(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.account == b.account; }),
            out.end());
  co_return out;
}

}  // namespace mailstead::auth

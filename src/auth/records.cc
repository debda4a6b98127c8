#include "auth/records.h"

#include "base/ascii.h"
#include "base/codec.h"

namespace mailstead::auth {
namespace {

constexpr std::uint8_t k_version = 1;

void put_scram(Writer& w, const std::optional<ScramVerifier>& v) {
  w.varint(v ? v->iterations : 0);
  if (v) w.str(v->salt).str(v->stored_key).str(v->server_key);
}

std::optional<ScramVerifier> get_scram(Reader& r) {
  const auto iterations = r.varint();
  if (iterations == 0) return std::nullopt;
  ScramVerifier v;
  v.iterations = static_cast<std::uint32_t>(iterations);
  v.salt = r.str();
  v.stored_key = r.str();
  v.server_key = r.str();
  return v;
}

}  // namespace

std::string domain_key(std::string_view domain) {
  return cat(k_domains, domain);
}

std::string address_key(std::string_view prefix, std::string_view address) {
  const auto at = address.rfind('@');
  return cat(prefix, address.substr(at + 1), '/', address.substr(0, at));
}

std::string address_of_key(std::string_view prefix, std::string_view key) {
  key.remove_prefix(prefix.size());
  const auto slash = key.find('/');
  return cat(key.substr(slash + 1), '@', key.substr(0, slash));
}

std::string use_key(model::AccountId account, model::DeviceId device) {
  Writer w;
  w.raw("auth/t/").u64be(account.value).u32be(device.value);
  return w.take();
}

std::string prefix_end(std::string prefix) {
  ++prefix.back();  // prefixes end in '/', never in 0xFF
  return prefix;
}

const DeviceRow* Credentials::device(std::string_view device_name) const {
  for (const auto& d : devices)
    if (iequals(d.name, device_name)) return &d;
  return nullptr;
}

std::string encode(const Credentials& row) {
  Writer w;
  w.u8(k_version).varint(row.id.value).varint(row.changes).u8(row.enabled ? 1 : 0).varint(row.last_device);
  w.str(row.password);
  put_scram(w, row.scram);
  w.varint(row.devices.size());
  for (const auto& d : row.devices) {
    w.varint(d.id.value).str(d.name).u8(d.scopes).svarint(d.created).str(d.hash);
    put_scram(w, d.scram);
  }
  return w.take();
}

Result<Credentials> decode_account(std::string name, std::string_view bytes) {
  Reader r(bytes);
  Credentials row;
  row.name = std::move(name);
  if (r.u8() != k_version) return fail(Errc::corrupt, "account row: version");
  row.id = model::AccountId(r.varint());
  row.changes = r.varint();
  row.enabled = r.u8() != 0;
  row.last_device = static_cast<std::uint32_t>(r.varint());
  row.password = r.str();
  row.scram = get_scram(r);
  const auto n = r.varint();
  for (std::uint64_t i = 0; i < n && !r.bad(); ++i) {
    DeviceRow d;
    d.id = model::DeviceId(static_cast<std::uint32_t>(r.varint()));
    d.name = r.str();
    d.scopes = r.u8();
    d.created = r.svarint();
    d.hash = r.str();
    d.scram = get_scram(r);
    row.devices.push_back(std::move(d));
  }
  if (!r.done()) return fail(Errc::corrupt, "account row");
  return row;
}

std::string encode_domain(std::string_view catch_all) {
  Writer w;
  w.u8(k_version).str(catch_all);
  return w.take();
}

Result<std::string> decode_domain(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  std::string catch_all(r.str());
  if (!known || !r.done()) return fail(Errc::corrupt, "domain row");
  return catch_all;
}

std::string encode_alias(const std::vector<std::string>& targets) {
  Writer w;
  w.u8(k_version).varint(targets.size());
  for (const auto& t : targets) w.str(t);
  return w.take();
}

Result<std::vector<std::string>> decode_alias(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  std::vector<std::string> targets;
  const auto n = r.varint();
  for (std::uint64_t i = 0; i < n && !r.bad(); ++i) targets.emplace_back(r.str());
  if (!known || !r.done()) return fail(Errc::corrupt, "alias row");
  return targets;
}

std::string encode(const UseRow& row) {
  Writer w;
  w.u8(k_version).svarint(row.last_used).str(row.address);
  return w.take();
}

Result<UseRow> decode_use(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  UseRow row;
  row.last_used = r.svarint();
  row.address = r.str();
  if (!known || !r.done()) return fail(Errc::corrupt, "use row");
  return row;
}

}  // namespace mailstead::auth

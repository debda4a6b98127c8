#include "auth/directory_impl.h"
#include "base/log.h"
#include "base/random.h"

namespace mailstead::auth {
namespace {

constexpr std::int64_t k_use_every_s = 3600;

Result<std::string> device_name(std::string_view name) {
  if (name.empty() || name.size() > 64) return fail(Errc::invalid, "device name: 1 to 64 characters");
  for (char c : name)
    if (!is_alnum(c) && c != '-' && c != '_' && c != '.')
      return fail(Errc::invalid, "device name: letters, digits, '-', '_' and '.' only");
  auto out = lower(name);
  if (out == "default") return fail(Errc::exists, "\"default\" is the account password");
  return out;
}

}  // namespace

Task<Result<std::string>> Directory::add_device(std::string account, std::string device, std::uint8_t scopes) {
  CO_TRY(account, normalise_address(account));
  CO_TRY(device, device_name(device));
  if (scopes == 0 || (scopes & ~all_scopes) != 0) co_return fail(Errc::invalid, "scopes");
  CO_TRY(const auto key, co_await impl_->key());
  const auto password = make_app_password();
  auto job = [password, salt = random_string(16), n = impl_->cost.scram_iterations] {
    return scram_verifier(password, salt, n);
  };
  const auto scram = co_await offload(impl_->hashing, std::move(job));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(auto row, co_await impl_->fresh_account(account));
    if (row.device(device) != nullptr) co_return fail(Errc::exists, "the device is there already");
    if (row.devices.size() >= k_devices) co_return fail(Errc::too_big, "too many devices");
    DeviceRow d;
    d.id = model::DeviceId(++row.last_device);  // never used again: POP3 views hang on it
    d.name = device;
    d.scopes = scopes;
    d.created = impl_->clock.now();
    d.hash = hash_app_password(key, row.id, d.id, canonical_app_password(password));
    d.scram = scram;
    row.devices.push_back(std::move(d));
    ++row.changes;
    change.put(address_key(k_accounts, account), encode(row));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return password;
  }
  co_return too_many_conflicts();
}

Task<Result<>> Directory::remove_device(std::string account, std::string device) {
  CO_TRY(account, normalise_address(account));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(auto row, co_await impl_->fresh_account(account));
    const auto* d = row.device(device);
    if (d == nullptr) co_return fail(Errc::not_found, "no such device");
    change.del(use_key(row.id, d->id));
    row.devices.erase(row.devices.begin() + (d - row.devices.data()));
    ++row.changes;
    change.put(address_key(k_accounts, account), encode(row));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<void> Directory::note_use(model::AccountId account, model::DeviceId device, std::string address) {
  const auto key = use_key(account, device);
  const auto now = impl_->clock.now();
  const auto known = co_await impl_->rows.get(key);
  if (!known) co_return;
  if (*known) {
    const auto use = decode_use(**known);
    if (use && now - use->last_used < k_use_every_s) co_return;
  }
  for (int i = 0; i < 3; ++i) {  // it is only a date: the next login tries again
    auto change = co_await impl_->rows.begin();
    if (!change) co_return;
    change->put(key, encode(UseRow{now, address}));
    const auto done = co_await impl_->rows.commit(*std::move(change));
    if (!done) log::warn("auth.note_use", {{"error", done.error().detail}});
    if (!done || *done) co_return;
  }
}

}  // namespace mailstead::auth

#include "auth/directory.h"

#include "auth/directory_impl.h"
#include "base/codec.h"
#include "base/random.h"
#include "base/utf8.h"

namespace mailstead::auth {
namespace {

Result<> check_password(std::string_view password) {
  if (password.empty() || password.size() > k_password_bytes) return fail(Errc::invalid, "password: empty or too long");
  if (!is_utf8(password)) return fail(Errc::invalid, "password: not UTF-8");
  for (unsigned char c : password)
    if (c < ' ' || c == 0x7F) return fail(Errc::invalid, "password: control character");
  return {};
}

struct Secrets {
  std::string hash;
  std::optional<ScramVerifier> scram;
};

Task<Result<Secrets>> make_secrets(Directory::Impl* d, std::string password, bool scram) {
  CO_TRY_VOID(check_password(password));
  auto job = [password = std::move(password), scram, cost = d->cost]() -> Result<Secrets> {
    Secrets out;
    TRY(out.hash, hash_password(password, cost));
    if (scram) out.scram = scram_verifier(password, random_string(16), cost.scram_iterations);
    return out;
  };
  co_return co_await offload(d->hashing, std::move(job));
}

}  // namespace

Directory::Directory(store::Store& store, const Clock& clock, PasswordCost cost)
    : impl_(std::make_unique<Impl>(store, clock, cost)) {}
Directory::~Directory() = default;

const PasswordCost& Directory::cost() const {
  return impl_->cost;
}

Task<Result<Credentials>> Directory::Impl::fresh_account(std::string name) {
  CO_TRY(auto row, co_await rows.fresh(address_key(k_accounts, name)));
  if (!row) co_return fail(Errc::not_found, "no such account");
  co_return decode_account(std::move(name), *row);
}

Task<Result<std::string>> Directory::Impl::fresh_domain(std::string domain) {
  CO_TRY(auto row, co_await rows.fresh(domain_key(domain)));
  if (!row) co_return fail(Errc::not_found, "no such domain");
  co_return decode_domain(*row);
}

Task<Result<bool>> Directory::Impl::taken(std::string address) {
  CO_TRY(auto account, co_await rows.fresh(address_key(k_accounts, address)));
  if (account) co_return true;
  CO_TRY(auto alias, co_await rows.fresh(address_key(k_aliases, address)));
  co_return alias.has_value();
}

Task<Result<std::string>> Directory::Impl::key() {
  CO_TRY(auto known, co_await rows.get(std::string(k_key_secret)));
  if (known) co_return *std::move(known);
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await rows.begin());
    CO_TRY(auto there, co_await rows.fresh(std::string(k_key_secret)));
    if (there) co_return *std::move(there);
    auto made = random_string(32);
    change.put(std::string(k_key_secret), made);
    CO_TRY(const bool done, co_await rows.commit(std::move(change)));
    if (done) co_return made;
  }
  co_return too_many_conflicts();
}

Task<Result<std::string>> Directory::server_key() {
  co_return co_await impl_->key();
}

// Domains ------------------------------------------------------------------------------------------------------------

Task<Result<>> Directory::add_domain(std::string domain) {
  CO_TRY(domain, normalise_domain(domain));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(const auto there, co_await impl_->rows.fresh(domain_key(domain)));
    if (there) co_return fail(Errc::exists, "the domain is there already");
    change.put(domain_key(domain), encode_domain(""));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<>> Directory::remove_domain(std::string domain) {
  CO_TRY(domain, normalise_domain(domain));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY_VOID(co_await impl_->fresh_domain(domain));
    CO_TRY(const bool has_accounts, co_await impl_->rows.any(cat(k_accounts, domain, '/')));
    CO_TRY(const bool has_aliases, co_await impl_->rows.any(cat(k_aliases, domain, '/')));
    if (has_accounts) co_return fail(Errc::in_use, "the domain has accounts");
    if (has_aliases) co_return fail(Errc::in_use, "the domain has aliases");
    change.del(domain_key(domain));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<std::vector<std::string>>> Directory::domains() {
  CO_TRY(const auto rows, co_await impl_->rows.scan(std::string(k_domains)));
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(row.key.substr(k_domains.size()));
  co_return out;
}

Task<Result<>> Directory::set_catch_all(std::string domain, std::string account) {
  CO_TRY(domain, normalise_domain(domain));
  if (!account.empty()) {
    CO_TRY(account, normalise_address(account));
  }
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY_VOID(co_await impl_->fresh_domain(domain));
    if (!account.empty()) CO_TRY_VOID(co_await impl_->fresh_account(account));
    change.put(domain_key(domain), encode_domain(account));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<bool>> Directory::is_local(std::string domain) {
  const auto name = normalise_domain(domain);
  if (!name) co_return false;
  CO_TRY(const auto row, co_await impl_->rows.get(domain_key(*name)));
  co_return row.has_value();
}

// Accounts -----------------------------------------------------------------------------------------------------------

Task<Result<model::AccountId>> Directory::add_account(std::string name, std::string password, bool scram) {
  CO_TRY(name, normalise_address(name));
  if (name.find_first_of("+%") < name.rfind('@'))
    co_return fail(Errc::invalid, "'+' and '%' in a login name mean a device");
  CO_TRY(auto secrets, co_await make_secrets(impl_.get(), std::move(password), scram));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY_VOID(co_await impl_->fresh_domain(name.substr(name.rfind('@') + 1)));
    CO_TRY(const bool taken, co_await impl_->taken(name));
    if (taken) co_return fail(Errc::exists, "the address is taken");
    CO_TRY(const auto last, co_await impl_->rows.fresh(std::string(k_key_last_id)));
    Reader reader(last ? std::string_view(*last) : std::string_view("\0", 1));
    const auto id = reader.varint() + 1;
    if (!reader.done()) co_return fail(Errc::corrupt, "last account id");
    Credentials row;
    row.id = model::AccountId(id);
    row.password = secrets.hash;
    row.scram = secrets.scram;
    change.put(std::string(k_key_last_id), Writer().varint(id).take());
    change.put(address_key(k_accounts, name), encode(row));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return row.id;
  }
  co_return too_many_conflicts();
}

Task<Result<>> Directory::remove_account(std::string name) {
  CO_TRY(name, normalise_address(name));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(const auto row, co_await impl_->fresh_account(name));
    change.del(address_key(k_accounts, name));
    change.del(use_key(row.id, model::DeviceId(0)));
    for (const auto& d : row.devices) change.del(use_key(row.id, d.id));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<>> Directory::set_enabled(std::string name, bool enabled) {
  CO_TRY(name, normalise_address(name));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(auto row, co_await impl_->fresh_account(name));
    row.enabled = enabled;
    ++row.changes;
    change.put(address_key(k_accounts, name), encode(row));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<>> Directory::set_password(std::string name, std::string password, bool scram) {
  CO_TRY(name, normalise_address(name));
  CO_TRY(auto secrets, co_await make_secrets(impl_.get(), std::move(password), scram));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(auto row, co_await impl_->fresh_account(name));
    row.password = secrets.hash;
    row.scram = secrets.scram;
    ++row.changes;
    change.put(address_key(k_accounts, name), encode(row));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<AccountInfo>> Directory::account(std::string name) {
  CO_TRY(name, normalise_address(name));
  CO_TRY(const auto row, co_await impl_->fresh_account(name));
  AccountInfo out{row.id, name, row.enabled, {}};
  out.devices.push_back({model::DeviceId(0), "default", all_scopes, 0, 0, ""});
  for (const auto& d : row.devices) out.devices.push_back({d.id, d.name, d.scopes, d.created, 0, ""});
  for (auto& device : out.devices) {
    CO_TRY(const auto bytes, co_await impl_->rows.fresh(use_key(row.id, device.id)));
    if (!bytes) continue;
    CO_TRY(const auto use, decode_use(*bytes));
    device.last_used = use.last_used;
    device.last_address = use.address;
  }
  co_return out;
}

Task<Result<std::vector<std::string>>> Directory::accounts(std::string domain) {
  auto prefix = std::string(k_accounts);
  if (!domain.empty()) {
    CO_TRY(domain, normalise_domain(domain));
    prefix += domain + '/';
  }
  CO_TRY(const auto rows, co_await impl_->rows.scan(prefix));
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(address_of_key(k_accounts, row.key));
  co_return out;
}

Task<Result<std::shared_ptr<const Credentials>>> Directory::credentials(std::string user) {
  const std::shared_ptr<const Credentials> nobody;
  if (user.find('@') == std::string::npos) {
    CO_TRY(const auto all, co_await impl_->rows.scan(std::string(k_domains)));
    if (all.size() != 1) co_return nobody;
    append(user, '@', std::string_view(all.front().key).substr(k_domains.size()));
  }
  const auto name = normalise_address(user);
  if (!name) co_return nobody;
  CO_TRY(const auto row, co_await impl_->rows.get(address_key(k_accounts, *name)));
  if (!row) co_return nobody;
  CO_TRY(auto decoded, decode_account(*name, *row));
  co_return std::make_shared<const Credentials>(std::move(decoded));
}

}  // namespace mailstead::auth

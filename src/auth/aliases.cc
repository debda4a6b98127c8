#include <deque>
#include <set>

#include "auth/directory_impl.h"

namespace mailstead::auth {
namespace {

struct Lookup {
  std::optional<model::AccountId> account;
  bool enabled = true;
  std::vector<std::string> targets;
  bool found() const { return account || !targets.empty(); }
  bool receives() const { return account && enabled; }
};

Task<Result<Lookup>> look_up(Directory::Impl* d, std::string address) {
  Lookup out;
  CO_TRY(const auto account, co_await d->rows.get(address_key(k_accounts, address)));
  if (account) {
    CO_TRY(const auto row, decode_account(address, *account));
    out.account = row.id;
    out.enabled = row.enabled;
    co_return out;
  }
  CO_TRY(const auto alias, co_await d->rows.get(address_key(k_aliases, address)));
  if (alias) {
    CO_TRY(out.targets, decode_alias(*alias));
  }
  co_return out;
}

struct Wanted {
  std::string address, detail;
};

}  // namespace

Task<Result<>> Directory::add_alias(std::string address, std::vector<std::string> targets) {
  CO_TRY(address, normalise_address(address));
  if (targets.empty() || targets.size() > k_alias_targets) co_return fail(Errc::invalid, "1 to 100 targets");
  for (auto& target : targets) {
    CO_TRY(target, normalise_address(target));
  }
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY_VOID(co_await impl_->fresh_domain(address.substr(address.rfind('@') + 1)));
    for (const auto& target : targets) {
      const auto local = co_await impl_->fresh_domain(target.substr(target.rfind('@') + 1));
      if (!local && local.error().code == Errc::not_found)
        co_return fail(Errc::invalid, cat("target at a domain that is not ours: ", target));
      if (!local) co_return std::unexpected(local.error());
    }
    CO_TRY(const bool taken, co_await impl_->taken(address));
    if (taken) co_return fail(Errc::exists, "the address is taken");
    change.put(address_key(k_aliases, address), encode_alias(targets));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<>> Directory::remove_alias(std::string address) {
  CO_TRY(address, normalise_address(address));
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(const auto there, co_await impl_->rows.fresh(address_key(k_aliases, address)));
    if (!there) co_return fail(Errc::not_found, "no such alias");
    change.del(address_key(k_aliases, address));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<std::vector<std::pair<std::string, std::vector<std::string>>>>> Directory::aliases() {
  CO_TRY(const auto rows, co_await impl_->rows.scan(std::string(k_aliases)));
  std::vector<std::pair<std::string, std::vector<std::string>>> out;
  for (const auto& row : rows) {
    CO_TRY(auto targets, decode_alias(row.value));
    out.emplace_back(address_of_key(k_aliases, row.key), std::move(targets));
  }
  co_return out;
}

Task<Result<std::vector<Destination>>> Directory::resolve(std::string address) {
  const auto first = normalise_address(address);
  if (!first) co_return fail(Errc::not_found, "no such user");
  const auto domain = first->substr(first->rfind('@') + 1);
  CO_TRY(const auto domain_row, co_await impl_->rows.get(domain_key(domain)));
  if (!domain_row) co_return fail(Errc::not_found, "not a domain of ours");

  std::vector<Destination> out;
  std::set<model::AccountId> accounts;
  std::set<std::string> seen{*first};  // cuts loops
  std::deque<Wanted> todo{{*first, ""}};
  while (!todo.empty()) {
    auto [name, detail] = std::move(todo.front());
    todo.pop_front();
    CO_TRY(auto found, co_await look_up(impl_.get(), name));
    if (const auto plus = name.find('+'); !found.found() && plus != std::string::npos && plus > 0) {
      const auto at = name.rfind('@');
      if (plus < at) {
        detail = name.substr(plus + 1, at - plus - 1);
        name.erase(plus, at - plus);
        CO_TRY(found, co_await look_up(impl_.get(), name));
      }
    }
    if (found.receives()) {
      if (accounts.insert(*found.account).second) out.push_back({*found.account, name, detail});
    }
    for (auto& target : found.targets)
      if (seen.size() < k_alias_targets && seen.insert(target).second) todo.push_back({std::move(target), detail});
  }
  if (out.empty()) {
    CO_TRY(const auto catch_all, decode_domain(*domain_row));
    if (!catch_all.empty()) {
      CO_TRY(const auto found, co_await look_up(impl_.get(), catch_all));
      if (found.receives()) out.push_back({*found.account, catch_all, ""});
    }
  }
  if (out.empty()) co_return fail(Errc::not_found, "no such user");
  co_return out;
}

}  // namespace mailstead::auth

#include <algorithm>

#include "auth/directory_impl.h"
#include "model/rights.h"

namespace mailstead::auth {

Result<std::string> normalise_identifier(std::string_view identifier) {
  const std::string_view sign = identifier.starts_with('-') ? "-" : "";
  identifier.remove_prefix(sign.size());
  if (identifier == model::k_anyone) return cat(sign, identifier);
  TRY(const auto address, normalise_address(identifier));
  return cat(sign, address);
}

Task<Result<>> Directory::note_share(std::string identifier, std::string owner) {
  const auto key = cat(k_shares, identifier);
  for (int i = 0; i < k_commit_tries; ++i) {
    CO_TRY(auto change, co_await impl_->rows.begin());
    CO_TRY(const auto there, co_await impl_->rows.fresh(key));
    std::vector<std::string> owners;
    if (there) {
      CO_TRY(owners, decode_alias(*there));
    }
    if (std::find(owners.begin(), owners.end(), owner) != owners.end()) co_return Result<>{};
    if (owners.size() >= k_share_owners) co_return fail(Errc::too_big, "too many share with this user");
    owners.push_back(owner);
    change.put(key, encode_alias(owners));
    CO_TRY(const bool done, co_await impl_->rows.commit(std::move(change)));
    if (done) co_return Result<>{};
  }
  co_return too_many_conflicts();
}

Task<Result<std::vector<std::string>>> Directory::share_owners(std::string identifier) {
  CO_TRY(const auto there, co_await impl_->rows.get(cat(k_shares, identifier)));
  if (!there) co_return std::vector<std::string>();
  co_return decode_alias(*there);
}

}  // namespace mailstead::auth

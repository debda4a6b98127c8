// Private to auth: shared by directory.cc, devices.cc and aliases.cc.
#pragma once

#include <memory>
#include <string>

#include "auth/directory.h"
#include "auth/password.h"
#include "auth/records.h"
#include "auth/system_rows.h"
#include "base/ascii.h"
#include "runtime/home.h"

namespace mailstead::auth {

inline constexpr int k_commit_tries = 64;  // changes by people are rare; uses of devices give up far earlier

struct Directory::Impl {
  Impl(store::Store& store, const Clock& c, PasswordCost password_cost)
      : rows(store, c), clock(c), cost(password_cost), hashing(1) {}

  // A row for a change: past the cache. not_found, corrupt.
  Task<Result<Credentials>> fresh_account(std::string name);
  Task<Result<std::string>> fresh_domain(std::string domain);  // its catch-all
  Task<Result<bool>> taken(std::string address);               // by an account or an alias
  Task<Result<std::string>> key();

  SystemRows rows;
  const Clock& clock;
  PasswordCost cost;
  Pool hashing;
};

Result<std::string> normalise_domain(std::string_view domain);
inline std::unexpected<Error> too_many_conflicts() {
  return fail(Errc::unavailable, "the directory is being changed by others");
}

}  // namespace mailstead::auth

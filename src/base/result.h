// Expected failures as values. Three kinds of failure exist in Mailstead (design §7):
//   expected          Result<T>: syntax, no such mailbox, over quota, try later. Never thrown.
//   connection over   exception net::ConnectionOver, caught at the top of a connection or background task.
//   bug               CHECK (base/check.h).
// Each protocol has one table from Errc to its own words (imap/server/errors.cc, pop3/errors.cc,
// smtp/server/errors.cc).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace mailstead {

enum class Errc : std::uint8_t {
  syntax,         // the input does not follow its grammar
  invalid,        // well-formed, but not a legal value or not legal here
  too_big,        // over a limit of base/limits.h
  not_found,      // no such mailbox, message, account, key
  exists,         // already there
  no_permission,  // not allowed, told to the one who asks
  over_quota,     // the account is full
  auth_failed,    // wrong credentials, or no such account: never told apart
  expired,        // credentials once right
  throttled,      // too many tries; come again later
  in_use,         // somebody else holds it
  unavailable,    // a temporary fault of ours; trying again may help
  full,           // the disk is full; recovers by itself when space is there
  unknown,        // a commit's outcome could not be learnt
  corrupt,        // a checksum or format is wrong: never served as good
  unsupported,    // a charset, a version, an extension we do not have
  closed,         // shutting down
};

std::string_view to_string(Errc);

struct Error {
  Errc code;
  std::string detail;  // for logs and for the human text of a reply; never holds secrets or message text

  Error(Errc c, std::string d = {}) : code(c), detail(std::move(d)) {}  // NOLINT(google-explicit-constructor)
  friend bool operator==(const Error& a, const Error& b) { return a.code == b.code; }
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(Errc code, std::string detail = {}) {
  return std::unexpected(Error(code, std::move(detail)));
}

}  // namespace mailstead

// TRY(auto x, f());  — declares x from the value of a Result, or returns its error. Two statements: not in an `if`
// without braces. TRY_VOID(f()) for Result<void>. CO_… in coroutines.
#define MAILSTEAD_CAT2(a, b) a##b
#define MAILSTEAD_CAT(a, b) MAILSTEAD_CAT2(a, b)
#define MAILSTEAD_TRY(ret, tmp, decl, ...)               \
  auto tmp = (__VA_ARGS__);                              \
  if (!tmp) ret std::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define TRY(decl, ...) MAILSTEAD_TRY(return, MAILSTEAD_CAT(try_, __COUNTER__), decl, __VA_ARGS__)
#define CO_TRY(decl, ...) MAILSTEAD_TRY(co_return, MAILSTEAD_CAT(try_, __COUNTER__), decl, __VA_ARGS__)
#define TRY_VOID(...) \
  if (auto try_void = (__VA_ARGS__); !try_void) return std::unexpected(std::move(try_void).error())
#define CO_TRY_VOID(...) \
  if (auto try_void = (__VA_ARGS__); !try_void) co_return std::unexpected(std::move(try_void).error())

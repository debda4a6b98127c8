#include "imap/server/urlauth.h"

#include <utility>

#include "auth/password.h"
#include "auth/scram.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "imap/server/message_part.h"
#include "runtime/home.h"

namespace mailstead::imap {
namespace {

using Access = AuthUrl::Access;

// §3: what the first octet of INTERNAL's token says of the rest.
constexpr char k_hmac_sha256 = 1;

std::string token(std::string_view key, std::string_view rump) {
  return cat(k_hmac_sha256, auth::hmac_sha256(key, rump));
}

// §2.4
bool allows(const AuthUrl& url, const UrlReader& reader) {
  switch (url.access) {
    case Access::submit:
      return reader.submission && url.access_user == reader.user;
    case Access::user:
      return url.access_user == reader.user;
    case Access::authuser:
      return !reader.user.empty();
    case Access::anonymous:
      return true;
  }
  std::unreachable();
}

Task<Result<std::string>> read_at_home(Context* context, model::AccountId id, AuthUrl url, std::uint64_t room) {
  CO_TRY(const auto account, co_await context->accounts.open(id));
  CO_TRY_VOID(co_await account->refresh());
  const auto* m = account->find(*url.message.mailbox);
  if (m == nullptr || !m->selectable) co_return fail(Errc::not_found);
  const auto& keys = account->options().url_keys;
  const auto key = keys.find(m->id.value);
  if (key == keys.end() || !auth::same_secret(token(key->second, url.rump), url.token)) co_return fail(Errc::not_found);
  auto read = message_part(account, m->id, std::move(url.message), room);
  co_return co_await std::move(read);
}

}  // namespace

std::string url_verifier(std::string_view key, std::string_view rump) {
  return cat(":internal:", hex_encode(token(key, rump)));
}

Task<Result<std::string>> read_auth_url(Context* context, std::string text, UrlReader reader, std::uint64_t room) {
  auto url = parse_auth_url(text);
  if (!url || url->mechanism != "INTERNAL" || !allows(*url, reader)) co_return fail(Errc::not_found);
  if (url->expire && *url->expire <= context->clock.now()) co_return fail(Errc::not_found);
  const auto info = co_await context->directory.account(url->user);
  if (!info && info.error().code == Errc::unavailable) co_return std::unexpected(info.error());
  if (!info || !info->enabled) co_return fail(Errc::not_found);
  auto task = read_at_home(context, info->id, *std::move(url), room);
  co_return co_await on(context->runtime.home_of(info->id.value), std::move(task));
}

}  // namespace mailstead::imap

// The admin commands, served on a UNIX socket that only the server's user can open.
#pragma once

#include <functional>
#include <memory>

#include "account/registry.h"
#include "auth/directory.h"
#include "index/index.h"
#include "net/stream.h"

namespace mailstead::admin {

struct Context {
  auth::Directory& directory;
  account::Registry& accounts;
  std::function<void()> stop, reload;  // any thread
  std::size_t message_size_max = limits::k_message_bytes;
  index::Index* index = nullptr;  // null: switched off
  // Errc::syntax, with what is wrong: IMAP has no such thing, or it cannot be set. Null: every name is good.
  Result<> (*check_capability)(std::string_view name) = nullptr;
  Result<> (*check_quirk)(std::string_view name) = nullptr;
};

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context);

}  // namespace mailstead::admin

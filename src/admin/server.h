// The admin commands, served on a UNIX socket that only the server's user can open. One request a connection.
#pragma once

#include <functional>
#include <memory>

#include "account/registry.h"
#include "auth/directory.h"
#include "net/stream.h"

namespace mailstead::admin {

struct Context {
  auth::Directory& directory;
  account::Registry& accounts;
  std::function<void()> stop, reload;  // any thread
};

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context);

// "domain add NAME", …: one line a command, for people.
std::string_view usage();

}  // namespace mailstead::admin

// What the commands do, in files by noun. A handler runs on the connection's home.
#pragma once

#include "admin/command.h"
#include "admin/server.h"
#include "admin/table.h"
#include "runtime/task.h"

namespace mailstead::admin {

using Handler = Task<Result<Output>> (*)(Context&, Invocation);

struct Entry {
  std::string_view name;  // Command::name()
  Handler handler;
};
std::span<const Entry> directory_handlers();  // domain, account, password, device, alias
std::span<const Entry> account_handlers();    // what opens an account: account show, quota, removed

}  // namespace mailstead::admin

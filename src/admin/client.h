// The command line's side of the admin socket. Blocking.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace mailstead::admin {

// The server's answer to a command's words. Errc::unavailable: no server there; invalid: the server refused, detail is
// its text.
Result<std::string> call(const std::string& socket, const std::vector<std::string>& words);

}  // namespace mailstead::admin

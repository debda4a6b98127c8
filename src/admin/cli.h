// An admin command, from the words of the command line to the exit code.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace mailstead::admin {

// 0 done; 1 refused or failed; 2 wrong words; 3 no server to talk to. Answers go to standard output, complaints to
// standard error.
inline constexpr int k_exit_refused = 1, k_exit_usage = 2, k_exit_no_server = 3;
int complain(const Error& error);

// `socket_of`: where the server listens, asked only when the words are right.
int run_command(std::vector<std::string> words, Result<std::string> (*socket_of)(void*), void* argument);

}  // namespace mailstead::admin

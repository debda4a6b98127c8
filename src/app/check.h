// `mailstead check`: the store's own check, then the accounts'.
#pragma once

#include <string>

namespace mailstead::app {

// Prints what was verified and what was found. 0: nothing wrong; 1: findings, or it cannot be read.
int check(const std::string& store_path);

}  // namespace mailstead::app

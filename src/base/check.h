// CHECK: a broken invariant. In store and account it aborts the process, data first. In a session use
// SESSION_CHECK: it throws Bug, which ends that session alone and counts in bugs_total (tests require 0).
#pragma once

#include <stdexcept>
#include <string_view>

namespace mailstead {

[[noreturn]] void check_failed(std::string_view condition, const char* file, int line);

class Bug : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void session_check_failed(std::string_view condition, const char* file, int line);

}  // namespace mailstead

#define CHECK(cond)                                         \
  do {                                                      \
    if (!(cond)) [[unlikely]]                               \
      ::mailstead::check_failed(#cond, __FILE__, __LINE__); \
  } while (false)
#define SESSION_CHECK(cond)                                         \
  do {                                                              \
    if (!(cond)) [[unlikely]]                                       \
      ::mailstead::session_check_failed(#cond, __FILE__, __LINE__); \
  } while (false)

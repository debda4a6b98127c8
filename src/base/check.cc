#include "base/check.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/metrics.h"

namespace mailstead {

void check_failed(std::string_view condition, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %.*s at %s:%d\n", static_cast<int>(condition.size()), condition.data(), file,
               line);
  std::abort();
}

void session_check_failed(std::string_view condition, const char* file, int line) {
  metrics::counter("bugs_total").add();
  throw Bug(std::string(condition) + " at " + file + ":" + std::to_string(line));
}

}  // namespace mailstead

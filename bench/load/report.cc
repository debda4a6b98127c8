#include "load/report.h"

#include <sys/resource.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "base/ascii.h"

namespace load {

double Latencies::percentile(double p) {
  if (ms_.empty()) return 0;
  const auto at = std::min(ms_.size() - 1, static_cast<std::size_t>(p * static_cast<double>(ms_.size())));
  std::nth_element(ms_.begin(), ms_.begin() + static_cast<std::ptrdiff_t>(at), ms_.end());
  return ms_[at];
}

void Report::key(std::string_view k) {
  if (!body_.empty()) body_ += ", ";
  mailstead::append(body_, '"', k, "\": ");
}

void Report::text(std::string_view k, std::string_view value) {
  key(k);
  body_ += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') body_ += '\\';
    body_ += c < ' ' ? ' ' : c;
  }
  body_ += '"';
}

void Report::number(std::string_view k, double value) {
  key(k);
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  body_ += buffer;
}

void Report::number(std::string_view k, std::uint64_t value) {
  key(k);
  mailstead::append(body_, value);
}

void Report::raw(std::string_view k, std::string_view json) {
  key(k);
  body_ += json;
}

void Report::print() {
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  const auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  number("driver_cpu_s", s(use.ru_utime) + s(use.ru_stime));
  std::printf("%s\n", json().c_str());
  std::fflush(stdout);
}

}  // namespace load

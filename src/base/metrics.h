// Counters and gauges, in Prometheus' text format. Any thread.
// A metric lives as long as the process; take the reference once (`static auto& n = metrics::counter("x_total");`).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace mailstead::metrics {

class Value {
 public:
  void add(std::int64_t n = 1) { v_.fetch_add(n, std::memory_order_relaxed); }
  void sub(std::int64_t n = 1) { v_.fetch_sub(n, std::memory_order_relaxed); }
  void set(std::int64_t n) { v_.store(n, std::memory_order_relaxed); }
  std::int64_t get() const { return v_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> v_{0};
};

// `labels` as in the text format, without braces: `protocol="imap",code="NO"`. Values come from us, never from input.
Value& counter(std::string_view name, std::string_view labels = {});
Value& gauge(std::string_view name, std::string_view labels = {});

// The whole exposition, sorted by name; every name has the prefix "mailstead_".
std::string exposition();

}  // namespace mailstead::metrics

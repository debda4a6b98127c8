// Time behind a seam, so that tests can jump it. Seconds and milliseconds since the Unix epoch, UTC.
#pragma once

#include <cstdint>

namespace mailstead {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual std::int64_t now_ms() const = 0;
  std::int64_t now() const { return now_ms() / 1000; }
};

const Clock& system_clock();

// For tests: stands still until moved.
class ManualClock : public Clock {
 public:
  explicit ManualClock(std::int64_t start_ms = 1'800'000'000'000) : now_ms_(start_ms) {}
  std::int64_t now_ms() const override { return now_ms_; }
  void advance_ms(std::int64_t by) { now_ms_ += by; }

 private:
  std::int64_t now_ms_;
};

}  // namespace mailstead

// Timers of a home. Milliseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "runtime/task.h"

namespace mailstead {

// One resettable alarm on the home that made it. The callback runs on that home; destroying or cancelling the timer
// means it will not be called any more.
class Timer {
 public:
  Timer();  // on a home
  ~Timer();
  Timer(const Timer&) = delete;
  void start(std::int64_t ms, std::function<void()> fn);  // replaces an earlier start
  void cancel();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// Suspends on this home.
Task<void> sleep_ms(std::int64_t ms);

// An event that many may wait for, on one home: notify() wakes all who wait now.
class Signal {
 public:
  Signal();
  ~Signal();
  void notify();
  // True when notified, false when `timeout_ms` passed first.
  Task<bool> wait(std::int64_t timeout_ms);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace mailstead

// A bound on how long something may take: `late` runs on a thread of its own unless the Bound is gone by then.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

namespace mailstead::app {

class Bound {
 public:
  Bound(std::int64_t ms, std::function<void()> late)
      : thread_([this, ms, late = std::move(late)] {
          std::unique_lock lock(mutex_);
          if (!wake_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return over_; })) late();
        }) {}
  Bound(const Bound&) = delete;
  ~Bound() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool over_ = false;
  std::thread thread_;  // last: uses the others
};

}  // namespace mailstead::app

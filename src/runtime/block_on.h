// The definition of block_on (runtime/home.h).
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>

#include "runtime/group.h"
#include "runtime/home.h"

namespace mailstead {
namespace detail {

template <class T>
struct Blocker {
  std::mutex mutex;
  std::condition_variable done;
  bool finished = false;
  std::exception_ptr error;
  std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> value;
};

// `blocker` outlives the coroutine: the blocked thread holds it until `finished`.
template <class T>
Task<void> run_blocked(Task<T> task, Blocker<T>* blocker) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      blocker->value.emplace(true);
    } else {
      blocker->value.emplace(co_await std::move(task));
    }
  } catch (...) {
    blocker->error = std::current_exception();
  }
  std::lock_guard lock(blocker->mutex);
  blocker->finished = true;
  blocker->done.notify_all();
}

}  // namespace detail

template <class T>
T block_on(Home& home, Task<T> task) {
  detail::Blocker<T> blocker;
  Group group;
  group.spawn_on(home, detail::run_blocked<T>(std::move(task), &blocker));
  {
    std::unique_lock lock(blocker.mutex);
    blocker.done.wait(lock, [&] { return blocker.finished; });
  }
  group.wait_blocking();
  if (blocker.error) std::rethrow_exception(blocker.error);
  if constexpr (!std::is_void_v<T>) return *std::move(blocker.value);
}

}  // namespace mailstead

#include "runtime/group.h"

#include <condition_variable>
#include <coroutine>
#include <mutex>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "base/metrics.h"
#include "runtime/home.h"

namespace mailstead {

struct Group::State {
  std::mutex mutex;
  std::condition_variable none;
  std::size_t running = 0;
  std::vector<std::pair<Home*, std::coroutine_handle<>>> waiting;

  void start() {
    std::lock_guard lock(mutex);
    ++running;
  }
  void done() {
    std::lock_guard lock(mutex);
    if (--running > 0) return;
    none.notify_all();
    for (auto& [home, h] : waiting) home->post(h);
    waiting.clear();
  }
};

namespace {

// Runs by itself and frees itself; the only detached coroutine of the product.
struct Detached {
  struct promise_type {
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

Task<void> guarded(Task<void> task) {
  try {
    co_await std::move(task);
  } catch (const std::exception& e) {
    metrics::counter("bugs_total").add();
    log::error("runtime.uncaught", {{"what", e.what()}});
  }
}

Detached run(Home* home, Task<void> task, std::shared_ptr<Group::State> state) {
  if (home != nullptr) co_await home->enter();
  {
    // What the task holds is gone before the group hears that it is done.
    Task<void> mine = guarded(std::move(task));
    co_await mine;
  }
  state->done();
}

struct WaitNone {
  Group::State& state;
  bool await_ready() const { return false; }
  bool await_suspend(std::coroutine_handle<> h) const {
    std::lock_guard lock(state.mutex);
    if (state.running == 0) return false;
    state.waiting.emplace_back(&Home::current(), h);
    return true;
  }
  void await_resume() const {}
};

}  // namespace

Group::Group() : state_(std::make_shared<State>()) {}
Group::~Group() {
  CHECK(size() == 0);
}

void Group::spawn(Task<void> task) {
  state_->start();
  run(nullptr, std::move(task), state_);
}
void Group::spawn_on(Home& home, Task<void> task) {
  state_->start();
  run(&home, std::move(task), state_);
}
std::size_t Group::size() const {
  std::lock_guard lock(state_->mutex);
  return state_->running;
}
Task<void> Group::wait() {
  auto state = state_;
  co_await WaitNone{*state};
}
void Group::wait_blocking() {
  std::unique_lock lock(state_->mutex);
  state_->none.wait(lock, [&] { return state_->running == 0; });
}

}  // namespace mailstead

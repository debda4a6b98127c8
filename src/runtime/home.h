// Homes: N threads, one event loop each. Everything that touches an account runs on the account's home, so its state
// needs no lock; a coroutine moves by `co_await home.enter()`. A pool takes what blocks: storage, password hashing.
#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "runtime/task.h"

namespace boost::asio {
class io_context;
}

namespace mailstead {

class Home {
 public:
  explicit Home(unsigned index);
  ~Home();
  Home(const Home&) = delete;

  // The home whose thread this is, or null on any other thread.
  static Home* current_or_null();
  static Home& current();  // CHECKs that there is one

  unsigned index() const { return index_; }
  bool here() const { return current_or_null() == this; }
  void assert_here() const;  // CHECK: broken home discipline is a bug

  // Any thread. Runs `fn` (or resumes `h`) on this home, later, in order of posting.
  void post(std::function<void()> fn);
  void post(std::coroutine_handle<> h);

  // `co_await home.enter();` goes on at this home; at once when already here.
  struct Enter {
    Home& home;
    bool await_ready() const { return home.here(); }
    void await_suspend(std::coroutine_handle<> h) const { home.post(h); }
    void await_resume() const {}
  };
  Enter enter() { return Enter{*this}; }

  // `co_await home.yield();` lets the others run: long loops do so every 1 ms or 256 messages.
  struct Yield {
    Home& home;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> h) const { home.post(h); }
    void await_resume() const {}
  };
  Yield yield() { return Yield{*this}; }

  boost::asio::io_context& context() { return *context_; }

  void run();   // on the home's thread: until stop()
  void stop();  // any thread

 private:
  unsigned index_;
  std::unique_ptr<boost::asio::io_context> context_;
};

// A bounded pool of threads for what blocks.
class Pool {
 public:
  explicit Pool(unsigned threads);
  ~Pool();  // finishes queued work, joins
  void post(std::function<void()> fn);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The process's homes and pools. Owned by app, made before everything else and destroyed last.
class Runtime {
 public:
  // `homes` threads run at once; io_threads for storage reads, cpu_threads for other long work.
  Runtime(unsigned homes, unsigned io_threads, unsigned cpu_threads);
  ~Runtime();  // stop() and join

  std::size_t size() const { return homes_.size(); }
  Home& home(std::size_t i) { return *homes_[i]; }
  // The home of an account: a stable hash of its id.
  Home& home_of(std::uint64_t account) { return *homes_[account * 0x9E3779B97F4A7C15ULL % homes_.size()]; }
  Pool& io() { return io_; }
  Pool& cpu() { return cpu_; }
  void stop();

 private:
  std::vector<std::unique_ptr<Home>> homes_;
  struct Threads;
  std::unique_ptr<Threads> threads_;
  Pool io_, cpu_;
};

namespace detail {
template <class F>
struct Offload {
  using T = std::invoke_result_t<F>;
  Pool& pool;
  F fn;
  Home* back = nullptr;
  std::optional<T> value{};
  std::exception_ptr error{};

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    back = &Home::current();
    pool.post([this, h] {
      try {
        value.emplace(fn());
      } catch (...) {
        error = std::current_exception();
      }
      back->post(h);
    });
  }
  T await_resume() {
    if (error) std::rethrow_exception(error);
    return *std::move(value);
  }
};
}  // namespace detail

// Runs fn() (which must return a value) on the pool; the caller goes on at its home. fn owns or outlives what it uses:
// `auto job = [..]{…}; auto x = co_await offload(pool, std::move(job));`
template <class F>
detail::Offload<F> offload(Pool& pool, F fn) {
  return detail::Offload<F>{pool, std::move(fn)};
}

// Runs `task` at `home` and comes back to the caller's home with its value or exception.
template <class T>
Task<T> on(Home& home, Task<T> task) {
  Home& back = Home::current();
  co_await home.enter();
  std::exception_ptr error;
  if constexpr (std::is_void_v<T>) {
    try {
      co_await std::move(task);
    } catch (...) {
      error = std::current_exception();
    }
    co_await back.enter();
    if (error) std::rethrow_exception(error);
  } else {
    std::optional<T> value;
    try {
      value.emplace(co_await std::move(task));
    } catch (...) {
      error = std::current_exception();
    }
    co_await back.enter();
    if (error) std::rethrow_exception(error);
    co_return *std::move(value);
  }
}

// For tests and tools: runs `task` on `home` from a thread that is no home, and waits for it.
template <class T>
T block_on(Home& home, Task<T> task);

}  // namespace mailstead

#include "runtime/block_on.h"  // IWYU pragma: export

// Slots for Argon2: few run at once, few wait; those who wait get their turns address by address, so that one address
// with many attempts does not starve the others. Any home.
#pragma once

#include <coroutine>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "runtime/home.h"

namespace mailstead::auth {

class HashQueue {
 public:
  HashQueue(unsigned running_max, std::size_t waiting_max, std::size_t per_address_max)
      : free_(running_max), waiting_max_(waiting_max), per_address_max_(per_address_max) {}

  // `if (co_await queue.enter(prefix)) { …; queue.leave(); }`: false when too many wait.
  struct Enter {
    HashQueue& queue;
    std::string address;
    bool got = false;
    bool await_ready() const { return false; }
    bool await_suspend(std::coroutine_handle<> h);
    bool await_resume() const { return got; }
  };
  Enter enter(std::string address) { return Enter{*this, std::move(address)}; }
  void leave();

 private:
  struct Waiter {
    std::coroutine_handle<> handle;
    Home* home;
  };
  std::mutex mutex_;
  unsigned free_;
  const std::size_t waiting_max_, per_address_max_;
  std::size_t waiting_ = 0;
  std::map<std::string, std::deque<Waiter>> waiters_;
  std::deque<std::string> order_;  // addresses with waiters, whose turn is next first
};

}  // namespace mailstead::auth

// Background work. Every spawned task belongs to a Group; the group is waited for before what its tasks use goes away.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

#include "runtime/task.h"

namespace mailstead {

class Home;

class Group {
 public:
  Group();
  ~Group();  // CHECKs that nothing runs: wait first
  Group(const Group&) = delete;

  // Starts `task` now, on this home. An exception that leaves it is logged and counted in bugs_total
  // (net::ConnectionOver is caught at the top of connections, before it comes here).
  void spawn(Task<void> task);
  // The same on another home. Any thread.
  void spawn_on(Home& home, Task<void> task);

  std::size_t size() const;
  // Waits until all have ended; on a home.
  Task<void> wait();
  // The same for a thread that is no home.
  void wait_blocking();

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace mailstead

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

#include "runtime/group.h"
#include "runtime/home.h"
#include "runtime/timer.h"
#include "runtime/turn.h"

namespace mailstead {
namespace {

Task<int> answer() {
  co_return 42;
}
Task<int> thrower() {
  throw std::runtime_error("no");
  co_return 0;
}

Task<bool> hops(Runtime* rt) {
  Home& here = Home::current();
  const int a = co_await on(rt->home(1), answer());
  co_await rt->home(1).enter();
  const bool there = rt->home(1).here();
  co_await here.enter();
  co_return there&& a == 42 && here.here();
}

TEST(Home, TasksHopAndComeBack) {
  Runtime rt(2, 1, 1);
  EXPECT_TRUE(block_on(rt.home(0), hops(&rt)));
}

Task<bool> error_crosses(Runtime* rt) {
  try {
    co_await on(rt->home(1), thrower());
  } catch (const std::runtime_error&) {
    co_return rt->home(0).here();
  }
  co_return false;
}

TEST(Home, ExceptionsCrossHomesToTheAwaiter) {
  Runtime rt(2, 1, 1);
  EXPECT_TRUE(block_on(rt.home(0), error_crosses(&rt)));
}

Task<int> uses_pool(Runtime* rt) {
  auto job = [text = std::string("abc")] { return static_cast<int>(text.size()); };
  const int n = co_await offload(rt->io(), std::move(job));
  Home::current().assert_here();
  co_return n;
}

TEST(Pool, OffloadReturnsToItsHome) {
  Runtime rt(1, 2, 1);
  EXPECT_EQ(block_on(rt.home(0), uses_pool(&rt)), 3);
}

Task<void> in_turn(Turn* turn, std::vector<int>* order, int who) {
  auto guard = co_await turn->take();
  order->push_back(who);
  co_await Home::current().yield();
  order->push_back(who);
}

Task<std::vector<int>> contend() {
  Turn turn;
  std::vector<int> order;
  Group group;
  for (int i = 0; i < 4; ++i) group.spawn(in_turn(&turn, &order, i));
  co_await group.wait();
  co_return order;
}

TEST(Turn, IsFifoAndExclusive) {
  Runtime rt(1, 1, 1);
  EXPECT_EQ(block_on(rt.home(0), contend()), (std::vector<int>{0, 0, 1, 1, 2, 2, 3, 3}));
}

Task<void> notify_soon(Signal* signal) {
  co_await sleep_ms(5);
  signal->notify();
}

Task<std::pair<bool, bool>> signals() {
  Signal signal;
  Group group;
  group.spawn(notify_soon(&signal));
  const bool notified = co_await signal.wait(60'000);
  const bool late = co_await signal.wait(1);
  co_await group.wait();
  co_return std::pair(notified, late);
}

TEST(Signal, TellsNotificationFromTimeout) {
  Runtime rt(1, 1, 1);
  EXPECT_EQ(block_on(rt.home(0), signals()), std::pair(true, false));
}

}  // namespace
}  // namespace mailstead

#include "runtime/timer.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <coroutine>
#include <list>

#include "runtime/home.h"

namespace mailstead {

struct Timer::Impl {
  explicit Impl(boost::asio::io_context& c) : timer(c) {}
  boost::asio::steady_timer timer;
  std::function<void()> fn;
  std::uint64_t round = 0;  // a handler already queued when the timer is restarted belongs to an older round
};

Timer::Timer() : impl_(std::make_shared<Impl>(Home::current().context())) {}
Timer::~Timer() {
  cancel();
}

void Timer::start(std::int64_t ms, std::function<void()> fn) {
  const auto round = ++impl_->round;
  impl_->fn = std::move(fn);
  impl_->timer.expires_after(std::chrono::milliseconds(ms));
  impl_->timer.async_wait([weak = std::weak_ptr(impl_), round](const boost::system::error_code& ec) {
    const auto impl = weak.lock();
    if (ec || !impl || impl->round != round) return;
    auto call = std::move(impl->fn);
    impl->fn = nullptr;
    call();
  });
}

void Timer::cancel() {
  ++impl_->round;
  impl_->fn = nullptr;
  impl_->timer.cancel();
}

namespace {

struct Sleep {
  boost::asio::steady_timer timer;
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> h) {
    timer.async_wait([h](const boost::system::error_code&) { h.resume(); });
  }
  void await_resume() const {}
};

}  // namespace

Task<void> sleep_ms(std::int64_t ms) {
  Sleep sleep{boost::asio::steady_timer(Home::current().context(), std::chrono::milliseconds(ms))};
  co_await sleep;
}

namespace {

struct Waiter {
  std::coroutine_handle<> handle;
  bool finished = false;
  bool notified = false;

  bool await_ready() const { return finished; }
  void await_suspend(std::coroutine_handle<> h) { handle = h; }
  void await_resume() const {}

  void finish(bool by_notify) {
    if (finished) return;
    finished = true;
    notified = by_notify;
    if (handle) Home::current().post(handle);
  }
};

}  // namespace

struct Signal::Impl {
  std::list<std::shared_ptr<Waiter>> waiters;
};

Signal::Signal() : impl_(std::make_shared<Impl>()) {}
Signal::~Signal() = default;

void Signal::notify() {
  const auto woken = std::move(impl_->waiters);
  impl_->waiters.clear();
  for (const auto& w : woken) w->finish(true);
}

Task<bool> Signal::wait(std::int64_t timeout_ms) {
  const auto impl = impl_;  // the signal may go while we wait
  const auto waiter = std::make_shared<Waiter>();
  impl->waiters.push_back(waiter);
  Timer timer;
  timer.start(timeout_ms, [waiter] { waiter->finish(false); });
  co_await *waiter;
  impl->waiters.remove(waiter);
  co_return waiter->notified;
}

}  // namespace mailstead

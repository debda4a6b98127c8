#include "runtime/home.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>

#include "base/check.h"

namespace mailstead {
namespace {

thread_local Home* current_home = nullptr;

}  // namespace

Home::Home(unsigned index) : index_(index), context_(std::make_unique<boost::asio::io_context>(1)) {}
Home::~Home() = default;

Home* Home::current_or_null() {
  return current_home;
}
Home& Home::current() {
  CHECK(current_home != nullptr);
  return *current_home;
}
void Home::assert_here() const {
  CHECK(here());
}

void Home::post(std::function<void()> fn) {
  boost::asio::post(*context_, std::move(fn));
}
void Home::post(std::coroutine_handle<> h) {
  boost::asio::post(*context_, [h] { h.resume(); });
}

void Home::run() {
  current_home = this;
  auto guard = boost::asio::make_work_guard(*context_);
  context_->run();
  current_home = nullptr;
}
void Home::stop() {
  context_->stop();
}

struct Pool::Impl {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> queue;
  bool stopping = false;
  std::vector<std::thread> threads;

  void run() {
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stopping || !queue.empty(); });
        if (queue.empty()) return;
        job = std::move(queue.front());
        queue.pop_front();
      }
      job();
    }
  }
};

Pool::Pool(unsigned threads) : impl_(std::make_unique<Impl>()) {
  for (unsigned i = 0; i < threads; ++i) impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
}

Pool::~Pool() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  for (auto& t : impl_->threads) t.join();
}

void Pool::post(std::function<void()> fn) {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->queue.push_back(std::move(fn));
  }
  impl_->wake.notify_one();
}

struct Runtime::Threads {
  std::vector<std::thread> threads;
};

Runtime::Runtime(unsigned homes, unsigned io_threads, unsigned cpu_threads)
    : threads_(std::make_unique<Threads>()), io_(io_threads), cpu_(cpu_threads) {
  // A client that closes early must be an error of write(), not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  for (unsigned i = 0; i < homes; ++i) homes_.push_back(std::make_unique<Home>(i));
  for (auto& h : homes_) threads_->threads.emplace_back([home = h.get()] { home->run(); });
}

Runtime::~Runtime() {
  stop();
}

void Runtime::stop() {
  for (auto& h : homes_) h->stop();
  for (auto& t : threads_->threads)
    if (t.joinable()) t.join();
}

}  // namespace mailstead

// Turn: a FIFO async lock of one home. Home protects memory; the turn protects meaning: read–decide–commit happens
// within one turn. Never hold one while writing to a client.
#pragma once

#include <coroutine>
#include <deque>
#include <utility>

namespace mailstead {

class Turn {
 public:
  class Guard {
   public:
    Guard() = default;
    explicit Guard(Turn* t) : turn_(t) {}
    Guard(Guard&& o) noexcept : turn_(std::exchange(o.turn_, nullptr)) {}
    Guard& operator=(Guard&& o) noexcept {
      release();
      turn_ = std::exchange(o.turn_, nullptr);
      return *this;
    }
    ~Guard() { release(); }
    void release() {
      if (auto* t = std::exchange(turn_, nullptr)) t->pass_on();
    }

   private:
    Turn* turn_ = nullptr;
  };

  struct Take {
    Turn& turn;
    bool await_ready() const {
      if (turn.taken_) return false;
      return turn.taken_ = true;
    }
    void await_suspend(std::coroutine_handle<> h) const { turn.waiting_.push_back(h); }
    Guard await_resume() const { return Guard(&turn); }
  };
  // `auto guard = co_await turn.take();`
  Take take() { return Take{*this}; }
  bool taken() const { return taken_; }

 private:
  void pass_on();  // posts the next waiter to this home, so that stacks stay flat

  bool taken_ = false;
  std::deque<std::coroutine_handle<>> waiting_;
};

}  // namespace mailstead

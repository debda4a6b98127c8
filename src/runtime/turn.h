// Turn: a FIFO async lock of one home. Home protects memory; the turn protects meaning: read–decide–commit happens
// within one turn. Never hold one while writing to a client.
#pragma once

#include <coroutine>
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

  // Waits in the frame of the coroutine that takes the turn: an idle turn, of which every open account has one, costs
  // three words, and waiting allocates nothing.
  class Take {
   public:
    explicit Take(Turn& turn) : turn_(turn) {}
    Take(const Take&) = delete;
    Take& operator=(const Take&) = delete;
    bool await_ready() const {
      if (turn_.taken_) return false;
      return turn_.taken_ = true;
    }
    void await_suspend(std::coroutine_handle<> h) {
      waiter_ = h;
      (turn_.last_ != nullptr ? turn_.last_->next_ : turn_.first_) = this;
      turn_.last_ = this;
    }
    Guard await_resume() const { return Guard(&turn_); }

   private:
    friend Turn;
    Turn& turn_;
    std::coroutine_handle<> waiter_;
    Take* next_ = nullptr;
  };
  // `auto guard = co_await turn.take();`
  Take take() { return Take(*this); }
  bool taken() const { return taken_; }

 private:
  void pass_on();  // posts the next waiter to this home, so that stacks stay flat

  bool taken_ = false;
  Take *first_ = nullptr, *last_ = nullptr;  // who waits, oldest first
};

}  // namespace mailstead

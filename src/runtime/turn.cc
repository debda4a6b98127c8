#include "runtime/turn.h"

#include "runtime/home.h"

namespace mailstead {

void Turn::pass_on() {
  if (first_ == nullptr) {
    taken_ = false;
    return;
  }
  const auto* next = std::exchange(first_, first_->next_);
  if (first_ == nullptr) last_ = nullptr;
  Home::current().post(next->waiter_);
}

}  // namespace mailstead

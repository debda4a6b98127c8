#include "runtime/turn.h"

#include "runtime/home.h"

namespace mailstead {

void Turn::pass_on() {
  if (waiting_.empty()) {
    taken_ = false;
    return;
  }
  const auto next = waiting_.front();
  waiting_.pop_front();
  Home::current().post(next);
}

}  // namespace mailstead

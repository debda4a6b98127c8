#include "auth/hash_queue.h"

namespace mailstead::auth {

bool HashQueue::Enter::await_suspend(std::coroutine_handle<> h) {
  std::lock_guard lock(queue.mutex_);
  if (queue.free_ > 0) {
    --queue.free_;
    got = true;
    return false;
  }
  auto it = queue.waiters_.find(address);
  const std::size_t mine = it == queue.waiters_.end() ? 0 : it->second.size();
  if (queue.waiting_ >= queue.waiting_max_ || mine >= queue.per_address_max_) return false;
  if (mine == 0) {
    it = queue.waiters_.try_emplace(address).first;
    queue.order_.push_back(address);
  }
  got = true;  // leave() passes a slot on: whoever is resumed has one
  it->second.push_back({h, &Home::current()});
  ++queue.waiting_;
  return true;
}

void HashQueue::leave() {
  std::lock_guard lock(mutex_);
  if (waiting_ == 0) {
    ++free_;
    return;
  }
  const auto address = std::move(order_.front());
  order_.pop_front();
  const auto it = waiters_.find(address);
  const auto next = it->second.front();
  it->second.pop_front();
  --waiting_;
  if (it->second.empty())
    waiters_.erase(it);
  else
    order_.push_back(address);
  next.home->post(next.handle);
}

}  // namespace mailstead::auth

// A long list of messages in batches, the next ones begun while one is dealt with: the store reads while the client is
// answered, and several processors work for one command.
#pragma once

#include <cstddef>
#include <deque>
#include <exception>
#include <utility>

#include "base/result.h"
#include "runtime/group.h"

namespace mailstead::imap {

// Of the owner, which must outlive the call:
//   bool take(Batch&)                 fills the next batch; false: there is none, or not until another is finished
//   Task<void> begin(Batch&)          may run beside others'
//   Task<Result<bool>> finish(Batch&) one after the other, in the order taken; false: no more is wanted
// At most `most` batches are there at a time. What was begun has ended when this returns or throws.
template <class Batch, class Owner>
Task<Result<>> work_ahead(Owner* owner, std::size_t most) {
  struct Begun {
    Batch batch;
    Group work;
  };
  std::deque<Begun> begun;  // a deque: what is worked on stays where it is
  Result<> done;
  std::exception_ptr over;
  try {
    for (;;) {
      while (begun.size() < most) {
        auto& next = begun.emplace_back();
        if (!owner->take(next.batch)) {
          begun.pop_back();
          break;
        }
        next.work.spawn(owner->begin(next.batch));
      }
      if (begun.empty()) break;
      co_await begun.front().work.wait();
      auto step = owner->finish(begun.front().batch);
      const auto wanted = co_await std::move(step);
      if (!wanted) done = std::unexpected(wanted.error());
      if (!wanted || !*wanted) break;
      begun.pop_front();
    }
  } catch (...) {
    over = std::current_exception();
  }
  for (auto& b : begun) co_await b.work.wait();
  if (over) std::rethrow_exception(over);
  co_return done;
}

}  // namespace mailstead::imap

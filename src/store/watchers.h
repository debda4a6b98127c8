// The watchers of a driver. Any thread. A callback runs under the list's lock, so it must only note and post: it must
// not call watch() nor destroy a Watch of the same store.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "store/store.h"

namespace mailstead::store {

class Watchers {
 public:
  std::unique_ptr<Watch> add(Hint hint) {
    std::lock_guard lock(list_->mutex);
    const auto id = list_->next++;
    list_->hints.emplace(id, std::move(hint));
    return std::make_unique<Entry>(list_, id);
  }
  void tell(PartitionId partition, std::uint64_t version) const {
    std::lock_guard lock(list_->mutex);
    for (const auto& [id, hint] : list_->hints) hint(partition, version);
  }

 private:
  struct List {
    std::mutex mutex;
    std::map<std::uint64_t, Hint> hints;
    std::uint64_t next = 0;
  };
  // Shares the list: a Watch may outlive its store.
  class Entry : public Watch {
   public:
    Entry(std::shared_ptr<List> list, std::uint64_t id) : list_(std::move(list)), id_(id) {}
    ~Entry() override {
      std::lock_guard lock(list_->mutex);
      list_->hints.erase(id_);
    }

   private:
    std::shared_ptr<List> list_;
    std::uint64_t id_;
  };
  std::shared_ptr<List> list_ = std::make_shared<List>();
};

}  // namespace mailstead::store

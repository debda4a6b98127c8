#include "store/mem/mem_store.h"

#include <gtest/gtest.h>

#include "store/conformance.h"
#include "store/fault_store.h"

namespace mailstead::store {
namespace {

// The wrapper without a plan must change nothing; it owns what it wraps, as a base made before it.
struct Owned {
  MemStore mem;
};
class OwningFaultStore : private Owned, public FaultStore {
 public:
  explicit OwningFaultStore(const Clock& clock) : Owned{MemStore(clock)}, FaultStore(mem) {}
};

std::unique_ptr<Store> open_mem(Pool&, const Clock& clock, const std::string&) {
  return std::make_unique<MemStore>(clock);
}
std::unique_ptr<Store> open_fault(Pool&, const Clock& clock, const std::string&) {
  return std::make_unique<OwningFaultStore>(clock);
}

INSTANTIATE_TEST_SUITE_P(Mem, StoreConformance, testing::Values(Driver{"mem", open_mem}, Driver{"fault", open_fault}),
                         driver_name);

class FaultStoreTest : public testing::Test {
 protected:
  static Commit change(std::uint64_t expected) {
    Commit c;
    c.partition = {PartitionId::account, 1};
    c.expected = expected;
    c.ops = {{Op::put, "k", "v"}};
    return c;
  }
  Result<CommitOutcome> commit(std::uint64_t expected) {
    return block_on(runtime_.home(0), fault_.commit(change(expected)));
  }
  std::uint64_t true_version() { return block_on(runtime_.home(0), mem_.head({PartitionId::account, 1}))->version; }

  Runtime runtime_{1, 1, 1};
  MemStore mem_;
  FaultStore fault_{mem_};
};

TEST_F(FaultStoreTest, FailsTheKthCallBeforeOrAfterApplying) {
  fault_.set({.fail_call = 2, .code = Errc::full});
  EXPECT_TRUE(commit(0));
  EXPECT_EQ(commit(1).error().code, Errc::full);
  EXPECT_EQ(true_version(), 1u);
  EXPECT_TRUE(commit(1));
  fault_.set({.fail_call = 1, .code = Errc::unknown, .applied = true});
  EXPECT_EQ(commit(2).error().code, Errc::unknown);
  EXPECT_EQ(true_version(), 3u);
  fault_.set({.fail_call = 1, .fail_later_too = true});
  EXPECT_EQ(commit(3).error().code, Errc::unavailable);
  EXPECT_EQ(block_on(runtime_.home(0), fault_.get({PartitionId::account, 1}, "k")).error().code, Errc::unavailable);
  fault_.set({.fail_call = 1, .commits_only = true});
  EXPECT_TRUE(block_on(runtime_.home(0), fault_.get({PartitionId::account, 1}, "k")));
  EXPECT_FALSE(commit(3));
  EXPECT_EQ(true_version(), 3u);
}

TEST_F(FaultStoreTest, InjectsConflictsDelaysAndDropsHints) {
  int hints = 0;
  const auto watch = fault_.watch([&](PartitionId, std::uint64_t) { ++hints; });
  fault_.set({.conflict_every = 2, .delay_ms = 2});
  const auto start = system_clock().now_ms();
  EXPECT_EQ(*commit(0), CommitOutcome::ok);
  EXPECT_EQ(*commit(1), CommitOutcome::conflict);
  EXPECT_GE(system_clock().now_ms() - start, 3);
  EXPECT_EQ(true_version(), 1u);
  EXPECT_EQ(hints, 1);
  fault_.set({.drop_hints = true});
  EXPECT_EQ(*commit(1), CommitOutcome::ok);
  EXPECT_EQ(hints, 1);
}

}  // namespace
}  // namespace mailstead::store

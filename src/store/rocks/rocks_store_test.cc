#include "store/rocks/rocks_store.h"

#include <gtest/gtest.h>

#include "store/conformance.h"

namespace mailstead::store {
namespace {

RocksOptions small() {
  RocksOptions o;
  o.cache_bytes = 8 * 1024 * 1024;
  o.reserve_bytes = 0;
  return o;
}

std::unique_ptr<Store> open_rocks(Pool& io, const Clock& clock, const std::string& folder) {
  auto store = RocksStore::open(folder + "/db", io, clock, small());
  if (!store) ADD_FAILURE() << store.error().detail;
  return store ? *std::move(store) : nullptr;
}

INSTANTIATE_TEST_SUITE_P(Rocks, StoreConformance, testing::Values(Driver{"rocks", open_rocks, true}), driver_name);

}  // namespace
}  // namespace mailstead::store

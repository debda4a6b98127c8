// Durable deliveries: one commit of 5 keys × 150 B and a new 8 KiB blob, by 1 to 64 writers with an account each.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

#include "base/ascii.h"
#include "base/random.h"
#include "runtime/group.h"
#include "runtime/home.h"
#include "store/rocks/rocks_store.h"

namespace mailstead::store {
namespace {

constexpr int k_commits = 2000;  // a round, of all writers

Task<> write_commits(Store* store, std::uint64_t account, std::uint64_t* version, int commits) {
  // Mail-like: half of it compresses well.
  std::string content = random_string(4096) + std::string(4096, 'm');
  for (int i = 0; i < commits; ++i) {
    random_bytes(content.data(), 16);
    Commit c;
    c.partition = {PartitionId::account, account};
    c.expected = *version;
    c.record = std::string(100, 'r');
    for (int k = 0; k < 5; ++k) c.ops.push_back({Op::put, cat(*version, ".", k), std::string(150, 'v')});
    const auto id = BlobId::of(content);
    c.ops.push_back({Op::link, std::string(id.view()), "m"});
    c.blobs.push_back({id, content});
    const auto outcome = co_await store->commit(std::move(c));
    if (!outcome || *outcome != CommitOutcome::ok) std::abort();
    ++*version;
  }
}

void deliver(benchmark::State& state) {
  const auto writers = static_cast<std::size_t>(state.range(0));
  std::string folder = (std::filesystem::current_path() / "rocks-bench-XXXXXX").string();
  if (!::mkdtemp(folder.data())) std::abort();
  {
    Runtime runtime(1, 2, 1);
    auto store = RocksStore::open(folder + "/db", runtime.io(), system_clock());
    if (!store) std::abort();
    std::vector<std::uint64_t> versions(writers);
    for (auto _ : state) {
      Group group;
      for (std::size_t w = 0; w < writers; ++w)
        group.spawn_on(runtime.home(0),
                       write_commits(store->get(), w + 1, &versions[w], k_commits / static_cast<int>(writers)));
      group.wait_blocking();
    }
    const auto each = k_commits / static_cast<std::int64_t>(writers) * static_cast<std::int64_t>(writers);
    state.SetItemsProcessed(state.iterations() * each);
  }
  std::filesystem::remove_all(folder);
}
BENCHMARK(deliver)->Arg(1)->Arg(8)->Arg(32)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond)->MinTime(1.0);

}  // namespace
}  // namespace mailstead::store

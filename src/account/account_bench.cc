// The account's cached state at the size of a large mailbox. Times are those of the calls as a session makes them: with
// the store's commits (500 rows each), synced where the store is RocksDB.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

#include "account/registry.h"
#include "base/ascii.h"
#include "store/mem/mem_store.h"
#include "store/rocks/rocks_store.h"

namespace mailstead::account {
namespace {

constexpr std::uint32_t k_rows = 100'000;
const Actor k_actor{"default", "imap", ""};

template <class T>
T must(Result<T> result) {
  if (!result) std::abort();
  return *std::move(result);
}

// One account with 100,000 messages in INBOX, all of the same few octets; made once for each store.
class World {
 public:
  explicit World(bool rocks) {
    if (rocks) {
      folder_ = (std::filesystem::current_path() / "account-bench-XXXXXX").string();
      if (!::mkdtemp(folder_.data())) std::abort();
      store_ = must(store::RocksStore::open(folder_ + "/db", runtime_.io(), system_clock(), {}));
    } else {
      store_ = std::make_unique<store::MemStore>();
    }
    registry_ = std::make_unique<Registry>(runtime_, *store_, system_clock(), AccountSettings{});
    account_ = must(run(registry_->open(model::AccountId(1))));
    fill(k_rows);
  }
  ~World() {
    account_.reset();
    registry_.reset();
    store_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  static World& of(bool rocks) {
    if (!rocks) {
      static World mem(false);
      return mem;
    }
    // Made after RocksDB's own statics, so it goes before them.
    static World disk(true);
    return disk;
  }

  template <class T>
  T run(Task<T> task) {
    return block_on(runtime_.home(0), std::move(task));
  }
  Account& account() { return *account_; }
  MailboxId id(std::string_view name) { return account_->find(name)->id; }
  // As the first session after a start: nothing of the account is in memory.
  void open_cold() {
    Registry fresh(runtime_, *store_, system_clock(), AccountSettings{});
    const auto account = must(run(fresh.open(model::AccountId(1))));
    if (must(run(account->open(account->find("INBOX")->id)))->rows->size() < k_rows) std::abort();
  }
  MailboxRef inbox() { return must(run(account_->open(id("INBOX")))); }
  void fill(std::size_t messages) {
    for (std::size_t left = messages; left > 0;) {
      std::vector<NewMessage> some(std::min<std::size_t>(left, 500));
      for (auto& m : some) m.content = "Subject: hello\r\n\r\nhello\r\n";
      left -= some.size();
      must(run(account_->append(id("INBOX"), std::move(some), k_actor)));
    }
  }
  // Every second one of the first 2n.
  UidSet half(std::uint32_t n) {
    const auto box = inbox();
    std::vector<Uid> uids;
    for (std::uint32_t i = 0; i < n; ++i) uids.emplace_back(box->rows->uid_at(std::size_t{2} * i));
    return UidSet::of_numbers(uids);
  }
  UidSet first(std::uint32_t n) {
    const auto box = inbox();
    return UidSet(Uid(box->rows->uid_at(0)), Uid(box->rows->uid_at(n - 1)));
  }

 private:
  Runtime runtime_{1, 2, 1};
  std::string folder_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Registry> registry_;
  AccountRef account_;
};

void open_100k(benchmark::State& state) {
  auto& w = World::of(state.range(0) != 0);
  for (auto _ : state) w.open_cold();
}

void flags_10k(benchmark::State& state) {
  auto& w = World::of(state.range(0) != 0);
  const auto box = w.inbox();
  const auto uids = w.half(10'000);
  bool on = false;
  for (auto _ : state) {
    on = !on;
    must(w.run(w.account().store_flags(w.id("INBOX"), uids, on ? FlagChange::add : FlagChange::remove, {"\\Flagged"},
                                       {}, k_actor)));
  }
}

void expunge_50k(benchmark::State& state) {
  auto& w = World::of(state.range(0) != 0);
  const auto box = w.inbox();
  for (auto _ : state) {
    const auto gone = must(w.run(w.account().expunge(w.id("INBOX"), w.half(50'000), false, k_actor)));
    if (gone.size() != 50'000) std::abort();
    state.PauseTiming();
    while (must(w.run(w.account().purge(INT64_MAX, 5000))) > 0) {
    }
    w.fill(50'000);
    state.ResumeTiming();
  }
}

void copy_10k(benchmark::State& state) {
  auto& w = World::of(state.range(0) != 0);
  const auto box = w.inbox();
  const auto archive = must(w.run(w.account().open(w.id("Archive"))));
  for (auto _ : state) must(w.run(w.account().copy(w.id("INBOX"), w.first(10'000), w.id("Archive"), k_actor)));
}

void move_10k(benchmark::State& state) {
  auto& w = World::of(state.range(0) != 0);
  const auto box = w.inbox();
  const auto trash = must(w.run(w.account().open(w.id("Trash"))));
  for (auto _ : state) {
    must(w.run(w.account().move(w.id("INBOX"), w.first(10'000), w.id("Trash"), k_actor)));
    must(w.run(w.account().move(w.id("Trash"), UidSet(Uid(1), Uid(UINT32_MAX)), w.id("INBOX"), k_actor)));
  }
}

void changed_since_nothing(benchmark::State& state) {
  auto& w = World::of(state.range(0) != 0);
  const auto box = w.inbox();
  for (auto _ : state) benchmark::DoNotOptimize(box->rows->changed_since(w.account().version()).size());
}

BENCHMARK(open_100k)->Arg(0)->Arg(1)->ArgName("rocks")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(flags_10k)->Arg(0)->Arg(1)->ArgName("rocks")->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(copy_10k)->Arg(0)->Arg(1)->ArgName("rocks")->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);
BENCHMARK(move_10k)->Arg(0)->Arg(1)->ArgName("rocks")->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);
BENCHMARK(expunge_50k)->Arg(0)->Arg(1)->ArgName("rocks")->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);
BENCHMARK(changed_since_nothing)->Arg(0)->ArgName("rocks")->Unit(benchmark::kNanosecond)->UseRealTime();

}  // namespace
}  // namespace mailstead::account

#include "account/registry.h"

#include <map>

#include "account/account_impl.h"
#include "base/log.h"

namespace mailstead::account {

namespace {

constexpr std::size_t k_tend_accounts = 500;  // of all homes, that one call of tend() looks at unasked

}  // namespace

struct Registry::Impl {
  Impl(Runtime& r, store::Store& s, const Clock& c, AccountSettings a) : runtime(r), store(s), clock(c), settings(a) {}

  // Each home's accounts are touched on that home only.
  struct Shard {
    KeptMailboxes kept{limits::k_kept_mailboxes_bytes};
    KeptDigests digests{limits::k_digests_bytes, Alone::let_go, &metrics::gauge("account_digests_bytes")};
    std::map<std::uint64_t, std::shared_ptr<AccountImpl>> open;
    std::uint64_t tended = 0;  // the last account that tend() looked at unasked
    Turn opening;
  };

  Runtime& runtime;
  store::Store& store;
  const Clock& clock;
  const AccountSettings settings;
  // Shared with hints that may still be queued on a home when the registry goes.
  std::vector<std::shared_ptr<Shard>> shards;
  Background background;
  std::unique_ptr<store::Watch> watch;
};

Registry::Registry(Runtime& runtime, store::Store& store, const Clock& clock, AccountSettings settings)
    : impl_(std::make_unique<Impl>(runtime, store, clock, settings)) {
  for (std::size_t i = 0; i < runtime.size(); ++i) impl_->shards.push_back(std::make_shared<Impl::Shard>());
  impl_->watch = store.watch([shards = impl_->shards, &runtime](store::PartitionId p, std::uint64_t version) {
    if (p.kind != store::PartitionId::account) return;
    Home& home = runtime.home_of(p.id);
    home.post([shard = shards[home.index()], id = p.id, version] {
      if (const auto found = shard->open.find(id); found != shard->open.end()) found->second->hint(version);
    });
  });
}

Registry::~Registry() {
  stop();
}

void Registry::stop() {
  impl_->background.stopping = true;
  impl_->background.group.wait_blocking();
}

Task<Result<AccountRef>> Registry::open(model::AccountId id) {
  return open_or_make(id, true);
}

Task<Result<AccountRef>> Registry::open_or_make(model::AccountId id, bool make) {
  Home& home = impl_->runtime.home_of(id.value);
  home.assert_here();
  const auto shard = impl_->shards[home.index()];
  if (const auto found = shard->open.find(id.value); found != shard->open.end()) co_return AccountRef(found->second);
  auto guard = co_await shard->opening.take();
  if (const auto found = shard->open.find(id.value); found != shard->open.end()) co_return AccountRef(found->second);
  auto account = std::make_shared<AccountImpl>(home, impl_->runtime.cpu(), impl_->store, impl_->clock, impl_->settings,
                                               shard->kept, shard->digests, impl_->background, id);
  CO_TRY_VOID(co_await account->load(make));
  shard->open.emplace(id.value, account);
  co_return AccountRef(account);
}

Task<Result<>> Registry::erase(model::AccountId id) {
  Home& home = impl_->runtime.home_of(id.value);
  home.assert_here();
  const auto shard = impl_->shards[home.index()];
  const auto erased = co_await impl_->store.erase({store::PartitionId::account, id.value});
  // Whatever came of it: what may be half gone is nothing to go on with.
  if (const auto found = shard->open.find(id.value); found != shard->open.end()) {
    const auto account = std::move(found->second);
    shard->open.erase(found);
    co_await account->leave();
  }
  co_return erased;
}

Task<void> Registry::tend() {
  Home& home = Home::current();
  const auto shard = impl_->shards[home.index()];
  // Those that nobody has open are looked at a few at a time, round and round.
  const auto ids = co_await impl_->store.partitions(store::PartitionId::account, shard->tended, k_tend_accounts);
  if (!ids) log::warn("account.tend", {{"error", to_string(ids.error().code)}});
  if (ids) {
    shard->tended = ids->empty() ? 0 : ids->back();
    for (const auto id : *ids) {
      if (&impl_->runtime.home_of(id) != &home) continue;
      const auto opened = co_await open_or_make(model::AccountId(id), false);
      if (!opened && opened.error().code != Errc::not_found)  // not erased meanwhile
        log::warn("account.tend", {{"account", id}, {"error", to_string(opened.error().code)}});
    }
  }
  std::vector<std::shared_ptr<AccountImpl>> all;
  for (const auto& [id, account] : shard->open) all.push_back(account);
  for (const auto& account : all)
    if (const auto done = co_await account->tend(); !done)
      log::warn("account.tend", {{"account", account->id().value}, {"error", to_string(done.error().code)}});
  all.clear();
  shard->kept.age();
  shard->digests.age();
  // Held by the shard alone: nobody uses it.
  std::erase_if(shard->open, [](const auto& entry) { return entry.second.use_count() == 1; });
}

Runtime& Registry::runtime() {
  return impl_->runtime;
}
store::Store& Registry::store() {
  return impl_->store;
}

}  // namespace mailstead::account

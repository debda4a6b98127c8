#include "account/registry.h"

#include <map>

#include "account/account_impl.h"
#include "base/log.h"

namespace mailstead::account {

struct Registry::Impl {
  Impl(Runtime& r, store::Store& s, const Clock& c, AccountSettings a) : runtime(r), store(s), clock(c), settings(a) {}

  // Each home's accounts are touched on that home only.
  struct Shard {
    KeptMailboxes kept{limits::k_kept_mailboxes_bytes};
    std::map<std::uint64_t, std::shared_ptr<AccountImpl>> open;
    Turn opening;
  };

  Runtime& runtime;
  store::Store& store;
  const Clock& clock;
  const AccountSettings settings;
  // Shared with hints that may still be queued on a home when the registry goes.
  std::vector<std::shared_ptr<Shard>> shards;
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

Registry::~Registry() = default;

Task<Result<AccountRef>> Registry::open(model::AccountId id) {
  Home& home = impl_->runtime.home_of(id.value);
  home.assert_here();
  const auto shard = impl_->shards[home.index()];
  if (const auto found = shard->open.find(id.value); found != shard->open.end()) co_return AccountRef(found->second);
  auto guard = co_await shard->opening.take();
  if (const auto found = shard->open.find(id.value); found != shard->open.end()) co_return AccountRef(found->second);
  auto account = std::make_shared<AccountImpl>(home, impl_->runtime.cpu(), impl_->store, impl_->clock, impl_->settings,
                                               shard->kept, id);
  CO_TRY_VOID(co_await account->load());
  shard->open.emplace(id.value, account);
  co_return AccountRef(account);
}

Task<Result<>> Registry::erase(model::AccountId id) {
  Home& home = impl_->runtime.home_of(id.value);
  home.assert_here();
  CO_TRY_VOID(co_await impl_->store.erase({store::PartitionId::account, id.value}));
  auto& open = impl_->shards[home.index()]->open;
  if (const auto found = open.find(id.value); found != open.end()) {
    const auto account = std::move(found->second);
    open.erase(found);
    account->erased();
  }
  co_return Result<>();
}

Task<void> Registry::tend() {
  const auto shard = impl_->shards[Home::current().index()];
  std::vector<std::shared_ptr<AccountImpl>> open;
  for (const auto& [id, account] : shard->open) open.push_back(account);
  for (const auto& account : open) {
    // Who waits in IDLE would not learn what the lost hint of another node's commit was for.
    if (account->observers() > 0) (void)co_await account->refresh();
    const auto before = impl_->clock.now() - impl_->settings.removed_keep_s;
    if (account->quota().removed_messages > 0) {
      const auto purged = co_await account->purge(before, limits::k_commit_messages);
      if (!purged)
        log::warn("account.purge", {{"account", account->id().value}, {"error", to_string(purged.error().code)}});
    }
  }
  open.clear();
  shard->kept.age();
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

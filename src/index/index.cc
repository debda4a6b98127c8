#include "index/index.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <filesystem>
#include <list>
#include <set>

#include "base/ascii.h"
#include "base/log.h"
#include "base/metrics.h"
#include "index/gather.h"
#include "index/limits.h"
#include "runtime/group.h"
#include "runtime/timer.h"

namespace mailstead::index {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t k_delay_ms = 3000;     // what comes within it shares a step, and its two syncs
constexpr std::int64_t k_look_ms = 200;       // for an account whose time has come
constexpr std::int64_t k_retry_ms = 60'000;   // after a failure, and to look for what is to be purged
constexpr std::size_t k_accounts_page = 500;  // looked at together when starting
constexpr int k_nice = 10;                    // sessions come first
constexpr std::string_view k_suffix = ".index";

metrics::Value& waiting_accounts() {
  static auto& n = metrics::gauge("index_accounts_waiting");
  return n;
}

void count_question(std::string_view answer) {
  metrics::counter("index_questions_total", cat("answer=\"", answer, '"')).add();
}

void note_rebuild(std::uint64_t account, std::string_view reason, std::string_view detail = {}) {
  metrics::counter("index_rebuilds_total", cat("reason=\"", reason, '"')).add();
  log::warn("index.rebuild", {{"account", account}, {"reason", reason}, {"error", detail}});
}

bool is_useless(const Error& e) {
  return e.code == Errc::corrupt || e.code == Errc::unsupported;
}

}  // namespace

struct Index::Impl {
  struct Waiting {
    std::uint64_t account;
    std::int64_t since, ready;  // milliseconds of the clock
  };
  struct Reader {
    std::uint64_t account;
    std::unique_ptr<File> file;
  };
  // What one home knows of its accounts.
  struct Shard {
    std::deque<Waiting> waiting;
    std::set<std::uint64_t> waits;    // the same accounts
    std::set<std::uint64_t> useless;  // their files are to be made anew
    std::set<std::uint64_t> purging;  // their files hold what was purged
    std::uint64_t forgotten = 0;      // a reader that was out meanwhile may have a file that is not there any more
    std::list<Reader> readers;        // open, idle; the last used one first
    Turn stepping;
    std::unique_ptr<Signal> wake;
  };

  Impl(account::Registry& a, const Clock& c, std::string d)
      : accounts(a), runtime(a.runtime()), store(a.store()), clock(c), directory(std::move(d)) {
    for (std::size_t i = 0; i < runtime.size(); ++i) shards.push_back(std::make_shared<Shard>());
    writing.post([] { setpriority(PRIO_PROCESS, 0, k_nice); });  // of this thread alone, on Linux
  }

  std::string path(std::uint64_t account) const { return cat(directory, '/', account, k_suffix); }
  Shard& shard() { return *shards[Home::current().index()]; }

  // At the end of the line; `ready`: when it may be taken out of it.
  void enqueue(Shard& s, std::uint64_t account, std::int64_t since, std::int64_t ready) {
    if (s.waits.insert(account).second) {
      s.waiting.push_back({account, since, ready});
      waiting_accounts().add();
      if (s.wake && s.waiting.size() == 1) s.wake->notify();
    } else if (ready <= since) {
      for (auto& w : s.waiting)
        if (w.account == account) w.ready = std::min(w.ready, ready);
    }
  }
  void enqueue_changed(Shard& s, std::uint64_t account) {
    const auto now = clock.now_ms();
    enqueue(s, account, now, now + k_delay_ms);
  }
  void enqueue_at_once(Shard& s, std::uint64_t account) { enqueue(s, account, clock.now_ms(), 0); }
  void forget_readers(Shard& s, std::uint64_t account) {
    ++s.forgotten;
    std::erase_if(s.readers, [&](const Reader& r) { return r.account == account; });
  }

  Task<void> work();
  Task<void> find_changed();
  Task<Result<bool>> step(std::uint64_t account);
  Task<Result<std::unique_ptr<File>>> open_to_write(std::uint64_t account);
  Task<Result<bool>> follow(account::AccountRef account, std::unique_ptr<File> file);

  account::Registry& accounts;
  Runtime& runtime;
  store::Store& store;
  const Clock& clock;
  const std::string directory;
  Pool writing{1};
  std::vector<std::shared_ptr<Shard>> shards;
  std::unique_ptr<store::Watch> watch;
  std::atomic<bool> stopping{false};
  Group background;
};

Index::Index(account::Registry& accounts, const Clock& clock, std::string directory)
    : impl_(std::make_shared<Impl>(accounts, clock, std::move(directory))) {}
Index::~Index() = default;

void Index::start() {
  auto& i = *impl_;
  i.watch = i.store.watch([weak = std::weak_ptr<Impl>(impl_)](store::PartitionId p, std::uint64_t) {
    const auto impl = weak.lock();
    if (p.kind != store::PartitionId::account || impl == nullptr || impl->stopping) return;
    Home& home = impl->runtime.home_of(p.id);
    home.post([impl, index = home.index(), id = p.id] {
      if (!impl->stopping) impl->enqueue_changed(*impl->shards[index], id);
    });
  });
  for (std::size_t h = 0; h < i.runtime.size(); ++h) {
    i.background.spawn_on(i.runtime.home(h), i.work());
    i.background.spawn_on(i.runtime.home(h), i.find_changed());
  }
}

void Index::stop() {
  auto& i = *impl_;
  i.watch.reset();
  i.stopping = true;
  for (std::size_t h = 0; h < i.runtime.size(); ++h)
    i.runtime.home(h).post([shard = i.shards[h]] {
      if (shard->wake) shard->wake->notify();
    });
  i.background.wait_blocking();
}

// One account after the other, a step each: who has much to do waits for the others in between.
Task<void> Index::Impl::work() {
  auto& s = shard();
  s.wake = std::make_unique<Signal>();
  auto purged_at = clock.now_ms();
  static auto& lag = metrics::gauge("index_lag_seconds");
  while (!stopping) {
    if (clock.now_ms() - purged_at >= k_retry_ms) {
      purged_at = clock.now_ms();
      for (const auto id : s.purging) enqueue_at_once(s, id);
    }
    if (s.waiting.empty()) {
      lag.set(0);
      co_await s.wake->wait(k_retry_ms);
      continue;
    }
    const auto now = clock.now_ms();
    lag.set((now - std::ranges::min(s.waiting, {}, &Waiting::since).since) / 1000);
    const auto next = std::ranges::find_if(s.waiting, [now](const Waiting& w) { return w.ready <= now; });
    if (next == s.waiting.end()) {
      co_await sleep_ms(k_look_ms);
      continue;
    }
    const auto [account, since, ready] = *next;
    s.waiting.erase(next);
    s.waits.erase(account);
    waiting_accounts().sub();
    const auto more = co_await step(account);
    if (more && *more) {
      enqueue(s, account, since, 0);
    } else if (!more && more.error().code != Errc::not_found) {
      log::warn("index.step", {{"account", account}, {"error", to_string(more.error().code)}});
      metrics::counter("index_failures_total").add();
      s.purging.insert(account);  // tried again when those are looked at
    }
  }
  s.wake.reset();
}

// Once, when the server starts: accounts that have changed since, and files of accounts that are gone.
Task<void> Index::Impl::find_changed() {
  auto& s = shard();
  Home& home = Home::current();
  const auto mine = [&](std::uint64_t id) { return &runtime.home_of(id) == &home; };
  for (std::uint64_t after = 0; !stopping;) {
    const auto ids = co_await store.partitions(store::PartitionId::account, after, k_accounts_page);
    if (!ids || ids->empty()) break;
    for (const auto id : *ids) {
      after = id;
      if (stopping || !mine(id)) continue;
      const auto head = co_await store.head({store::PartitionId::account, id});
      auto job = [path = path(id), id] {
        auto file = File::open(path, id, File::Open::read);
        auto point = file ? (*file)->point() : Result<account::TailPoint>();
        auto facts = file ? (*file)->facts() : Result<FileFacts>();
        return std::pair(point ? point->version : 0, facts && facts->gone > 0);
      };
      const auto [version, purging] = co_await offload(writing, std::move(job));
      if (purging) s.purging.insert(id);
      if (!head || head->version != version) enqueue_at_once(s, id);
    }
  }
  auto list = [dir = directory] {
    std::vector<std::uint64_t> out;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(dir, error))
      if (entry.path().extension() == k_suffix)
        if (const auto id = parse_number<std::uint64_t>(entry.path().stem().string())) out.push_back(*id);
    return out;
  };
  for (const auto id : co_await offload(writing, std::move(list))) {
    if (stopping || !mine(id)) continue;
    const auto head = co_await store.head({store::PartitionId::account, id});
    if (head && head->version == 0) enqueue_at_once(s, id);
  }
}

Task<Result<std::unique_ptr<File>>> Index::Impl::open_to_write(std::uint64_t account) {
  auto& s = shard();
  const bool anew = s.useless.erase(account) > 0;
  bool removed = anew;
  auto job = [this, account, anew, &removed] {
    mkdir(directory.c_str(), 0700);
    const auto at = path(account);
    if (anew) File::remove(at);
    auto file = File::open(at, account, File::Open::write);
    if (file || !is_useless(file.error())) return file;
    note_rebuild(account, "useless", file.error().detail);
    removed = true;
    File::remove(at);
    return File::open(at, account, File::Open::write);
  };
  auto file = co_await offload(writing, std::move(job));
  if (removed) forget_readers(s, account);
  co_return file;
}

Task<Result<bool>> Index::Impl::step(std::uint64_t id) {
  auto& s = shard();
  auto guard = co_await s.stepping.take();
  CO_TRY(const auto head, co_await store.head({store::PartitionId::account, id}));
  if (head.version == 0) {
    forget_readers(s, id);
    s.purging.erase(id);
    auto job = [path = path(id)] { return File::remove(path), true; };
    co_await offload(writing, std::move(job));
    co_return fail(Errc::not_found, "no such account");
  }
  CO_TRY(auto account, co_await accounts.open(model::AccountId(id)));
  CO_TRY(auto file, co_await open_to_write(id));
  auto more = co_await follow(std::move(account), std::move(file));
  if (!more && is_useless(more.error())) {
    note_rebuild(id, "useless", more.error().detail);
    s.useless.insert(id);
    co_return true;
  }
  co_return more;
}

Task<Result<bool>> Index::Impl::follow(account::AccountRef account, std::unique_ptr<File> file) {
  auto& s = shard();
  const auto id = account->id().value;
  auto where = [&file] { return file->point(); };
  CO_TRY(auto point, co_await offload(writing, where));
  CO_TRY(auto tail, co_await account::tail(store, account->id(), point, limits::k_index_batch_messages));
  if (tail.restart) {
    note_rebuild(id, "history");
    s.useless.insert(id);
    co_return true;
  }
  std::unique_ptr<Gathered> gathered;
  bool more = tail.more;
  if (!tail.added.empty()) {
    const auto last = tail.added.back();
    CO_TRY(gathered, co_await gather(account, writing, std::move(tail.added)));
    tail.next.content = gathered->last;
    more = more || gathered->last != last;
  }
  const auto now = clock.now();
  struct Done {
    bool merged = false, purging = false;
  };
  auto write = [&file, &gathered, &tail, now]() -> Result<Done> {
    static const std::vector<std::uint64_t> k_none;
    static const std::vector<bool> k_no_unknown;
    TRY_VOID(file->add(gathered ? gathered->contents : k_none, gathered ? gathered->unknown : k_no_unknown,
                       gathered ? &gathered->terms : nullptr, tail.freed, tail.next, now));
    Done done;
    TRY(done.merged, file->merge_some(now - limits::k_index_purge_s));
    TRY(done.purging, file->holds_purged());
    file.reset();
    return done;
  };
  const auto messages = gathered ? gathered->contents.size() : 0;
  CO_TRY(const auto done, co_await offload(writing, std::move(write)));
  metrics::counter("index_messages_total").add(static_cast<std::int64_t>(messages));
  if (done.merged)  // what was purged leaves the memory as well
    for (auto& r : s.readers)
      if (r.account == id) r.file->forget_words();
  if (done.purging)
    s.purging.insert(id);
  else
    s.purging.erase(id);
  co_return more || done.merged;
}

Task<HitsRef> Index::ask(model::AccountId account, std::vector<Question> questions) {
  auto& s = impl_->shard();
  std::unique_ptr<File> file;
  const auto forgotten = s.forgotten;
  const auto found =
      std::find_if(s.readers.begin(), s.readers.end(), [&](const auto& r) { return r.account == account.value; });
  if (found != s.readers.end()) {
    file = std::move(found->file);
    s.readers.erase(found);
  }
  const auto words_max = limits::k_index_words_bytes / impl_->runtime.size();
  auto job = [&, path = impl_->path(account.value)]() -> Result<HitsRef> {
    if (!file) {
      TRY(file, File::open(path, account.value, File::Open::read));
    }
    return file->ask(questions, words_max);
  };
  auto hits = co_await offload(impl_->runtime.io(), std::move(job));
  if (!hits) {
    count_question(hits.error().code == Errc::not_found ? "none" : "failed");
    if (is_useless(hits.error())) {
      note_rebuild(account.value, "useless", hits.error().detail);
      s.useless.insert(account.value);
      impl_->enqueue_at_once(s, account.value);
    }
    co_return nullptr;
  }
  count_question("known");
  if (s.forgotten != forgotten) co_return *std::move(hits);
  s.readers.push_front({account.value, std::move(file)});
  if (s.readers.size() > std::max<std::size_t>(1, limits::k_index_files / impl_->runtime.size())) s.readers.pop_back();
  std::size_t words = 0;
  for (auto& r : s.readers) {
    words += r.file->words_bytes();
    if (words > words_max) r.file->forget_words();
  }
  co_return *std::move(hits);
}

Task<Result<bool>> Index::step(model::AccountId account) {
  return impl_->step(account.value);
}

Task<Result<Status>> Index::status(model::AccountId account) {
  const bool useless = impl_->shard().useless.contains(account.value);
  auto job = [path = impl_->path(account.value), account, useless]() -> Result<FileFacts> {
    if (useless) return FileFacts();
    auto file = File::open(path, account.value, File::Open::read_patiently);
    if (!file && (file.error().code == Errc::not_found || is_useless(file.error()))) return FileFacts();
    if (!file) return std::unexpected(file.error());
    return (*file)->facts();
  };
  Status out;
  CO_TRY(out.file, co_await offload(impl_->runtime.io(), std::move(job)));
  const account::TailPoint from{0, {}, out.file.point.content};  // what was freed is of no interest here
  CO_TRY(const auto tail, co_await account::tail(impl_->store, account, from, k_waiting_counted));
  out.waiting = tail.added.size();
  out.version = tail.next.version;
  co_return out;
}

Task<void> Index::rebuild(model::AccountId account) {
  auto& s = impl_->shard();
  s.useless.insert(account.value);
  impl_->forget_readers(s, account.value);
  impl_->enqueue_at_once(s, account.value);
  co_return;
}

}  // namespace mailstead::index

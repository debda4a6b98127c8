#include "account/account_impl.h"
#include "base/log.h"
#include "base/metrics.h"

namespace mailstead::account {
namespace {

// Blobs that are in memory at a time to be summarised anew; one that is larger comes alone.
constexpr std::uint64_t k_rebuild_bytes = 8 * 1024 * 1024;

// From here on decoding costs more than to have it done beside what the home does for the messages before.
constexpr std::size_t k_many = 50;

struct Decoded {
  Content content;
  SummaryRef summary;    // nullptr: to be made anew
  bool damaged = false;  // that is why
};

// `values`: of all contents, then of as many summaries.
std::vector<Result<Decoded>> decode(const std::vector<std::optional<std::string>>& values) {
  const auto n = values.size() / 2;
  std::vector<Result<Decoded>> out;
  out.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    auto content = values[i] ? decode_content(*values[i]) : Result<Content>(fail(Errc::not_found, "content is gone"));
    if (!content) {
      out.push_back(std::unexpected(content.error()));
      continue;
    }
    Decoded one{*std::move(content), nullptr};
    if (const auto& stored = values[n + i]) {
      if (auto summary = mime::decode(*stored, one.content.prefix.size()))
        one.summary = std::make_shared<const mime::Summary>(*std::move(summary));
      else
        one.damaged = summary.error().code != Errc::unsupported;
    }
    out.push_back(std::move(one));
  }
  return out;
}

struct Missing {
  std::size_t at;  // in the answer
  Content content;
};

struct Rebuilt {
  std::shared_ptr<mime::Summary> summary;
  std::optional<std::string> encoded;  // without the shift
};

std::vector<Rebuilt> rebuild(const std::vector<Result<std::string>>& blobs) {
  std::vector<Rebuilt> out;
  for (const auto& blob : blobs) {
    auto& one = out.emplace_back();
    if (!blob) continue;
    one.summary = std::make_shared<mime::Summary>(mime::summarize(*blob));
    one.encoded = mime::encode(*one.summary);
  }
  return out;
}

}  // namespace

Task<Result<std::vector<Result<SummaryRef>>>> AccountImpl::summaries(std::vector<ContentId> contents) {
  home_.assert_here();
  std::vector<std::string> keys;
  keys.reserve(2 * contents.size());
  for (const auto id : contents) keys.push_back(content_key(id.value));
  for (const auto id : contents) keys.push_back(summary_key(id.value));
  CO_TRY(const auto values, co_await store_.get_many(partition_, std::move(keys)));
  auto read = [&values] { return decode(values); };
  std::vector<Result<Decoded>> decoded;
  if (contents.size() < k_many)
    decoded = read();
  else
    decoded = co_await offload(cpu_, std::move(read));
  std::vector<Result<SummaryRef>> out;
  out.reserve(contents.size());
  std::vector<Missing> missing;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    auto& one = decoded[i];
    if (!one) {
      out.push_back(std::unexpected(one.error()));
      continue;
    }
    // The blob is the truth; `mailstead check` tells of it.
    if (one->damaged) log::warn("account.summary", {{"account", id_.value}, {"content", contents[i].value}});
    if (!one->summary) missing.push_back({i, std::move(one->content)});
    out.push_back(std::move(one->summary));
  }
  std::vector<std::pair<std::uint64_t, std::string>> fresh;
  for (std::size_t from = 0; from < missing.size();) {
    std::vector<store::BlobId> ids;
    std::uint64_t bytes = 0;
    auto to = from;
    for (; to < missing.size() && (to == from || bytes + missing[to].content.size <= k_rebuild_bytes); ++to) {
      ids.push_back(missing[to].content.blob);
      bytes += missing[to].content.size;
    }
    CO_TRY(const auto blobs, co_await store_.get_blobs(std::move(ids)));
    auto job = [&blobs] { return rebuild(blobs); };
    auto rebuilt = co_await offload(cpu_, std::move(job));
    for (auto i = from; i < to; ++i) {
      auto& one = rebuilt[i - from];
      const auto& m = missing[i];
      if (!one.summary) {
        out[m.at] = std::unexpected(blobs[i - from].error());
        continue;
      }
      mime::shift(*one.summary, m.content.prefix.size());
      out[m.at] = std::move(one.summary);
      if (one.encoded) fresh.emplace_back(contents[m.at].value, *std::move(one.encoded));
    }
    from = to;
  }
  if (!missing.empty()) metrics::counter("account_summaries_rebuilt_total").add(missing.size());
  // Kept for the next time. The answer does not depend on it: a full disk or a conflict only costs that.
  if (!fresh.empty()) (void)co_await keep_summaries(std::move(fresh));
  co_return out;
}

Task<Result<>> AccountImpl::keep_summaries(std::vector<std::pair<std::uint64_t, std::string>> fresh) {
  auto guard = co_await turn_.take();
  std::vector<std::string> keys;
  for (const auto& [id, encoded] : fresh) keys.push_back(content_key(id));
  // A content that was purged meanwhile must not get a summary that nobody would free. The commit is conditional on
  // the version that these reads are not older than.
  CO_TRY(const auto contents, co_await store_.get_many(partition_, std::move(keys)));
  for (std::size_t at = 0; at < fresh.size();) {
    Transaction tx(*this, "summaries", Actor{"", "server", ""});
    auto i = at;
    for (; i < fresh.size(); ++i)
      if (contents[i] && !tx.add_summary(fresh[i].first, std::move(fresh[i].second))) break;
    if (tx.ops.empty()) break;
    CO_TRY(const bool done, co_await commit(tx));
    if (!done) break;
    at = i;
  }
  co_return Result<>();
}

}  // namespace mailstead::account

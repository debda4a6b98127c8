// Writing segments anew: several that become one, and those with purged documents.
#include <algorithm>

#include "index/file.h"
#include "index/limits.h"
#include "index/sqlite.h"

namespace mailstead::index {
namespace {

// One of eight times as many documents is a level higher.
std::size_t level(std::size_t documents) {
  std::size_t out = 0;
  for (; documents >= limits::k_index_fan; documents /= limits::k_index_fan) ++out;
  return out;
}

}  // namespace

Result<bool> File::merge_some(std::int64_t before) {
  TRY(const auto all, segments());
  std::vector<Segment> parts;
  // The newest ones, when there are enough of about one size.
  for (std::size_t most = 0; most < 5 && parts.empty(); ++most) {
    auto from = all.size();
    std::size_t documents = 0;
    for (; from > 0 && level(all[from - 1].contents.size()) <= most; --from) {
      documents += all[from - 1].contents.size();
      if (documents > limits::k_index_segment_documents) break;
    }
    if (all.size() - from >= limits::k_index_fan)
      parts.assign(all.begin() + static_cast<std::ptrdiff_t>(from), all.end());
  }
  if (parts.empty()) {
    std::vector<std::uint64_t> never;  // indexed
    Statement gone(db_, "SELECT content FROM gone WHERE since<=?");
    gone.bind(1, before);
    while (gone.row() && parts.empty()) {
      const auto content = static_cast<std::uint64_t>(gone.number(0));
      const auto holds = std::find_if(all.begin(), all.end(), [&](const Segment& one) {
        return std::binary_search(one.contents.begin(), one.contents.end(), content);
      });
      if (holds != all.end())
        parts.push_back(*holds);
      else
        never.push_back(content);
    }
    if (!gone.good()) return failure("gone");
    gone.reset();
    if (parts.empty() && never.empty()) return false;
    TRY_VOID(run("BEGIN IMMEDIATE"));
    TRY_VOID(commit(forget(never)));
    if (parts.empty()) return true;
  }
  TRY_VOID(run("BEGIN IMMEDIATE"));
  TRY_VOID(commit(merge(parts)));
  // What was purged leaves the log as well; should a reader be in the way, the log will end with the next one.
  if (parts.size() == 1) (void)run("PRAGMA wal_checkpoint(TRUNCATE)");
  return true;
}

Result<> File::forget(const std::vector<std::uint64_t>& contents) {
  Statement gone(db_, "DELETE FROM gone WHERE content=?");
  for (const auto id : contents) {
    if (!gone.bind(1, static_cast<std::int64_t>(id)).done()) return failure("gone");
    gone.reset();
  }
  return {};
}

// Into one segment, without what is gone.
Result<> File::merge(const std::vector<Segment>& parts) {
  constexpr auto k_left = UINT32_MAX;
  Segment merged;
  std::vector<std::vector<std::uint32_t>> numbers;  // of each part's documents in the merged one
  Statement is_gone(db_, "SELECT 1 FROM gone WHERE content=?");
  for (const auto& part : parts) {
    auto& of = numbers.emplace_back();
    for (std::size_t d = 0; d < part.contents.size(); ++d) {
      is_gone.reset();
      const bool left = is_gone.bind(1, static_cast<std::int64_t>(part.contents[d])).row();
      if (!is_gone.good()) return failure("gone");
      of.push_back(left ? k_left : static_cast<std::uint32_t>(merged.contents.size()));
      if (left) continue;
      merged.contents.push_back(part.contents[d]);
      merged.unknown.push_back(part.unknown[d]);
    }
  }
  is_gone.reset();
  TRY(merged.id, next_segment());
  SegmentWriter writer(merged.contents.size(), putter(merged.id));
  struct Source {
    SegmentReader reader;
    std::string_view term;
    Postings postings;
    bool more;
  };
  std::vector<std::unique_ptr<Source>> sources;
  for (const auto& part : parts) {
    sources.push_back(std::make_unique<Source>(
        Source{SegmentReader(part.contents.size(), part.blocks, getter(part.id)), {}, {}, true}));
    auto& s = *sources.back();
    TRY(s.more, s.reader.next(s.term, s.postings));
  }
  std::string term;
  Postings joined;
  for (;;) {
    const Source* least = nullptr;
    for (const auto& s : sources)
      if (s->more && (least == nullptr || s->term < least->term)) least = s.get();
    if (least == nullptr) break;
    term = least->term;
    for (auto& list : joined) list.clear();
    for (std::size_t i = 0; i < sources.size(); ++i) {
      auto& s = *sources[i];
      if (!s.more || s.term != term) continue;
      for (std::size_t c = 0; c < k_columns; ++c)
        for (const auto d : s.postings[c])
          if (numbers[i][d] != k_left) joined[c].push_back(numbers[i][d]);
      TRY(s.more, s.reader.next(s.term, s.postings));
    }
    TRY_VOID(writer.add(term, joined));
  }
  TRY(merged.blocks, writer.finish());
  if (!merged.contents.empty()) TRY_VOID(put_segment(merged));
  for (const auto& part : parts) {
    Statement blocks(db_, "DELETE FROM block WHERE id>=? AND id<?"), row(db_, "DELETE FROM segment WHERE id=?"),
        gone(db_, "DELETE FROM gone WHERE content>=? AND content<=?");
    if (!blocks.bind(1, part.id << 32).bind(2, (part.id + 1) << 32).done() || !row.bind(1, part.id).done() ||
        !gone.bind(1, static_cast<std::int64_t>(part.contents.front()))
             .bind(2, static_cast<std::int64_t>(part.contents.back()))
             .done())
      return failure("merge");
  }
  return {};
}

}  // namespace mailstead::index

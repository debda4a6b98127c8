#include <algorithm>

#include "index/file.h"
#include "index/sqlite.h"

namespace mailstead::index {
namespace {

std::size_t words_of(std::size_t bits) {
  return (bits + 63) / 64;
}

}  // namespace

Verdict Hits::of(std::size_t question, std::uint64_t content) const {
  const auto& of = of_[question];
  if (!of.known) return Verdict::look;
  if (contents_.empty() || content < contents_.front()) return Verdict::look;
  // Without gaps it is just there, else before.
  const auto most = std::min<std::uint64_t>(content - contents_.front(), contents_.size() - 1);
  auto at = contents_.begin() + static_cast<std::ptrdiff_t>(most);
  if (*at != content) at = std::lower_bound(contents_.begin(), at, content);
  if (at == contents_.end() || *at != content) return Verdict::look;
  const auto i = static_cast<std::size_t>(at - contents_.begin());
  if (unknown_[i]) return Verdict::look;
  if ((of.bits[i / 64] >> (i % 64) & 1) == 0) return Verdict::no;
  return of.exact ? Verdict::yes : Verdict::look;
}

std::size_t File::words_bytes() const {
  std::size_t out = 0;
  for (const auto& [id, words] : words_) out += words.bytes.capacity() + words.ends.capacity() * sizeof(std::size_t);
  return out;
}

Result<HitsRef> File::ask(const std::vector<Question>& questions, std::size_t words_max) {
  auto hits = std::make_shared<Hits>();
  TRY_VOID(run("BEGIN"));
  TRY(const auto all, segments());
  std::erase_if(words_, [&](const auto& kept) {
    return std::none_of(all.begin(), all.end(),
                        [&](const Segment& one) { return one.id == kept.first && one.sum == kept.second.sum; });
  });
  for (const auto& one : all) {
    hits->contents_.insert(hits->contents_.end(), one.contents.begin(), one.contents.end());
    hits->unknown_.insert(hits->unknown_.end(), one.unknown.begin(), one.unknown.end());
  }
  std::vector<Plan> plans;
  for (const auto& q : questions) {
    auto p = plan(q.folded);
    auto& of = hits->of_.emplace_back();
    of.known = p.has_value();
    of.exact = of.known && p->exact && q.sure;
    if (of.known) of.bits.resize(words_of(hits->contents_.size()));
    plans.push_back(p ? *std::move(p) : Plan());
  }
  std::size_t from = 0;
  for (const auto& one : all) {
    TRY_VOID(look_into(one, plans, questions, from, words_max, *hits));
    from += one.contents.size();
  }
  TRY_VOID(run("COMMIT"));
  return hits;
}

// From memory, else from the file; and then they stay, if there is room.
Result<> File::each_block(const Segment& segment, std::size_t words_max, const UseBlock& use) {
  if (const auto kept = words_.find(segment.id); kept != words_.end()) {
    std::size_t from = 0;
    for (const auto end : kept->second.ends) {
      TRY_VOID(use(std::string_view(kept->second.bytes).substr(from, end - from)));
      from = end;
    }
    return {};
  }
  const auto held = words_bytes();
  const bool keep = held + segment.blocks * (k_block_bytes + sizeof(std::size_t)) <= words_max;
  Words words;
  words.sum = segment.sum;
  Statement rows(db_, "SELECT data FROM block WHERE id>=? AND id<? ORDER BY id");
  rows.bind(1, block_id(segment.id, Kind::words, 0)).bind(2, block_id(segment.id, Kind::postings, 0));
  std::uint32_t blocks = 0;
  for (; rows.row(); ++blocks) {
    TRY(const auto block, checked(rows.bytes(0), block_seed(Kind::words, blocks)));
    TRY_VOID(use(block));
    if (!keep) continue;
    if (words.bytes.empty()) words.bytes.reserve(segment.blocks * k_block_bytes);
    words.bytes += block;
    words.ends.push_back(words.bytes.size());
  }
  if (!rows.good()) return failure("words");
  if (blocks != segment.blocks) return fail(Errc::corrupt, "blocks are missing");
  if (keep) words_[segment.id] = std::move(words);
  return {};
}

// Its words are read once for all questions.
Result<> File::look_into(const Segment& segment, const std::vector<Plan>& plans, const std::vector<Question>& questions,
                         std::size_t from, std::size_t words_max, Hits& hits) {
  const auto documents = segment.contents.size();
  std::vector<std::vector<Bits>> found;
  for (const auto& p : plans) found.emplace_back(p.wanted.size(), Bits(words_of(documents)));
  const auto get = getter(segment.id);
  TRY_VOID(each_block(segment, words_max, [&](std::string_view block) -> Result<> {
    for (std::size_t q = 0; q < plans.size(); ++q)
      for (std::size_t w = 0; w < plans[q].wanted.size(); ++w)
        TRY_VOID(look_up(plans[q].wanted[w], questions[q].columns, documents, block, get, found[q][w]));
    return {};
  }));
  for (std::size_t q = 0; q < plans.size(); ++q) {
    if (plans[q].wanted.empty()) continue;
    auto& all = found[q].front();
    for (std::size_t w = 1; w < found[q].size(); ++w)
      for (std::size_t i = 0; i < all.size(); ++i) all[i] &= found[q][w][i];
    auto& bits = hits.of_[q].bits;
    for (std::size_t d = 0; d < documents; ++d)
      if ((all[d / 64] >> (d % 64) & 1) != 0) bits[(from + d) / 64] |= std::uint64_t{1} << ((from + d) % 64);
  }
  return {};
}

}  // namespace mailstead::index

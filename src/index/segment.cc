#include "index/segment.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/codec.h"
#include "index/limits.h"

namespace mailstead::index {
namespace {

constexpr std::size_t k_sum_bytes = 8, k_words_head = 16;
constexpr std::size_t k_payload = k_block_bytes - k_sum_bytes;
constexpr std::uint8_t k_single = 0x80;

std::unexpected<Error> corrupt(std::string_view what) {
  return fail(Errc::corrupt, std::string(what));
}

Result<std::string> get_summed(const GetBlock& get, Kind kind, std::uint32_t number) {
  TRY(auto block, get(kind, number));
  TRY_VOID(check_sum(block, block_seed(kind, number)));
  return block;
}

void encode(const Postings& p, std::size_t documents, std::string& out) {
  Writer w;
  std::uint8_t columns = 0;
  for (std::size_t c = 0; c < k_columns; ++c)
    if (!p[c].empty()) columns |= static_cast<std::uint8_t>(1U << c);
  const auto& some = p[static_cast<std::size_t>(std::countr_zero(columns))];
  const bool single = std::all_of(p.begin(), p.end(), [&](const auto& list) {
    return list.empty() || (list.size() == 1 && list.front() == some.front());
  });
  if (single) {
    out += w.u8(columns | k_single).varint(some.front()).view();
    return;
  }
  w.u8(columns);
  for (const auto& list : p) {
    if (list.empty()) continue;
    // A gap takes an octet at least.
    if (list.size() > documents / 8) {
      std::string bits((documents + 7) / 8, '\0');
      for (const auto d : list) bits[d / 8] = static_cast<char>(bits[d / 8] | 1 << (d % 8));
      w.varint(list.size() * 2 + 1).raw(bits);
      continue;
    }
    w.varint(list.size() * 2);
    std::uint32_t next = 0;
    for (const auto d : list) {
      w.varint(d - next);
      next = d + 1;
    }
  }
  out += w.view();
}

// Calls use(column, document) for each.
template <class Use>
bool decode(Reader& r, std::size_t documents, Use use) {
  const auto columns = r.u8();
  if (r.bad() || (columns & ~k_single) == 0 || (columns & ~k_single) >> k_columns != 0) return false;
  if ((columns & k_single) != 0) {
    const auto d = r.varint();
    if (r.bad() || d >= documents) return false;
    for (std::size_t c = 0; c < k_columns; ++c)
      if ((columns >> c & 1) != 0) use(c, static_cast<std::uint32_t>(d));
    return true;
  }
  for (std::size_t c = 0; c < k_columns; ++c) {
    if ((columns >> c & 1) == 0) continue;
    const auto head = r.varint();
    if ((head & 1) != 0) {
      const auto bits = r.raw((documents + 7) / 8);
      if (r.bad()) return false;
      for (std::size_t i = 0; i < bits.size(); ++i)
        for (auto left = static_cast<unsigned char>(bits[i]); left != 0; left &= static_cast<unsigned char>(left - 1)) {
          const auto d = i * 8 + static_cast<std::size_t>(std::countr_zero(left));
          if (d >= documents) return false;
          use(c, static_cast<std::uint32_t>(d));
        }
      continue;
    }
    std::uint64_t next = 0;
    for (auto n = head / 2; n > 0; --n) {
      const auto d = next + r.varint();
      if (r.bad() || d >= documents) return false;
      use(c, static_cast<std::uint32_t>(d));
      next = d + 1;
    }
  }
  return true;
}

// The lists of a block of words.
Result<std::string> lists_of(std::string_view words, const GetBlock& get) {
  Reader head(words);
  const auto from = head.u64be(), to = head.u64be();
  if (head.bad() || to < from) return corrupt("a block of words");
  std::string out;
  const auto first = from / k_payload;
  for (auto at = first; at * k_payload < to; ++at) {
    TRY(const auto block, get_summed(get, Kind::postings, static_cast<std::uint32_t>(at)));
    out += block;
  }
  if (out.size() < to - first * k_payload) return corrupt("a block of postings");
  return out.substr(from - first * k_payload, to - from);
}

}  // namespace

std::string with_sum(std::string block, std::uint64_t seed) {
  return block + Writer().u64be(XXH3_64bits_withSeed(block.data(), block.size(), seed)).take();
}

Result<std::string_view> checked(std::string_view block, std::uint64_t seed) {
  if (block.size() < k_sum_bytes) return corrupt("a short block");
  const auto size = block.size() - k_sum_bytes;
  if (Reader(block.substr(size)).u64be() != XXH3_64bits_withSeed(block.data(), size, seed))
    return corrupt("a block's checksum");
  return block.substr(0, size);
}

Result<> check_sum(std::string& block, std::uint64_t seed) {
  TRY(const auto good, checked(block, seed));
  block.resize(good.size());
  return {};
}

Result<> SegmentWriter::add(std::string_view term, const Postings& postings) {
  if (std::all_of(postings.begin(), postings.end(), [](const auto& list) { return list.empty(); })) return {};
  if (words_.size() + term.size() + 2 + k_words_head > k_payload) TRY_VOID(end_words());
  if (words_.empty()) words_ = "\n";
  words_ += term;
  words_ += '\n';
  encode(postings, documents_, stream_);
  return end_postings(false);
}

Result<> SegmentWriter::end_words() {
  const auto to = stream_at_ + stream_.size();
  auto block = Writer().u64be(words_from_).u64be(to).raw(words_).take();
  words_.clear();
  words_from_ = to;
  TRY_VOID(put_(Kind::words, word_blocks_, with_sum(std::move(block), block_seed(Kind::words, word_blocks_))));
  ++word_blocks_;
  return {};
}

Result<> SegmentWriter::end_postings(bool all) {
  std::size_t at = 0;
  for (; at < stream_.size() && (all || stream_.size() - at >= k_payload); at += k_payload) {
    TRY_VOID(put_(Kind::postings, posting_blocks_,
                  with_sum(stream_.substr(at, k_payload), block_seed(Kind::postings, posting_blocks_))));
    ++posting_blocks_;
  }
  at = std::min(at, stream_.size());
  stream_.erase(0, at);
  stream_at_ += at;
  return {};
}

Result<std::uint32_t> SegmentWriter::finish() {
  if (!words_.empty()) TRY_VOID(end_words());
  TRY_VOID(end_postings(true));
  return word_blocks_;
}

Result<bool> SegmentReader::next(std::string_view& term, Postings& postings) {
  if (terms_.empty()) {
    if (at_ == blocks_) return false;
    TRY(words_, get_summed(get_, Kind::words, at_++));
    TRY(postings_, lists_of(words_, get_));
    terms_ = std::string_view(words_).substr(k_words_head);
    lists_ = postings_;
    if (!terms_.starts_with('\n') || !terms_.ends_with('\n') || terms_.size() < 3) return corrupt("a block of words");
    terms_.remove_prefix(1);
  }
  const auto end = terms_.find('\n');
  term = terms_.substr(0, end);
  terms_.remove_prefix(end + 1);
  for (auto& list : postings) list.clear();
  Reader r(lists_);
  if (!decode(r, documents_, [&](std::size_t c, std::uint32_t d) { postings[c].push_back(d); }))
    return corrupt("a list of postings");
  lists_ = r.rest();
  return true;
}

Result<> look_up(const Wanted& wanted, Columns columns, std::size_t documents, std::string_view words,
                 const GetBlock& get, Bits& bits) {
  const bool begins = wanted.how == Wanted::begins || wanted.how == Wanted::whole;
  const bool ends = wanted.how == Wanted::ends || wanted.how == Wanted::whole;
  std::string needle;
  if (begins) needle += '\n';
  needle += wanted.text;
  if (ends) needle += '\n';
  if (words.size() < k_words_head) return corrupt("a block of words");
  const auto terms = words.substr(k_words_head);
  std::string lists;
  Reader r{std::string_view()};
  // The term that the next list is of begins at `term`: all before it are behind us.
  std::size_t term = 1;
  for (std::size_t at = 0; at < terms.size();) {
    const auto* hit =
        static_cast<const char*>(memmem(terms.data() + at, terms.size() - at, needle.data(), needle.size()));
    if (hit == nullptr) break;
    const auto where = static_cast<std::size_t>(hit - terms.data()) + (begins ? 1 : 0);
    if (lists.empty()) {
      TRY(lists, lists_of(words, get));
      r = Reader(lists);
    }
    for (;;) {
      const auto end = terms.find('\n', term);
      if (end == std::string_view::npos) return corrupt("a block of words");
      const bool found = where < end;
      if (!decode(r, documents, [&](std::size_t c, std::uint32_t d) {
            if (found && (columns >> c & 1) != 0) bits[d / 64] |= std::uint64_t{1} << (d % 64);
          }))
        return corrupt("a list of postings");
      term = end + 1;
      if (found) break;
    }
    at = term - 1;
  }
  return {};
}

// A hash table of the terms, and in order of arrival what was found: sorted by term only when written.
struct Builder::Impl {
  struct Term {
    std::size_t at;  // in `text`
    std::uint32_t size;
    std::uint32_t document;  // the last that has it
    Columns columns;         // of that document
  };
  struct Slot {
    std::uint32_t term = 0;  // + 1; 0: free
    std::uint32_t tag = 0;   // of the hash
  };
  struct Found {
    std::uint32_t term;
    std::uint32_t entry;  // document · 8 + column
  };
  std::string text;
  std::vector<Term> terms;
  std::vector<Slot> slots{std::vector<Slot>(1 << 12)};  // a power of two
  std::vector<Found> found;
  std::size_t document_from = 0, document_bytes = 0;  // in `found`; of the present document's terms

  std::string_view view(const Term& t) const { return std::string_view(text).substr(t.at, t.size); }
  std::uint32_t number_of(std::string_view term);
  void grow();
};

// Of a term that is or was not yet there.
std::uint32_t Builder::Impl::number_of(std::string_view term) {
  const auto hash = XXH3_64bits(term.data(), term.size());
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  const auto mask = slots.size() - 1;
  auto at = hash & mask;
  for (; slots[at].term != 0; at = (at + 1) & mask)
    if (slots[at].tag == tag && view(terms[slots[at].term - 1]) == term) return slots[at].term - 1;
  terms.push_back({text.size(), static_cast<std::uint32_t>(term.size()), UINT32_MAX, 0});
  text += term;
  slots[at] = {static_cast<std::uint32_t>(terms.size()), tag};
  if (terms.size() * 2 > slots.size()) grow();
  return static_cast<std::uint32_t>(terms.size() - 1);
}

void Builder::Impl::grow() {
  std::vector<Slot> more(slots.size() * 2);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto term = view(terms[i]);
    const auto hash = XXH3_64bits(term.data(), term.size());
    auto at = hash & (more.size() - 1);
    while (more[at].term != 0) at = (at + 1) & (more.size() - 1);
    more[at] = {static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(hash >> 32)};
  }
  slots = std::move(more);
}

Builder::Builder() : impl_(std::make_unique<Impl>()) {}
Builder::~Builder() = default;

void Builder::add(Column column, std::string_view folded) {
  auto& i = *impl_;
  const auto document = static_cast<std::uint32_t>(documents_);
  Terms source(folded);
  for (std::string_view t; source.next(t) && i.document_bytes <= limits::k_index_document_bytes;) {
    const auto number = i.number_of(t);
    auto& term = i.terms[number];
    if (term.document != document) {
      term.document = document;
      term.columns = 0;
    }
    if ((term.columns & bit(column)) != 0) continue;
    term.columns |= bit(column);
    i.found.push_back({number, document * 8 + column});
    i.document_bytes += t.size() + 1;
  }
}

bool Builder::end_document() {
  auto& i = *impl_;
  const bool fits = i.document_bytes <= limits::k_index_document_bytes;
  if (!fits) i.found.resize(i.document_from);
  i.document_from = i.found.size();
  i.document_bytes = 0;
  ++documents_;
  return fits;
}

std::size_t Builder::bytes() const {
  return impl_->text.capacity() + impl_->terms.capacity() * sizeof(Impl::Term) +
         impl_->slots.size() * sizeof(Impl::Slot) + impl_->found.capacity() * sizeof(Impl::Found);
}

Result<std::uint32_t> Builder::write(PutBlock put) {
  auto& i = *impl_;
  // By counting: entries of one term stay in order.
  std::vector<std::uint32_t> from(i.terms.size() + 1), entries(i.found.size());
  for (const auto& f : i.found) ++from[f.term + 1];
  for (std::size_t t = 1; t < from.size(); ++t) from[t] += from[t - 1];
  auto next = from;
  for (const auto& f : i.found) entries[next[f.term]++] = f.entry;
  std::vector<std::pair<std::string_view, std::uint32_t>> sorted;
  sorted.reserve(i.terms.size());
  for (std::uint32_t t = 0; t < i.terms.size(); ++t) sorted.emplace_back(i.view(i.terms[t]), t);
  std::sort(sorted.begin(), sorted.end());
  SegmentWriter writer(documents_, std::move(put));
  Postings postings;
  for (const auto& [term, number] : sorted) {
    for (auto& of : postings) of.clear();
    for (auto at = from[number]; at < from[number + 1]; ++at) postings[entries[at] % 8].push_back(entries[at] / 8);
    TRY_VOID(writer.add(term, postings));
  }
  return writer.finish();
}

}  // namespace mailstead::index

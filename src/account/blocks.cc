#include "account/blocks.h"

#include <limits>

#include "account/keys.h"
#include "base/check.h"
#include "base/codec.h"

namespace mailstead::account {
namespace {

//   block := version:u8 there:u64be row*
//   row   := modseq content flags internal_date size save_date internal_zone
// `there`: bit n is the row of UID n of the block. Numbers are varints; flags and size as they are, the others signed
// differences from the row before (the first: from zero). The version differs from those of a row's own key.
constexpr std::uint8_t k_version = 2;

// Reader is for what is read now and then; a million rows have some ten million octets here.
class Fast {
 public:
  explicit Fast(std::string_view in) : at_(reinterpret_cast<const unsigned char*>(in.data())), end_(at_ + in.size()) {}
  std::uint64_t varint() {
    if (at_ != end_ && *at_ < 0x80) return *at_++;
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto b = *at_++;
      v |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if (b < 0x80) return v;
    }
    bad_ = true;
    return 0;
  }
  // A difference; sums wrap around.
  std::uint64_t difference() {
    const auto v = varint();
    return (v >> 1) ^ (0 - (v & 1));
  }
  template <class T>
  T number(std::uint64_t v) {
    if (v > std::numeric_limits<T>::max()) bad_ = true;
    return static_cast<T>(v);
  }
  bool bad() const { return bad_; }
  bool done() const { return !bad_ && at_ == end_; }

 private:
  const unsigned char *at_, *end_;
  bool bad_ = false;
};

}  // namespace

std::string encode_block(std::span<const Row> rows) {
  CHECK(!rows.empty());
  std::uint64_t there = 0;
  for (const auto& row : rows) there |= std::uint64_t{1} << row.uid % k_block_rows;
  constexpr std::size_t k_row_bytes = 12;  // more than most take
  Writer w;
  w.reserve(16 + rows.size() * k_row_bytes).u8(k_version).u64be(there);
  Row before{};
  const auto difference = [&](std::uint64_t now, std::uint64_t then) {
    w.svarint(static_cast<std::int64_t>(now - then));
  };
  for (const auto& row : rows) {
    CHECK(block_of(row.uid) == block_of(rows.front().uid) && row.uid >= before.uid);
    difference(row.modseq, before.modseq);
    difference(row.content, before.content);
    w.varint(row.flags);
    difference(static_cast<std::uint64_t>(row.internal_date), static_cast<std::uint64_t>(before.internal_date));
    w.varint(row.size);
    difference(row.save_date, before.save_date);
    w.svarint(row.internal_zone - before.internal_zone);
    before = row;
  }
  return w.take();
}

Result<> decode_block(std::uint32_t block, std::string_view bytes, std::vector<Row>& rows) {
  Reader head(bytes);
  const bool known = head.u8() == k_version;
  auto there = head.u64be();
  const auto size = rows.size();
  Fast in(head.rest());
  Row row{};
  for (; known && there != 0 && !in.bad(); there &= there - 1) {
    row.uid = first_uid(block) + static_cast<std::uint32_t>(std::countr_zero(there));
    row.modseq += in.difference();
    row.content += in.difference();
    row.flags = in.varint();
    row.internal_date = static_cast<std::int64_t>(static_cast<std::uint64_t>(row.internal_date) + in.difference());
    row.size = in.number<std::uint32_t>(in.varint());
    row.save_date = in.number<std::uint32_t>(row.save_date + in.difference());
    const auto zone = static_cast<std::int64_t>(static_cast<std::uint64_t>(row.internal_zone) + in.difference());
    row.internal_zone = static_cast<std::int16_t>(zone);
    if (zone != row.internal_zone) break;
    rows.push_back(row);
  }
  if (known && there == 0 && rows.size() > size && in.done()) return {};
  rows.resize(size);
  return fail(Errc::corrupt, "block of message rows");
}

std::vector<Row> newer(std::span<const Row> a, std::span<const Row> b) {
  std::vector<Row> out;
  out.reserve(a.size() + b.size());
  auto x = a.begin();
  auto y = b.begin();
  while (x != a.end() && y != b.end()) {
    if (x->uid == y->uid) {
      out.push_back(x->modseq > y->modseq ? *x : *y);
      ++x, ++y;
    } else {
      out.push_back(x->uid < y->uid ? *x++ : *y++);
    }
  }
  out.insert(out.end(), x, a.end());
  out.insert(out.end(), y, b.end());
  return out;
}

Result<> RowReader::add(std::string_view key, std::string_view value) {
  const auto place = parse_row_key(key);
  if (!place) return fail(Errc::corrupt, "message row's key");
  const auto block = block_of(place->uid);
  if (!place->block) {
    TRY(const auto row, decode_row(place->uid, value));
    rows.push_back(row);
    if (singles.empty() || singles.back() != block) singles.push_back(block);
    ++single_rows;
    return {};
  }
  auto from = rows.end();
  while (from != rows.begin() && (from - 1)->uid >= first_uid(block)) --from;
  const auto before = static_cast<std::size_t>(from - rows.begin()), own = rows.size() - before;
  TRY_VOID(decode_block(block, value, rows));
  blocks.push_back(block);
  if (own == 0) return {};
  const auto both = newer(std::span(rows).subspan(before, own), std::span(rows).subspan(before + own));
  rows.resize(before);
  rows.insert(rows.end(), both.begin(), both.end());
  return {};
}

}  // namespace mailstead::account

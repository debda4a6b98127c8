// A segment: the terms of some messages and, for each, which of the messages have it in which column. Segments are
// written once; several become one by merging. A segment is a series of blocks, each small enough for one page of the
// file (index/file.h), and each with a checksum:
//
//   words    := from:u64be to:u64be LF (term LF)*        terms ascending; [from, to) of the stream of postings is
//   theirs postings := a piece of that stream, all but the last of k_block_bytes stream   := list* one for each term
//   list     := columns:u8 (0x80 set) number:varint      one document, the same in all of these columns
//             | columns:u8 column*                       one for each bit of `columns` (Column), lowest first
//   column   := count·2:varint (gap:varint)*             document numbers: the first, then what is between
//             | count·2+1:varint octets                  a bit for each document of the segment
//
// Documents are numbered within the segment by ascending ContentId.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "index/words.h"

namespace mailstead::index {

enum Column : std::uint8_t { header, body, subject, from, to, cc, bcc };
inline constexpr std::size_t k_columns = 7;
using Columns = std::uint8_t;  // a bit each
constexpr Columns bit(Column c) {
  return static_cast<Columns>(1U << c);
}

inline constexpr std::size_t k_block_bytes = 8 * 1024 - 64;  // with the checksum: a page's worth

// Documents that have a term, ascending, by column.
using Postings = std::array<std::vector<std::uint32_t>, k_columns>;
// A set of a segment's documents.
using Bits = std::vector<std::uint64_t>;

enum class Kind : std::uint8_t { words, postings };
// Where blocks go to and come from. A block that is not there is Errc::corrupt.
using PutBlock = std::function<Result<>(Kind, std::uint32_t number, std::string_view block)>;
using GetBlock = std::function<Result<std::string>(Kind, std::uint32_t number)>;

// A block's checksum also says which block it is (block_seed), so that none can stand for another.
constexpr std::uint64_t block_seed(Kind kind, std::uint32_t number) {
  return (kind == Kind::postings ? std::uint64_t{1} << 32 : 0) | number;
}
std::string with_sum(std::string block, std::uint64_t seed);
// The block without its checksum, which is right; else Errc::corrupt.
Result<std::string_view> checked(std::string_view block, std::uint64_t seed);
// The same in place.
Result<> check_sum(std::string& block, std::uint64_t seed);

class SegmentWriter {
 public:
  SegmentWriter(std::size_t documents, PutBlock put) : documents_(documents), put_(std::move(put)) {}
  // Ascending by term. A term without postings is left out.
  Result<> add(std::string_view term, const Postings& postings);
  // Returns how many blocks of words there are.
  Result<std::uint32_t> finish();

 private:
  Result<> end_words();
  Result<> end_postings(bool all);

  const std::size_t documents_;
  const PutBlock put_;
  std::string words_, stream_;
  std::uint64_t words_from_ = 0, stream_at_ = 0;  // stream_at_: where stream_ begins
  std::uint32_t word_blocks_ = 0, posting_blocks_ = 0;
};

// Reads the terms one after the other.
class SegmentReader {
 public:
  SegmentReader(std::size_t documents, std::uint32_t blocks, GetBlock get)
      : documents_(documents), blocks_(blocks), get_(std::move(get)) {}
  // False: there are no more. `term` is good until the next call.
  Result<bool> next(std::string_view& term, Postings& postings);

 private:
  const std::size_t documents_;
  const std::uint32_t blocks_;
  const GetBlock get_;
  std::uint32_t at_ = 0;
  std::string words_, postings_;
  std::string_view terms_, lists_;  // what is left of the two
};

// Adds to `bits` the documents with a term as wanted in any of `columns`, as far as one block of words (`number`)
// tells.
Result<> look_up(const Wanted& wanted, Columns columns, std::size_t documents, std::string_view words,
                 const GetBlock& get, Bits& bits);

// Gathers documents in memory.
class Builder {
 public:
  Builder();
  ~Builder();
  // Of the next document.
  void add(Column column, std::string_view folded);
  // Ends the document. False: it had more terms than one may have (limits::k_index_document_bytes), and has none now.
  bool end_document();
  std::size_t documents() const { return documents_; }
  std::size_t bytes() const;  // what it holds in memory
  Result<std::uint32_t> write(PutBlock put);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::size_t documents_ = 0;
};

}  // namespace mailstead::index

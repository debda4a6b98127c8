// The index of one account: an SQLite file with segments (index/segment.h) and how far they go. Whoever writes commits
// segments and position together, so that the file is right at any moment; it is never durable before it needs to be,
// because what is lost is made again. One connection writes, any number read what was committed when they began.
// All calls block: they belong on a pool.
//
//   state(account, version, token, content)   one row: the history is followed up to `version`, whose record has
//                                              `token`; contents up to `content` are indexed
//   segment(id, documents, blocks)            documents := (gap·2 + unknown:varint)*, ContentIds ascending; `unknown`:
//                                              its terms are not in the segment, it may contain anything
//   block(id, data)                           id: segment · 2³² + kind · 2³¹ + number
//   gone(content, since)                      purged; still in a segment, since these Unix seconds
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/tail.h"
#include "base/result.h"
#include "index/segment.h"

struct sqlite3;

namespace mailstead::index {

// Another one is made anew.
inline constexpr int k_format = 1;

// "Which documents contain this folded text in one of these columns?"
struct Question {
  Columns columns = 0;
  std::string folded;
  bool sure = true;  // false: what is found has to be looked at in any case
};

enum class Verdict : std::uint8_t { no, yes, look };

// What the index knows of some questions.
class Hits {
 public:
  // `look`: the index cannot decide.
  Verdict of(std::size_t question, std::uint64_t content) const;
  std::size_t documents() const { return contents_.size(); }

 private:
  friend class File;
  struct Of {
    bool known = false, exact = false;
    Bits bits;
  };
  std::vector<std::uint64_t> contents_;  // ascending
  std::vector<bool> unknown_;
  std::vector<Of> of_;
};
using HitsRef = std::shared_ptr<const Hits>;

struct FileFacts {
  std::uint64_t documents = 0, unknown = 0, gone = 0, segments = 0, bytes = 0;
  account::TailPoint point;
};

class File {
 public:
  enum class Open : std::uint8_t { read, read_patiently, write };
  // read: Errc::not_found when there is none. read_patiently: the same, but waits for a writer that has the file to
  // itself for a moment, while it opens it or leaves. write: made when there is none. Errc::unsupported: of another
  // format, or another account's; Errc::corrupt. Then it should be removed and made anew.
  static Result<std::unique_ptr<File>> open(const std::string& path, std::uint64_t account, Open how);
  ~File();
  File(const File&) = delete;

  static void remove(const std::string& path);

  Result<account::TailPoint> point();
  Result<FileFacts> facts();
  // The terms that are read stay in memory, up to `words_max` octets of them, for the next question.
  Result<HitsRef> ask(const std::vector<Question>& questions, std::size_t words_max = 0);
  std::size_t words_bytes() const;
  void forget_words() { words_.clear(); }

  // One transaction: these documents, ascending (`unknown` pairwise), with the terms in `terms` (null: no documents);
  // `freed` are gone `now`; and the position moves to `point`.
  Result<> add(const std::vector<std::uint64_t>& contents, const std::vector<bool>& unknown, Builder* terms,
               const std::vector<std::uint64_t>& freed, const account::TailPoint& point, std::int64_t now);
  // Joins segments when there are many, and writes those anew that have held purged documents since `before`: at most
  // one piece of work. False: there was none.
  Result<bool> merge_some(std::int64_t before);
  Result<bool> holds_purged();

 private:
  struct Statement;
  struct Segment {
    std::int64_t id = 0;
    std::uint64_t sum = 0;  // of its documents: an id can come again, for others, when all of its own were purged
    std::uint32_t blocks = 0;
    std::vector<std::uint64_t> contents;
    std::vector<bool> unknown;
  };
  // A segment's blocks of words, checked.
  struct Words {
    std::uint64_t sum = 0;
    std::string bytes;
    std::vector<std::size_t> ends;
  };
  explicit File(sqlite3* db) : db_(db) {}

  Result<> prepare(std::uint64_t account, Open how);
  Result<> run(const char* sql);
  Result<std::vector<Segment>> segments();
  Result<std::int64_t> next_segment();
  Result<> put_segment(const Segment& segment);
  Result<> commit(Result<> done);
  PutBlock putter(std::int64_t segment);
  GetBlock getter(std::int64_t segment);
  using UseBlock = std::function<Result<>(std::string_view block)>;
  Result<> each_block(const Segment& segment, std::size_t words_max, const UseBlock& use);
  Result<> look_into(const Segment& segment, const std::vector<Plan>& plans, const std::vector<Question>& questions,
                     std::size_t from, std::size_t words_max, Hits& hits);
  Result<> forget(const std::vector<std::uint64_t>& contents);
  Result<> merge(const std::vector<Segment>& parts);
  std::unexpected<Error> failure(std::string_view doing) const;

  sqlite3* db_;
  std::map<std::int64_t, Words> words_;  // by segment
};

}  // namespace mailstead::index

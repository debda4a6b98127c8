// The store contract. Ordered keys in partitions; every change is one commit, conditional on the partition's version,
// that carries a change record; blobs lie beside the keys. An account is one partition.
//
// Limits every engine keeps: key ≤ 512 B, value ≤ 64 KiB, commit ≤ 1 MiB (blobs apart), one partition a commit.
// Every stored value, record and blob carries a checksum inside the driver: a wrong one is Errc::corrupt, never served.
// Calls are made on a home and come back there; a driver may be used from all homes at once.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/task.h"

namespace mailstead::store {

inline constexpr std::size_t k_key_max = 512;
inline constexpr std::size_t k_value_max = 64 * 1024;
inline constexpr std::size_t k_commit_max = 1024 * 1024;

struct PartitionId {
  enum Kind : std::uint8_t { system = 0, account = 1, queue = 2 };
  std::uint8_t kind = account;
  std::uint64_t id = 0;
  auto operator<=>(const PartitionId&) const = default;
};

// A blob's name: BLAKE2b-192 of its bytes as given (before compression). Equal content is stored once.
struct BlobId {
  std::array<std::uint8_t, 24> bytes{};
  auto operator<=>(const BlobId&) const = default;
  static BlobId of(std::string_view content);
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  static std::optional<BlobId> from(std::string_view raw24);
};

struct Op {
  // link / unlink: this partition (not) any more refers to a blob; `key` is the 24 bytes of its id, `value` the holder
  // (≤ 16 bytes, chosen by the caller). A blob without links is an orphan, erased by sweep() when older than a day.
  // Linking a blob that is neither stored nor among the commit's blobs fails the commit: not_found, nothing applied.
  enum Kind : std::uint8_t { put, del, del_range, link, unlink } kind = put;
  std::string key;    // del_range: first key
  std::string value;  // put: value; del_range: first key after the range
};

// Bytes to be stored with a commit in the same sync. `content` must outlive the commit call.
struct BlobPut {
  BlobId id;
  std::string_view content;
};

// A blob that a partition refers to.
struct Link {
  BlobId blob;
  std::string holder;
  auto operator<=>(const Link&) const = default;
};

// Recognises a commit that is tried again. Random.
using Token = std::array<std::uint8_t, 16>;

struct Commit {
  PartitionId partition;
  std::uint64_t expected = 0;  // version the partition must have; 0: it does not exist yet
  Token token{};
  std::string summary;  // ≤ 4 KiB: becomes Head::summary
  std::string record;   // the change record, kept under version expected + 1
  std::vector<Op> ops;  // applied in order
  std::vector<BlobPut> blobs;
  // Answered once it is written, and synced with the next commit that is not relaxed, k_relaxed_ms later at the latest.
  // The end of the process, however sudden, loses nothing; a power cut at most the newest relaxed commits.
  bool relaxed = false;
};
inline constexpr int k_relaxed_ms = 50;

enum class CommitOutcome : std::uint8_t {
  ok,        // durable, unless it was relaxed; the partition's version is expected + 1
  conflict,  // the version was another; nothing applied
};

struct Head {
  std::uint64_t version = 0;  // 0: no such partition
  std::string summary;
};

struct Record {
  std::uint64_t version;
  Token token;
  std::string bytes;
};

struct Row {
  std::string key, value;
};

struct Page {
  std::vector<Row> rows;
  bool more = false;  // resume after rows.back().key (before it, in reverse)
};

// Told after commits, on any thread, lossy and coalesced: "partition p is at least at version v". A missed hint must
// only cost time: the reader catches up at its next command.
using Hint = std::function<void(PartitionId, std::uint64_t version)>;

class Watch {  // destroying it ends the hints; after that the callback is not running any more
 public:
  virtual ~Watch() = default;
};

class Store {
 public:
  virtual ~Store() = default;

  // Errors: unknown (outcome not learnt: head and records with the token tell), unavailable, full (disk full: nothing
  // applied), too_big, invalid (an empty key, a malformed link), not_found (a link to a blob that is not there). After
  // a failed sync every later commit is refused with unavailable until restart (design §7).
  virtual Task<Result<CommitOutcome>> commit(Commit commit) = 0;
  virtual Task<Result<Head>> head(PartitionId partition) = 0;
  virtual Task<Result<std::optional<std::string>>> get(PartitionId partition, std::string key) = 0;
  // One answer a key, in the order asked.
  virtual Task<Result<std::vector<std::optional<std::string>>>> get_many(PartitionId partition,
                                                                         std::vector<std::string> keys) = 0;
  // Keys in [from, to), at most `limit` rows (at least one, and about 4 MiB) a page; each page is consistent in itself.
  // An empty `to` means the partition's end.
  virtual Task<Result<Page>> scan(PartitionId partition, std::string from, std::string to, std::size_t limit,
                                  bool reverse = false) = 0;
  // Records with version > after, ascending and without a gap; Errc::expired when some of them were trimmed.
  virtual Task<Result<std::vector<Record>>> records(PartitionId partition, std::uint64_t after, std::size_t limit) = 0;
  virtual Task<Result<>> trim(PartitionId partition, std::uint64_t up_to) = 0;
  virtual std::unique_ptr<Watch> watch(Hint hint) = 0;
  // Partitions of a kind with id > after, ascending.
  virtual Task<Result<std::vector<std::uint64_t>>> partitions(std::uint8_t kind, std::uint64_t after,
                                                              std::size_t limit) = 0;
  // What a partition refers to, ascending, at most `limit` after *cursor (empty: from the start; set to empty at the
  // end). To check a store and to copy a partition.
  virtual Task<Result<std::vector<Link>>> links(PartitionId partition, std::size_t limit, std::string* cursor) = 0;
  // Removes a partition whole: keys, records, head, links.
  virtual Task<Result<>> erase(PartitionId partition) = 0;

  // Blobs ------------------------------------------------------------------------------------------------------------
  // Durable before it returns. Storing what is there already costs little.
  virtual Task<Result<>> put_blob(BlobId id, std::string_view content) = 0;
  // Bytes [offset, offset + length) of the content, less at its end. not_found, corrupt.
  virtual Task<Result<std::string>> get_blob(BlobId id, std::uint64_t offset, std::uint64_t length) = 0;
  // Whole blobs, in the order asked; for long FETCHes: one trip to the pool for many.
  virtual Task<Result<std::vector<Result<std::string>>>> get_blobs(std::vector<BlobId> ids) = 0;
  // Erases unlinked blobs older than `age_s`, looking at no more than `limit` blobs after *cursor (empty: from the
  // start; set to empty at the end). Returns how many were erased.
  virtual Task<Result<std::size_t>> sweep(std::int64_t age_s, std::size_t limit, std::string* cursor) = 0;
};

// What `mailstead check` found. A finding names partition, key and what is wrong, never message text.
struct Finding {
  std::string where, what;
};

}  // namespace mailstead::store

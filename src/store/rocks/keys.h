// The keys and values of a RocksDB store, format 1. Numbers in keys are big-endian, so that they sort.
//   partition = kind: u8, id: u64be                                   (9 bytes: the families' prefix)
//   family default:  "F"                          → format: varint, not sealed: it must be readable by every version
//                    "H" partition                → version: varint, summary: str
//                    "E" partition                → empty: it is being erased, and some of it may be left
//   family keys:     partition key                → value
//   family records:  partition version: u64be     → token: 16 bytes, record
//   family refs:     "B" blob                     → size: varint, created: svarint (seconds)
//                    "B" blob partition holder    → empty: the partition refers to the blob
//                    "P" partition blob holder    → empty: the same, to be found from the partition
//   family blobs:    blob index: u32be            → chunk (store/frame.h), or under index 0 the ref of a file
//                                                   (store/rocks/large_files.h)
// blob is the 24 bytes of its id. Every value but the format is sealed with its key (store/frame.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/codec.h"
#include "base/result.h"
#include "store/store.h"

namespace mailstead::store::rocks {

inline constexpr std::uint64_t k_format = 1;
inline constexpr std::string_view k_format_key = "F";
inline constexpr std::size_t k_prefix = 9;
inline constexpr std::size_t k_blob_id = 24;

enum Family : std::uint8_t { f_default, f_keys, f_records, f_refs, f_blobs, f_count };
inline constexpr std::string_view k_family_names[] = {"default", "keys", "records", "refs", "blobs"};

inline std::string partition_prefix(PartitionId p) {
  return Writer().u8(p.kind).u64be(p.id).take();
}
// The first key after all that begin with `prefix`; empty when there is none.
inline std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}
inline PartitionId read_partition(std::string_view prefix) {
  Reader in(prefix);
  PartitionId p;
  p.kind = in.u8();
  p.id = in.u64be();
  return p;
}

inline std::string head_key(PartitionId p) {
  return "H" + partition_prefix(p);
}
inline std::string erasing_key(PartitionId p) {
  return "E" + partition_prefix(p);
}
inline std::string row_key(PartitionId p, std::string_view key) {
  return Writer().u8(p.kind).u64be(p.id).raw(key).take();
}
inline std::string record_key(PartitionId p, std::uint64_t version) {
  return Writer().u8(p.kind).u64be(p.id).u64be(version).take();
}
inline std::string blob_key(const BlobId& id) {
  return Writer().raw("B").raw(id.view()).take();
}
inline std::string link_key(const BlobId& id, PartitionId p, std::string_view holder) {
  return Writer().raw("B").raw(id.view()).u8(p.kind).u64be(p.id).raw(holder).take();
}
inline std::string holder_prefix(PartitionId p) {
  return "P" + partition_prefix(p);
}
inline std::string holder_key(PartitionId p, const BlobId& id, std::string_view holder) {
  return Writer().raw("P").u8(p.kind).u64be(p.id).raw(id.view()).raw(holder).take();
}
inline std::string chunk_key(const BlobId& id, std::uint32_t index) {
  return Writer().raw(id.view()).u32be(index).take();
}

inline std::string encode(const Head& head) {
  return Writer().varint(head.version).str(head.summary).take();
}
inline std::optional<Head> decode_head(std::string_view bytes) {
  Reader in(bytes);
  Head head;
  head.version = in.varint();
  head.summary = in.str();
  if (!in.done() || head.version == 0) return std::nullopt;
  return head;
}

struct BlobInfo {
  std::uint64_t size = 0;
  std::int64_t created = 0;
};
inline std::string encode(const BlobInfo& info) {
  return Writer().varint(info.size).svarint(info.created).take();
}
inline std::optional<BlobInfo> decode_blob_info(std::string_view bytes) {
  Reader in(bytes);
  BlobInfo info;
  info.size = in.varint();
  info.created = in.svarint();
  if (!in.done()) return std::nullopt;
  return info;
}

}  // namespace mailstead::store::rocks

// Limits of the search index, as those of base/limits.h: unit, default, and the abuse they stop.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mailstead::limits {

inline constexpr std::size_t k_index_batch_messages = 1024;           // one account's turn of the indexer
inline constexpr std::size_t k_index_batch_bytes = 32 * 1024 * 1024;  // memory of such a turn
inline constexpr std::size_t k_index_document_bytes = 256 * 1024;     // one message's terms; one with more is scanned
inline constexpr std::size_t k_index_fan = 8;                         // segments that become one
inline constexpr std::size_t k_index_segment_documents = 128 * 1024;  // memory and time of writing one anew
inline constexpr std::int64_t k_index_purge_s = 3600;                 // how long a purged message's terms stay
inline constexpr std::size_t k_index_files = 32;                      // open for queries, of all accounts
inline constexpr std::size_t k_index_words_bytes = 64 * 1024 * 1024;  // of these: terms that stay in memory

}  // namespace mailstead::limits

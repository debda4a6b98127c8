#include "store/store.h"

#include <sodium.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"
#include "store/validate.h"

namespace mailstead::store {

BlobId BlobId::of(std::string_view content) {
  BlobId id;
  // BLAKE2b of libsodium needs no sodium_init(): only the random functions do.
  CHECK(crypto_generichash(id.bytes.data(), id.bytes.size(), reinterpret_cast<const unsigned char*>(content.data()),
                           content.size(), nullptr, 0) == 0);
  return id;
}

std::optional<BlobId> BlobId::from(std::string_view raw24) {
  BlobId id;
  if (raw24.size() != id.bytes.size()) return std::nullopt;
  std::copy(raw24.begin(), raw24.end(), reinterpret_cast<char*>(id.bytes.data()));
  return id;
}

namespace {

Result<> validate(const Op& op) {
  const bool is_link = op.kind == Op::link || op.kind == Op::unlink;
  if (is_link) {
    if (!BlobId::from(op.key)) return fail(Errc::invalid, "link: not the id of a blob");
    if (op.value.size() > k_holder_max) return fail(Errc::too_big, "link: holder");
    return {};
  }
  if (op.key.empty()) return fail(Errc::invalid, "empty key");
  if (op.key.size() > k_key_max) return fail(Errc::too_big, cat("key of ", op.key.size(), " bytes"));
  const auto value_max = op.kind == Op::put ? k_value_max : k_key_max;
  if (op.value.size() > value_max) return fail(Errc::too_big, cat("value of ", op.value.size(), " bytes"));
  return {};
}

}  // namespace

Result<> validate(const Commit& commit) {
  if (commit.summary.size() > k_summary_max) return fail(Errc::too_big, "summary");
  std::size_t total = commit.summary.size() + commit.record.size();
  for (const auto& op : commit.ops) {
    TRY_VOID(validate(op));
    total += op.key.size() + op.value.size();
  }
  if (total > k_commit_max) return fail(Errc::too_big, cat("commit of ", total, " bytes"));
  return {};
}

}  // namespace mailstead::store

#include "account/account_impl.h"

namespace mailstead::account {

Task<Result<Content>> AccountImpl::content(ContentId id) {
  CO_TRY(const auto value, co_await store_.get(partition_, content_key(id.value)));
  if (!value) co_return fail(Errc::not_found, "content is gone");
  co_return decode_content(*value);
}

Task<Result<std::string>> AccountImpl::read(ContentId id, std::uint64_t offset, std::uint64_t at_most) {
  home_.assert_here();
  CO_TRY(const auto c, co_await content(id));
  std::string out;
  if (offset < c.prefix.size()) out = c.prefix.substr(offset, at_most);
  at_most -= out.size();
  if (at_most == 0 || offset + out.size() >= c.size) co_return out;
  const auto from = offset + out.size() - c.prefix.size();
  CO_TRY(const auto rest, co_await store_.get_blob(c.blob, from, at_most));
  co_return out + rest;
}

Task<Result<std::vector<Result<std::string>>>> AccountImpl::read_many(std::vector<ContentId> ids) {
  home_.assert_here();
  std::vector<std::string> keys;
  for (const auto id : ids) keys.push_back(content_key(id.value));
  CO_TRY(const auto values, co_await store_.get_many(partition_, std::move(keys)));
  std::vector<Result<std::string>> out;
  std::vector<store::BlobId> blobs;
  std::vector<std::size_t> where;
  for (const auto& value : values) {
    auto c = value ? decode_content(*value) : Result<Content>(fail(Errc::not_found, "content is gone"));
    if (c) {
      blobs.push_back(c->blob);
      where.push_back(out.size());
      out.emplace_back(std::move(c->prefix));
    } else {
      out.emplace_back(std::unexpected(c.error()));
    }
  }
  CO_TRY(auto bytes, co_await store_.get_blobs(std::move(blobs)));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto& slot = out[where[i]];
    if (!bytes[i])
      slot = std::unexpected(bytes[i].error());
    else if (slot->empty())
      slot = std::move(bytes[i]);
    else
      *slot += *bytes[i];
  }
  co_return out;
}

Task<Result<std::string>> AccountImpl::email_id(ContentId id) {
  home_.assert_here();
  CO_TRY(auto c, co_await content(id));
  co_return std::move(c.email_id);
}

}  // namespace mailstead::account

#include "account/account_impl.h"
#include "base/ascii.h"

namespace mailstead::account {
namespace {

constexpr std::uint8_t k_version = 1;

}  // namespace

std::string encode_sharing(const model::Sharing& sharing) {
  Writer w;
  w.u8(k_version).varint(sharing.size());
  for (const auto& [identifier, rights] : sharing) w.str(identifier).varint(rights.bits);
  return w.take();
}

Result<model::Sharing> decode_sharing(std::string_view bytes) {
  Reader r(bytes);
  const bool known = r.u8() == k_version;
  model::Sharing out;
  bool good = true;
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    std::string identifier(r.str());
    const auto bits = r.varint();
    good = good && bits != 0 && bits <= model::right::all.bits;
    out[std::move(identifier)] = model::Rights{static_cast<std::uint16_t>(bits)};
  }
  if (!known || !good || !r.done()) return fail(Errc::corrupt, "rights");
  return out;
}

const model::Sharing& AccountImpl::sharing(MailboxId mailbox) const {
  static const model::Sharing nobody;
  const auto found = sharing_.find(mailbox.value);
  return found == sharing_.end() ? nobody : found->second;
}

Task<Result<>> AccountImpl::share(MailboxId id, std::string identifier, ChangeRights change, Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  for (;;) {
    if (find(id) == nullptr) co_return fail(Errc::not_found);
    auto next = sharing(id);
    const auto old = next.contains(identifier) ? next[identifier] : model::Rights();
    const auto rights = change(old);
    if (rights == old) co_return Result<>();
    if (rights.empty())
      next.erase(identifier);
    else
      next[identifier] = rights;
    if (next.size() > k_identifiers_max) co_return fail(Errc::full, "too many identifiers");
    Transaction tx(*this, "share", actor);
    tx.set_sharing(id.value, std::move(next));
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

}  // namespace mailstead::account

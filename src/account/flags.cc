#include <algorithm>

#include "account/account_impl.h"
#include "base/planted.h"

namespace mailstead::account {
namespace {

// What one commit does for one of the stores.
struct Piece {
  std::size_t store = 0;
  std::vector<Uid> changed, modified;
  std::vector<ModSeq> before;
};

// nullopt: no room for another keyword; the table is as it was.
std::optional<model::Flags> bits_of(const FlagStore& store, Mailbox& mailbox) {
  const auto keywords = mailbox.keywords;
  model::Flags bits;
  for (const auto& name : store.flags) {
    const auto system = model::system_flag(name);
    const auto bit = system                               ? system
                     : store.change == FlagChange::remove ? mailbox.keywords.find(name)
                                                          : mailbox.keywords.add(name);
    if (bit) {
      bits = bits.with(*bit);
    } else if (store.change != FlagChange::remove) {
      mailbox.keywords = keywords;
      return std::nullopt;
    }
  }
  return bits;
}

model::Flags changed_flags(model::Flags old, model::Flags bits, FlagChange change) {
  switch (change) {
    case FlagChange::set:
      return bits;
    case FlagChange::add:
      return old.with(bits);
    case FlagChange::remove:
      return old.without(bits);
  }
  std::unreachable();
}

void add_to(Stored& stored, const Piece& piece, std::optional<ModSeq> modseq) {
  if (modseq && !piece.changed.empty()) stored.modseq = *modseq;
  stored.changed.insert(stored.changed.end(), piece.changed.begin(), piece.changed.end());
  stored.before.insert(stored.before.end(), piece.before.begin(), piece.before.end());
  stored.after.resize(stored.changed.size(), stored.modseq);
  stored.modified.insert(stored.modified.end(), piece.modified.begin(), piece.modified.end());
}

}  // namespace

Task<Result<Stored>> AccountImpl::store_flags(MailboxId id, UidSet uids, FlagChange change,
                                              std::vector<std::string> flags, std::optional<ModSeq> unchanged_since,
                                              Actor actor) {
  std::vector<FlagStore> one;
  one.push_back({std::move(uids), change, std::move(flags), unchanged_since});
  auto stored = co_await store_flags(id, std::move(one), std::move(actor));
  co_return std::move(stored.front());
}

Task<std::vector<Result<Stored>>> AccountImpl::store_flags(MailboxId id, std::vector<FlagStore> stores, Actor actor) {
  home_.assert_here();
  auto guard = co_await turn_.take();
  std::vector<Result<Stored>> out(stores.size(), Stored{});
  const auto fail_from = [&](std::size_t first, const Error& error) {
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(first), out.end(), std::unexpected(error));
  };
  const auto opened = co_await open_rows(id);
  if (!opened) {
    fail_from(0, opened.error());
    co_return out;
  }
  for (auto& o : out) o->modseq = ModSeq(version_);
  std::size_t begin = 0;        // the first store that is not wholly done
  std::uint32_t begin_uid = 0;  // and its first UID not yet decided on
  std::size_t looked = 0;
  while (begin < stores.size()) {
    Transaction tx(*this, "flags", actor);
    tx.relaxed = settings_.relaxed_flags;
    auto* mailbox = tx.mailbox(id);
    if (mailbox == nullptr) {
      fail_from(begin, Error{Errc::not_found, {}});
      break;
    }
    std::vector<Piece> pieces;
    auto at = begin;
    auto at_uid = begin_uid;
    bool any = false;
    for (; at < stores.size() && !tx.full_of_flags(); ++at, at_uid = 0) {
      const auto& store = stores[at];
      const auto bits = bits_of(store, *mailbox);
      if (!bits) {
        out[at] = fail(Errc::too_big, "no room for another keyword in this mailbox");
        continue;
      }
      auto& piece = pieces.emplace_back(Piece{at, {}, {}, {}});
      RowsIn rows(*(*opened)->rows, store.uids, at_uid);
      const Row* row = rows.next();
      for (; row != nullptr && !tx.full_of_flags(); row = rows.next()) {
        if (++looked % k_rows_a_turn == 0) co_await home_.yield();
        if (store.unchanged_since && row->modseq > store.unchanged_since->value) {
          if (!planted(Planted::modified_not_listed)) piece.modified.emplace_back(row->uid);
          continue;
        }
        const model::Flags old{row->flags};
        const auto fresh = (changed_flags(old, *bits, store.change) & store.may) | old.without(store.may);
        if (fresh.bits == row->flags) continue;
        tx.set_flags(*mailbox, *row, fresh.bits);
        piece.changed.emplace_back(row->uid);
        piece.before.emplace_back(row->modseq);
      }
      any = any || !piece.changed.empty();
      if (row != nullptr) {
        at_uid = row->uid;
        break;
      }
    }
    std::optional<ModSeq> modseq;
    if (any) {
      modseq = ModSeq(tx.modseq());
      const auto done = co_await commit(tx);
      if (!done) {
        fail_from(begin, done.error());
        break;
      }
      if (!*done) continue;  // decide this part again
    }
    for (const auto& piece : pieces) add_to(*out[piece.store], piece, modseq);
    begin = at;
    begin_uid = at_uid;
  }
  co_return out;
}

}  // namespace mailstead::account

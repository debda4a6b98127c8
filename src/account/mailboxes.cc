#include "account/account_impl.h"

namespace mailstead::account {

Task<Result<MailboxId>> AccountImpl::create(std::string name, std::optional<model::SpecialUse> use, Actor actor) {
  home_.assert_here();
  CO_TRY(name, model::check_name(name));
  auto guard = co_await turn_.take();
  for (;;) {
    const auto* there = find(name);
    if (there != nullptr && there->selectable) co_return fail(Errc::exists);
    if (mailboxes_.size() >= limits::k_mailboxes) co_return fail(Errc::too_big, "too many mailboxes");
    Transaction tx(*this, "create", actor);
    const auto id = tx.make_mailbox(name, use, clock_.now()).id;
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return id;
  }
}

// Crash states: (1) some messages in Recently removed, the mailbox there with the rest: a valid mailbox;
// (2) all of them there, the mailbox empty; (3) the mailbox gone, or a bare level when it has children.
Task<Result<>> AccountImpl::remove(std::string name, Actor actor) {
  home_.assert_here();
  if (model::is_inbox(name)) co_return fail(Errc::no_permission, "INBOX cannot be deleted");
  auto guard = co_await turn_.take();
  for (;;) {
    const auto* there = find(name);
    if (there == nullptr) co_return fail(Errc::not_found);
    const auto id = there->id;
    const bool parent = std::any_of(sorted_.begin(), sorted_.end(),
                                    [&](const Mailbox* m) { return model::is_under(m->name, there->name); });
    if (!there->selectable && parent) co_return fail(Errc::no_permission, "it has children");
    const auto before = version_;
    if (there->selectable) CO_TRY_VOID(co_await expunge_in_turn(id, std::nullopt, false, actor, "delete mailbox"));
    CO_TRY(const auto annotated, co_await read_annotations(id.value));
    Transaction tx(*this, "delete mailbox", actor);
    auto& m = *tx.mailbox(id);
    if (m.messages > 0 && version_ == before) co_return fail(Errc::corrupt, "it counts messages that are not there");
    if (m.messages > 0) continue;  // another node put something in: it goes, too
    for (const auto& a : annotated) tx.annotation(id.value, a.name, std::nullopt);
    if (parent) {
      m.selectable = false;
      m.use.reset();
      if (sharing_.contains(id.value)) tx.set_sharing(id.value, {});  // RFC 4314 §4 DELETE
      tx.state.last_uidvalidity = std::max(static_cast<std::uint32_t>(clock_.now()), tx.state.last_uidvalidity + 1);
      m.uidvalidity = tx.state.last_uidvalidity;  // if it is made again it is another mailbox
    } else {
      if (m.subscribed) tx.subscription(m.name, true);  // RFC 9051 §6.3.5: subscriptions stay
      tx.erase_mailbox(id);
    }
    CO_TRY(const bool done, co_await commit(tx));
    if (!done) continue;
    co_await free_if_none_kept();
    co_return Result<>();
  }
}

Task<Result<>> AccountImpl::rename(std::string from, std::string to, Actor actor) {
  home_.assert_here();
  CO_TRY(to, model::check_name(to));
  auto guard = co_await turn_.take();
  for (;;) {
    const auto* there = find(from);
    if (there == nullptr) co_return fail(Errc::not_found);
    if (find(to) != nullptr) co_return fail(Errc::exists);
    if (model::is_under(to, there->name) && !model::is_inbox(from))
      co_return fail(Errc::invalid, "a mailbox cannot go into itself");
    const auto inbox_id = find(model::k_inbox)->id;
    std::vector<Annotation> annotated;
    if (model::is_inbox(from)) {
      CO_TRY(annotated, co_await read_annotations(inbox_id.value));
    }
    Transaction tx(*this, "rename", actor);
    tx.make_parents(to, clock_.now());
    if (model::is_inbox(from)) {
      // RFC 9051 §6.3.6: INBOX stays, its messages go to the new mailbox.
      const auto id = tx.add_mailbox(to, std::nullopt, clock_.now()).id;
      for (const auto& a : annotated) tx.annotation(id.value, a.name, a.value);
      CO_TRY(const bool made, co_await commit(tx));
      if (!made) continue;
      guard.release();
      UidSet all;
      all.insert(Uid(1), Uid(UINT32_MAX));
      CO_TRY_VOID(co_await transfer(inbox_id, std::move(all), id, false, std::move(actor)));
      co_return Result<>();
    }
    const auto prefix = there->name;
    for (const auto* m : sorted_) {
      if (m->name != prefix && !model::is_under(m->name, prefix)) continue;
      CO_TRY(auto name, model::check_name(to + m->name.substr(prefix.size())));  // it may be too long now
      auto& renamed = *tx.mailbox(m->id);
      renamed.name = std::move(name);
      tx.take_subscription(renamed);
    }
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

Task<Result<>> AccountImpl::subscribe(std::string name, bool on, Actor actor) {
  home_.assert_here();
  CO_TRY(name, model::check_name(name));
  auto guard = co_await turn_.take();
  for (;;) {
    Transaction tx(*this, "subscribe", actor);
    if (const auto* there = find(name)) {
      if (there->subscribed == on) co_return Result<>();
      tx.mailbox(there->id)->subscribed = on;
    } else {
      if (lone_subscriptions_.contains(name) == on) co_return Result<>();
      if (on && lone_subscriptions_.size() >= limits::k_mailboxes) co_return fail(Errc::too_big);
      tx.subscription(name, on);
    }
    CO_TRY(const bool done, co_await commit(tx));
    if (done) co_return Result<>();
  }
}

std::vector<std::string> AccountImpl::subscriptions() const {
  std::vector<std::string> names(lone_subscriptions_.begin(), lone_subscriptions_.end());
  for (const auto* m : sorted_)
    if (m->subscribed) names.push_back(m->name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace mailstead::account

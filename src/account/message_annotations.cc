// Annotations of messages (RFC 5257): a key for the shared ones of a message and one for each user's private ones, so
// that nobody takes another's room. Not kept in memory; a mailbox that never had any costs no read.
#include <algorithm>

#include "account/account_impl.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_page = 64;  // some 3 MiB
constexpr std::size_t k_read_at_once = 256;
// What a record and its mailboxes take in a commit, apart from its rows.
constexpr std::size_t k_commit_reserve = 64 * 1024;

std::size_t size_of(const Entries& entries) {
  std::size_t size = 0;
  for (const auto& [entry, value] : entries) size += entry.size() + value.size();
  return size;
}

Result<> check(const Entries& entries) {
  for (const auto& [entry, value] : entries)
    if (value.size() > limits::k_annotation_value_bytes) return fail(Errc::too_big);
  if (entries.size() > limits::k_annotations || size_of(entries) > limits::k_annotations_bytes) return fail(Errc::full);
  return {};
}

// Returns the names of those that are other now.
std::vector<std::string> change(Entries& entries, const std::vector<model::MessageAnnotation>& changes, bool shared) {
  std::vector<std::string> changed;
  for (const auto& c : changes) {
    if (c.shared != shared) continue;
    const auto there = entries.find(c.entry);
    if (c.value ? there != entries.end() && there->second == *c.value : there == entries.end()) continue;
    if (c.value)
      entries[c.entry] = *c.value;
    else
      entries.erase(there);
    if (std::find(changed.begin(), changed.end(), c.entry) == changed.end()) changed.push_back(c.entry);
  }
  return changed;
}

// Where the annotations of one message go.
struct Way {
  bool stay = true;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all_to, kept_to;  // mailbox, UID; of kept_to what tx.keep says
};
using Ways = std::map<std::uint32_t, std::map<std::uint32_t, Way>>;  // by mailbox and UID

bool is_kept(const Keep& keep, const std::string& user) {
  return user.empty() ? keep.shared : !keep.private_of || *keep.private_of == user;
}

}  // namespace

Result<> check_annotations(const std::vector<model::MessageAnnotation>& all) {
  for (const bool shared : {false, true}) {
    Entries entries;
    change(entries, all, shared);
    TRY_VOID(check(entries));
  }
  return {};
}

void Transaction::put_annotations(Mailbox& m, std::uint32_t uid, const std::string& user, const Entries& entries) {
  const auto key = annotations_key(m.id.value, uid, user);
  m.annotated = true;
  if (entries.empty())
    ops.push_back({store::Op::del, key, {}});
  else
    put(key, encode_annotations(entries));
}

void Transaction::put_annotations(Mailbox& m, std::uint32_t uid, const NewMessage& message) {
  for (const bool shared : {false, true}) {
    Entries entries;
    change(entries, message.annotations, shared);
    if (!entries.empty()) put_annotations(m, uid, shared ? std::string() : message.annotator, entries);
  }
}

Task<Result<std::vector<AccountImpl::NoteRow>>> AccountImpl::read_notes(std::uint32_t mailbox, UidSet uids,
                                                                        std::optional<std::string> user) {
  std::vector<NoteRow> out;
  if (uids.empty()) co_return out;
  const auto last = uids.ranges().back().last.value;
  const auto end =
      last == UINT32_MAX ? annotations_key(mailbox, last, "") + "\xFF" : annotations_key(mailbox, last + 1, "");
  for (auto from = annotations_key(mailbox, uids.ranges().front().first.value, "");;) {
    CO_TRY(const auto page, co_await store_.scan(partition_, from, end, k_page));
    for (const auto& row : page.rows) {
      Reader key(std::string_view(row.key).substr(5));
      NoteRow note{key.u32be(), {}, {}};
      note.user = key.rest();
      if (!uids.contains(Uid(note.uid)) || (user && !note.user.empty() && note.user != *user)) continue;
      CO_TRY(note.entries, decode_annotations(row.value));
      out.push_back(std::move(note));
    }
    if (!page.more) co_return out;
    from = page.rows.back().key + '\0';
  }
}

Task<Result<std::vector<model::AnnotatedMessage>>> AccountImpl::message_annotations(MailboxId mailbox, UidSet uids,
                                                                                    std::string user) {
  home_.assert_here();
  std::vector<model::AnnotatedMessage> out;
  const auto* m = find(mailbox);
  if (mailbox != k_removed_mailbox && (m == nullptr || !m->annotated)) co_return out;
  CO_TRY(const auto notes, co_await read_notes(mailbox.value, std::move(uids), std::move(user)));
  for (const auto& note : notes) {
    if (out.empty() || out.back().uid != note.uid) out.push_back({note.uid, {}});
    for (const auto& [entry, value] : note.entries) out.back().annotations.push_back({entry, note.user.empty(), value});
  }
  for (auto& message : out)
    std::sort(message.annotations.begin(), message.annotations.end(), [](const auto& a, const auto& b) {
      return a.entry != b.entry ? a.entry < b.entry : a.shared < b.shared;
    });
  co_return out;
}

Task<Result<Stored>> AccountImpl::store_annotations(MailboxId id, AnnotationStore store, Actor actor) {
  home_.assert_here();
  CO_TRY_VOID(check_annotations(store.changes));
  auto guard = co_await turn_.take();
  CO_TRY(const auto opened, co_await open_rows(id));
  Stored out{};
  out.modseq = ModSeq(version_);
  for (std::uint32_t next = 0; next != UINT32_MAX;) {
    Transaction tx(*this, "annotate messages", actor);
    auto* mailbox = tx.mailbox(id);
    if (mailbox == nullptr) co_return fail(Errc::not_found);
    std::vector<Row> some;
    RowsIn rows(*opened->rows, store.uids, next);
    const Row* row = rows.next();
    for (; row != nullptr && some.size() < k_read_at_once; row = rows.next()) some.push_back(*row);
    auto resume = row == nullptr ? UINT32_MAX : row->uid;
    UidSet wanted;
    for (const auto& r : some) wanted.insert(Uid(r.uid));
    std::map<std::uint32_t, std::map<std::string, Entries>> there;
    if (mailbox->annotated) {
      CO_TRY(auto notes, co_await read_notes(id.value, std::move(wanted), std::nullopt));
      for (auto& note : notes) there[note.uid][note.user] = std::move(note.entries);
    }
    std::vector<Uid> changed, modified;
    std::vector<ModSeq> before;
    for (const auto& r : some) {
      if (tx.full_of_flags()) {
        resume = r.uid;
        break;
      }
      if (store.unchanged_since && r.modseq > store.unchanged_since->value) {
        modified.emplace_back(r.uid);
        continue;
      }
      auto& by_user = there[r.uid];
      bool any = false;
      for (const bool shared : {false, true}) {
        const auto user = shared ? std::string() : store.user;
        auto& entries = by_user[user];
        auto names = change(entries, store.changes, shared);
        if (names.empty()) continue;
        CO_TRY_VOID(check(entries));
        tx.put_annotations(*mailbox, r.uid, user, entries);
        tx.effect(MessageAnnotated{id.value, r.uid, user, std::move(names)});
        any = true;
      }
      if (!any) continue;
      std::size_t all = 0;
      for (const auto& [user, entries] : by_user) all += size_of(entries);
      if (all > limits::k_annotations_message_bytes) co_return fail(Errc::full);
      tx.set_flags(*mailbox, r, r.flags);  // its MODSEQ
      changed.emplace_back(r.uid);
      before.emplace_back(r.modseq);
    }
    if (!changed.empty()) {
      const ModSeq modseq(tx.modseq());
      CO_TRY(const bool done, co_await commit(tx));
      if (!done) continue;  // decide this part again
      out.modseq = modseq;
    }
    out.changed.insert(out.changed.end(), changed.begin(), changed.end());
    out.before.insert(out.before.end(), before.begin(), before.end());
    out.after.resize(out.changed.size(), out.modseq);
    out.modified.insert(out.modified.end(), modified.begin(), modified.end());
    next = resume;
  }
  co_return out;
}

Task<Result<bool>> AccountImpl::carry_annotations(Transaction& tx) {
  const auto annotated = [&](std::uint32_t id) {
    const auto found = mailboxes_.find(id);
    return found != mailboxes_.end() && found->second->annotated;
  };
  Ways ways;
  for (const auto& entry : tx.record_.entries)
    for (const auto& effect : entry.effects) {
      if (const auto* gone = std::get_if<RowGone>(&effect)) {
        if (!annotated(gone->mailbox)) continue;
        auto& way = ways[gone->mailbox][gone->uid];
        way.stay = false;
        if (gone->removed != 0)
          way.all_to.emplace_back(k_removed_mailbox.value, static_cast<std::uint32_t>(gone->removed));
      } else if (const auto* freed = std::get_if<RemovedGone>(&effect)) {
        ways[k_removed_mailbox.value][static_cast<std::uint32_t>(freed->number)].stay = false;
      } else if (const auto* put = std::get_if<RowPut>(&effect)) {
        const auto& from = put->origin;
        if (from.how == Origin::restored) {
          auto& way = ways[k_removed_mailbox.value][static_cast<std::uint32_t>(from.from)];
          way.stay = false;
          way.all_to.emplace_back(put->mailbox, put->uid);
        } else if ((from.how == Origin::copied || from.how == Origin::moved) &&
                   annotated(static_cast<std::uint32_t>(from.from))) {
          ways[static_cast<std::uint32_t>(from.from)][from.from_uid].kept_to.emplace_back(put->mailbox, put->uid);
        }
      }
    }
  if (ways.empty()) co_return true;
  auto room = store::k_commit_max - std::min(store::k_commit_max, 2 * tx.bytes_ + k_commit_reserve);
  for (const auto& [mailbox, messages] : ways) {
    UidSet uids;
    for (const auto& [uid, way] : messages) uids.insert(Uid(uid));
    CO_TRY(const auto notes, co_await read_notes(mailbox, std::move(uids), std::nullopt));
    for (const auto& note : notes) {
      const auto& way = messages.at(note.uid);
      auto to = way.all_to;
      if (is_kept(tx.keep, note.user)) to.insert(to.end(), way.kept_to.begin(), way.kept_to.end());
      for (const auto& [id, uid] : to) {
        auto value = encode_annotations(note.entries);
        if (value.size() > room && tx.rows_ > 1) {
          commit_rows_ = std::max<std::size_t>(1, tx.rows_ / 4);
          co_return false;
        }
        room -= std::min(room, value.size());
        tx.put(annotations_key(id, uid, note.user), std::move(value));
        if (id != k_removed_mailbox.value) tx.mailbox(MailboxId(id))->annotated = true;
      }
      if (!way.stay) tx.ops.push_back({store::Op::del, annotations_key(mailbox, note.uid, note.user), {}});
    }
  }
  commit_rows_ = std::min(2 * commit_rows_, limits::k_commit_messages);
  co_return true;
}

}  // namespace mailstead::account

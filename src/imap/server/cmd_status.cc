// STATUS (RFC 9051 §6.3.11, §7.3.4; RFC 7162 §3.1.7, 7889 §5, 8438, 8474 §4.3, 9208 §4.1.3). All from the mailbox's
// counts, without a row being read; DELETED-STORAGE alone needs rows.
#include <algorithm>

#include "auth/scram.h"
#include "base/ascii.h"
#include "base/base64.h"
#include "imap/server/names.h"
#include "imap/server/readonly.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

std::string mailbox_id(const Session& s, const account::Mailbox& mailbox) {
  if (mailbox.id == account::k_past_mailbox) return cat('P', mailbox.uidvalidity, '-', mailbox.highest_modseq);
  if (mailbox.id == account::k_removed_mailbox) return cat('F', mailbox.id.value);
  const auto id = cat('F', mailbox.id.value, '-', mailbox.uidvalidity);
  return s.account == s.mine ? id : cat(id, '-', s.account->id().value);
}

std::string thread_id(const mime::Summary& summary) {
  constexpr std::size_t octets = 15;  // of the hash: enough that threads do not meet by chance
  const auto& root = summary.references.empty() ? summary.message_id : summary.references.front();
  const auto& e = summary.message.envelope;
  const auto hash = auth::sha256(root.empty() ? cat(summary.size, '\n', e.date, '\n', e.subject) : root);
  return cat('T', base64url_encode(std::string_view(hash).substr(0, octets)));
}

namespace {

// RFC 9208 §4.1.4.
Task<std::uint64_t> deleted_bytes(Session& s, model::MailboxId id) {
  const auto* m = s.account->find(id);
  if (m == nullptr || m->deleted == 0) co_return 0;
  const auto opened = co_await s.account->open(id);
  std::uint64_t bytes = 0;
  if (opened)
    for (std::size_t i = 0; i < (*opened)->rows->size(); ++i) {
      const auto& row = (*opened)->rows->at(i);
      if (model::Flags{row.flags}.has(model::k_deleted)) bytes += row.size;
    }
  co_return bytes;
}

void print_counts(Session& s, const account::Mailbox& m, const std::vector<StatusItem>& items,
                  std::uint64_t deleted_storage) {
  auto p = s.printer();
  p.raw("* STATUS ").mailbox(s.shown(m.name)).raw(" (");
  for (const auto& item : items) {
    if (&item != &items.front()) p.space();
    p.raw(to_string(item)).space();
    switch (item) {
      case StatusItem::messages:
        p.number(m.messages);
        break;
      case StatusItem::recent: {
        const auto first = s.account->peek_recent(m.id).value;
        p.number(first < m.uidnext ? std::min<std::uint64_t>(m.messages, m.uidnext - first) : 0);
        break;
      }
      case StatusItem::uidnext:
        p.number(m.uidnext);
        break;
      case StatusItem::uidvalidity:
        p.number(m.uidvalidity);
        break;
      case StatusItem::unseen:
        p.number(m.unseen);
        break;
      case StatusItem::deleted:
        p.number(m.deleted);
        break;
      case StatusItem::size:
        p.number(m.bytes);
        break;
      case StatusItem::highestmodseq:
        p.number(m.highest_modseq);
        break;
      case StatusItem::appendlimit:
        p.number(s.context.message_size_max);
        break;
      case StatusItem::mailboxid:
        p.raw('(').raw(mailbox_id(s, m)).raw(')');
        break;
      case StatusItem::deleted_storage:
        p.number(deleted_storage);
        break;
    }
  }
  p.raw(")\r\n");
}

}  // namespace

bool asks_modseq(const std::vector<StatusItem>& items) {
  return std::find(items.begin(), items.end(), StatusItem::highestmodseq) != items.end();
}

Task<void> print_status(Session& s, model::MailboxId id, std::vector<StatusItem> items) {
  std::uint64_t deleted_storage = 0;
  if (std::find(items.begin(), items.end(), StatusItem::deleted_storage) != items.end())
    deleted_storage = co_await deleted_bytes(s, id);
  const auto* there = s.account->find(id);
  if (there == nullptr) co_return;
  print_counts(s, *there, items, deleted_storage);
}

Task<Reply> run(Session& s, Status command) {
  auto reach = s.reach(command.mailbox, model::right::read);
  const auto m = co_await std::move(reach);
  if (!m && is_readonly(s, command.mailbox)) {
    auto open = open_readonly(&s, command.mailbox);
    const auto opened = co_await std::move(open);
    if (!opened) co_return reply_of(opened.error());
    print_counts(s, *(*opened)->mailbox, command.items, 0);
    co_return Reply::done();
  }
  if (!m) co_return reply_of(m.error());
  if (!(*m)->selectable) co_return reply_of(Errc::not_found);
  const auto id = (*m)->id;
  if (asks_modseq(command.items)) {  // RFC 7162 §3.1
    co_await s.settle();             // what it tells is of the selected mailbox
    s.enable_condstore();
    auto again = s.reach(std::move(command.mailbox), model::right::read);
    const auto there = co_await std::move(again);
    if (!there || (*there)->id != id) co_return reply_of(Errc::not_found);
  }
  auto print = print_status(s, id, std::move(command.items));
  co_await std::move(print);
  co_return Reply::done();
}

}  // namespace mailstead::imap

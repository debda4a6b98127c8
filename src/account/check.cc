#include "account/check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "account/blocks.h"
#include "account/keys.h"
#include "base/ascii.h"
#include "base/codec.h"
#include "mime/summary.h"

namespace mailstead::account {
namespace {

constexpr std::size_t k_page = 4096;

class AccountCheck {
 public:
  AccountCheck(store::Store& store, std::uint64_t id, std::vector<store::Finding>& findings)
      : store_(store), partition_{store::PartitionId::account, id}, findings_(findings) {}

  Task<Result<>> run() {
    const auto head = co_await store_.head(partition_);
    if (!head) {
      found("head", to_string(head.error().code));
      co_return Result<>();
    }
    version_ = head->version;
    if (auto state = decode_state(head->summary))
      state_ = *state;
    else
      found("head", "cannot be decoded");
    // One pass: contents come before the rows that refer to them, rows before their mailboxes, both before annotations
    // ("c" "e" "m" "n" "p" "r").
    for (std::string from;;) {
      const auto page = co_await store_.scan(partition_, from, {}, k_page);
      if (!page) {
        // What lies behind an unreadable row cannot be told from what is missing.
        found("keys", cat("cannot be read after the one at ", from.substr(0, 1), ": ", to_string(page.error().code)));
        co_return Result<>();
      }
      for (const auto& row : page->rows) {
        if (row.key[0] != 'e') count_rows();
        key(row.key, row.value);
      }
      if (!page->more || full()) break;
      from = page->rows.back().key + '\0';
      co_await Home::current().yield();
    }
    count_rows();
    totals();
    CO_TRY_VOID(co_await links());
    co_return co_await blobs();
  }

 private:
  struct Counted {
    std::uint64_t messages = 0, unseen = 0, deleted = 0, bytes = 0, modseq = 0, flags = 0;
    std::uint32_t last_uid = 0;
    UidSet uids;
    bool has_mailbox = false, annotated = false;
  };
  struct Held {
    store::BlobId blob;
    std::uint64_t size = 0, blob_size = 0;
    bool used = false;
  };

  void key(const std::string& key, const std::string& value) {
    Reader in(std::string_view(key).substr(1));
    switch (key[0]) {
      case 'l':
        if (in.u32be(); in.bad() || !decode_sharing(value)) found(key_name(key), "rights cannot be decoded");
        break;
      case 'a':
        if (in.u32be(); in.bad() || !decode_annotation(value)) found(key_name(key), "annotation cannot be decoded");
        return;
      case 'c':
        return content(in.u64be(), in.done(), value);
      case 'd':
        if (in.u32be(); !in.done() || !decode_uids(value)) found(key_name(key), "hidden UIDs cannot be decoded");
        return;
      case 'e':
        return rows(key, value);
      case 'g': {
        const auto mailbox = in.u32be();
        in.u32be();
        if (!in.done() || !decode_view(value)) found(key_name(key), "POP3 view cannot be decoded");
        views_.insert(mailbox);
        return;
      }
      case 'n':
        return annotations(in.u32be(), in.u32be(), !in.bad(), value);
      case 'o':
        if (key.size() != 1 || !decode_options(value)) found(key_name(key), "options cannot be decoded");
        return;
      case 'm':
        return mailbox(in.u32be(), in.done(), value);
      case 'p':
        return summary(in.u64be(), in.done(), value);
      case 'r':
        return removed(in.u64be(), in.done(), value);
      case 's':
        if (key.size() < 2 || !value.empty()) found(key_name(key), "not a subscription");
        return;
      default:
        found(key_name(key), "no such kind of key");
    }
  }

  void content(std::uint64_t id, bool good, const std::string& value) {
    const auto c = decode_content(value);
    if (!good || !c) return found(cat("content ", id), "cannot be decoded");
    if (id >= state_.next_content) found(cat("content ", id), "its id is not below the next one");
    if (c->size < c->prefix.size()) return found(cat("content ", id), "smaller than its prefix");
    contents_[id] = {c->blob, c->size, c->size - c->prefix.size(), false};
  }

  void use(std::string_view where, const Row& row) {
    const auto held = contents_.find(row.content);
    if (held == contents_.end()) return found(where, cat("its content ", row.content, " is missing"));
    held->second.used = true;
    if (held->second.size != row.size) found(where, cat("its size is not that of content ", row.content));
  }

  // Rows of their own come before their block (account/blocks.h); those of one block are counted together.
  void rows(const std::string& key, const std::string& value) {
    const auto place = parse_row_key(key);
    if (!place) return found(key_name(key), "not a message row's key");
    const std::pair in(place->mailbox, block_of(place->uid));
    if (in != rows_of_) count_rows();
    rows_of_ = in;
    if (!place->block) {
      if (const auto r = decode_row(place->uid, value))
        rows_.push_back(*r);
      else
        found(cat("mailbox ", place->mailbox, " message ", place->uid), "cannot be decoded");
      return;
    }
    std::vector<Row> block;
    if (!decode_block(in.second, value, block))
      return found(cat("mailbox ", in.first, " messages ", first_uid(in.second), " to ", place->uid),
                   "cannot be decoded");
    for (const auto& row : rows_)
      for (const auto& other : block)
        if (other.uid == row.uid && other.content != row.content)
          found(cat("mailbox ", in.first, " message ", row.uid), "in its block it has another content");
    rows_ = newer(rows_, block);
    count_rows();
  }

  void count_rows() {
    for (const auto& row : rows_) count(rows_of_.first, row);
    rows_.clear();
  }

  void count(std::uint32_t mailbox, const Row& row) {
    const auto where = [&] { return cat("mailbox ", mailbox, " message ", row.uid); };
    auto& m = counted_[mailbox];
    const model::Flags flags{row.flags};
    ++m.messages;
    m.unseen += flags.has(model::k_seen) ? 0 : 1;
    m.deleted += flags.has(model::k_deleted) ? 1 : 0;
    m.bytes += row.size;
    m.modseq = std::max(m.modseq, row.modseq);
    m.flags |= row.flags;
    m.last_uid = row.uid;
    m.uids.insert(Uid(row.uid));
    if (row.uid == 0) found(where(), "UID 0");
    use(where(), row);
  }

  void mailbox(std::uint32_t id, bool good, const std::string& value) {
    const auto where = cat("mailbox ", id);
    const auto m = decode_mailbox(id, value);
    auto& counted = counted_[id];
    counted.has_mailbox = true;
    counted.annotated = m && m->annotated;
    if (!good || !m) return found(where, "cannot be decoded");
    const auto compare = [&](std::string_view what, std::uint64_t kept, std::uint64_t real) {
      if (kept != real) found(where, cat(what, ": ", kept, " kept, ", real, " counted"));
    };
    compare("messages", m->messages, counted.messages);
    compare("unseen", m->unseen, counted.unseen);
    compare("deleted", m->deleted, counted.deleted);
    compare("bytes", m->bytes, counted.bytes);
    if (counted.last_uid >= m->uidnext) found(where, cat("UIDNEXT ", m->uidnext, ", but a UID ", counted.last_uid));
    if (counted.modseq > m->highest_modseq) found(where, "a row's modification sequence is above the mailbox's");
    if (m->highest_modseq > version_) found(where, "its modification sequence is above the account's version");
    if (m->uidvalidity == 0 || m->uidvalidity > state_.last_uidvalidity) found(where, "UIDVALIDITY was not given out");
    if (id >= state_.next_mailbox) found(where, "its id is not below the next one");
    if (const auto keywords = m->keywords.names().size();
        (counted.flags & ~model::k_system_flags.bits) >> model::k_first_keyword_bit >> keywords != 0)
      found(where, "a row has a keyword without a name");
    if (!m->selectable && counted.messages > 0) found(where, "messages in a mailbox that cannot be selected");
    if (const auto [there, fresh] = names_.emplace(m->name, id); !fresh)
      found(where, cat("has the name of mailbox ", there->second));
  }

  // Of messages in Recently removed: those come later.
  void annotations(std::uint32_t mailbox, std::uint32_t uid, bool good, const std::string& value) {
    const auto where = [&] { return cat("mailbox ", mailbox, " message ", uid); };
    if (!good || !decode_annotations(value)) return found(where(), "annotations cannot be decoded");
    if (mailbox == k_removed_mailbox.value)
      annotated_removed_.insert(uid);
    else if (!counted_[mailbox].uids.contains(Uid(uid)))
      found(where(), "annotations of a message that is missing");
    else if (!counted_[mailbox].annotated)
      found(where(), "annotations in a mailbox that is not said to have any");
  }

  void summary(std::uint64_t id, bool good, const std::string& value) {
    const auto where = [&] { return cat("summary ", id); };
    if (!good) return found(where(), "not a summary's key");
    const auto held = contents_.find(id);
    if (held == contents_.end()) return found(where(), "there is no such content");
    const auto s = mime::decode(value);
    if (!s) {
      // Of an older version: made anew when it is asked for.
      if (s.error().code != Errc::unsupported) found(where(), "cannot be decoded");
    } else if (s->size != held->second.blob_size) {
      found(where(), "its size is not that of the content");
    }
  }

  void removed(std::uint64_t number, bool good, const std::string& value) {
    const auto where = cat("removed ", number);
    const auto r = decode_removed(value);
    if (!good || !r) return found(where, "cannot be decoded");
    if (number >= state_.next_removed) found(where, "its number is not below the next one");
    annotated_removed_.erase(number);
    ++removed_messages_;
    removed_bytes_ += r->row.size;
    use(where, r->row);
  }

  void totals() {
    std::uint64_t messages = 0, bytes = 0;
    for (const auto& [id, m] : counted_) {
      messages += m.messages;
      bytes += m.bytes;
      if (!m.has_mailbox) found(cat("mailbox ", id), cat(m.messages, " messages of a mailbox that is missing"));
    }
    const auto compare = [&](std::string_view what, std::uint64_t kept, std::uint64_t real) {
      if (kept != real) found("quota", cat(what, ": ", kept, " kept, ", real, " counted"));
    };
    compare("messages", state_.quota.messages_used, messages);
    compare("bytes", state_.quota.bytes_used, bytes);
    compare("removed messages", state_.quota.removed_messages, removed_messages_);
    compare("removed bytes", state_.quota.removed_bytes, removed_bytes_);
    for (const auto id : views_)
      if (const auto at = counted_.find(id); at == counted_.end() || !at->second.has_mailbox)
        found(cat("mailbox ", id), "a POP3 view of a mailbox that is missing");
    for (const auto number : annotated_removed_)
      found(cat("removed ", number), "annotations of a message that is missing");
    if (!names_.contains(model::k_inbox)) found("mailboxes", "there is no INBOX");
    for (const auto& [id, held] : contents_)
      if (!held.used) found(cat("content ", id), "nothing refers to it");
  }

  Task<Result<>> links() {
    std::vector<store::Link> want;
    for (const auto& [id, held] : contents_) want.push_back({held.blob, Writer().u64be(id).take()});
    std::sort(want.begin(), want.end());
    auto next = want.begin();
    std::string cursor;
    do {
      const auto page = co_await store_.links(partition_, k_page, &cursor);
      if (!page) {
        found("links", cat("cannot be read: ", to_string(page.error().code)));
        co_return Result<>();
      }
      for (const auto& link : *page) {
        for (; next != want.end() && *next < link; ++next) found(holder(*next), "its blob is not linked");
        if (next != want.end() && *next == link)
          ++next;
        else
          found(holder(link), "a link that no content needs");
      }
    } while (!cursor.empty() && !full());
    for (; next != want.end() && cursor.empty(); ++next) found(holder(*next), "its blob is not linked");
    co_return Result<>();
  }

  // The last octet is there and nothing follows it. The content as a whole is for the driver's own check.
  Task<Result<>> blobs() {
    for (const auto& [id, held] : contents_) {
      if (full()) break;
      const auto from = held.blob_size == 0 ? 0 : held.blob_size - 1;
      const auto end = co_await store_.get_blob(held.blob, from, 2);
      if (!end)
        found(cat("content ", id), cat("its blob: ", to_string(end.error().code)));
      else if (end->size() != held.blob_size - from)
        found(cat("content ", id), "its blob has another size");
    }
    co_return Result<>();
  }

  static std::string key_name(std::string_view key) {
    std::string out = "key ";
    for (const unsigned char c : key.substr(0, 16)) {
      out += "0123456789abcdef"[c >> 4];
      out += "0123456789abcdef"[c & 15];
    }
    return out;
  }
  static std::string holder(const store::Link& link) {
    return link.holder.size() == 8 ? cat("content ", Reader(link.holder).u64be()) : key_name(link.holder);
  }
  bool full() const { return findings_.size() >= k_findings_max; }
  void found(std::string_view where, std::string_view what) {
    if (!full()) findings_.push_back({cat("account ", partition_.id, " ", where), std::string(what)});
  }

  store::Store& store_;
  const store::PartitionId partition_;
  std::vector<store::Finding>& findings_;
  std::uint64_t version_ = 0;
  State state_;
  std::map<std::uint64_t, Held> contents_;
  std::map<std::uint32_t, Counted> counted_;
  std::vector<Row> rows_;                              // of one block, not counted yet
  std::pair<std::uint32_t, std::uint32_t> rows_of_{};  // its mailbox and number
  std::map<std::string, std::uint32_t, std::less<>> names_;
  std::set<std::uint32_t> views_;
  std::set<std::uint64_t> annotated_removed_;
  std::uint64_t removed_messages_ = 0, removed_bytes_ = 0;
};

}  // namespace

Task<Result<std::vector<store::Finding>>> check_accounts(store::Store& store) {
  std::vector<store::Finding> findings;
  for (std::uint64_t after = 0; findings.size() < k_findings_max;) {
    CO_TRY(const auto ids, co_await store.partitions(store::PartitionId::account, after, k_page));
    if (ids.empty()) break;
    after = ids.back();
    for (const auto id : ids) {
      AccountCheck check(store, id, findings);
      CO_TRY_VOID(co_await check.run());
      co_await Home::current().yield();
    }
  }
  co_return findings;
}

}  // namespace mailstead::account

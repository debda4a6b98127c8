// SEARCH over a session's mailbox: a query made ready for it, and a message as model::evaluate asks of it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "account/account.h"
#include "imap/server/session_impl.h"
#include "index/index.h"
#include "mime/summary.h"
#include "model/search.h"

namespace mailstead::imap {

// The mailbox that a query is about: the selected one as the session sees it, or any other as it is.
struct Scope {
  explicit Scope(const Selected& selected)
      : mailbox(selected.mailbox), view(selected.view), recent(selected.recent), saved(selected.saved) {}
  explicit Scope(account::MailboxRef other) : mailbox(std::move(other)) { view.announce(rows()); }

  const account::Rows& rows() const { return *mailbox->rows; }
  // The messages that the session knows, ascending: those with such flags.
  std::vector<std::uint32_t> uids(const model::FlagTest& flags = {}) const;

  account::MailboxRef mailbox;
  model::View view;  // as it was when the search began
  UidSet recent, saved;
};

// Everything that depends on the session is replaced by plain values: sequence numbers, "*" and "$" by UIDs, keywords
// by bits, \Recent by UIDs, texts by their folded form (mime/casemap.h). What is left can be decided on any thread.
model::Query prepare(model::Query query, const Scope& scope);

// What the search index knows of a query's texts.
class Known {
 public:
  // The questions that a prepared query comes to; empty: it has none that an index could answer.
  static std::vector<index::Question> questions(const model::Query& prepared);
  Known(std::vector<index::Question> questions, index::HitsRef hits)
      : questions_(std::move(questions)), hits_(std::move(hits)) {}

  // `look`: also when nothing was asked of this kind.
  index::Verdict of(index::Columns columns, std::string_view folded, std::uint64_t content) const;

 private:
  std::vector<index::Question> questions_;
  index::HitsRef hits_;
};

// What a row tells.
class RowSubject : public model::Subject {
 public:
  explicit RowSubject(std::int64_t now) : now_(now) {}

  virtual const account::Row& row() const = 0;
  model::Flags flags() const override { return {row().flags}; }
  bool has_keyword(std::string_view) const override { return false; }  // prepare() has replaced them
  Uid uid() const override { return Uid(row().uid); }
  SeqNum seq() const override { return SeqNum(); }
  std::uint64_t size() const override { return row().size; }
  std::int64_t internal_date() const override { return row().internal_date; }
  int internal_zone() const override { return row().internal_zone; }
  std::int64_t save_date() const override { return row().save_date; }
  std::int64_t now() const override { return now_; }
  ModSeq modseq() const override { return ModSeq(row().modseq); }

 private:
  std::int64_t now_;
};

// One message after the other, by its row and what is in memory of it. Strings that it is asked for are folded.
class DigestSubject final : public RowSubject {
 public:
  using RowSubject::RowSubject;

  void use(model::DigestsRef digests);  // of the next ones
  void let_go() { digests_ = nullptr; }
  // `place`: among the digests, or Digests::k_none. The row must stay where it is.
  void set(const account::Row& row, std::uint32_t place) { row_ = &row, place_ = place; }

  const account::Row& row() const override { return *row_; }
  std::unique_ptr<model::Subject> fuzzily() const override;
  std::string email_id() const override { return {}; }
  std::optional<std::string> thread_id() const override { return std::nullopt; }
  std::optional<SentDay> sent_day() const override;
  std::optional<bool> envelope_contains(std::string_view field, std::string_view text) const override {
    return envelope_contains(field, text, false);
  }
  std::optional<bool> header_contains(std::string_view, std::string_view) const override { return std::nullopt; }
  std::optional<bool> body_contains(std::string_view) const override { return std::nullopt; }
  std::optional<bool> text_contains(std::string_view) const override { return std::nullopt; }

  std::optional<bool> envelope_contains(std::string_view field, std::string_view text, bool loose) const;
  std::optional<bool> header_contains(std::string_view, std::string_view, bool) const { return std::nullopt; }
  std::optional<bool> body_contains(std::string_view, bool) const { return std::nullopt; }
  std::optional<bool> text_contains(std::string_view, bool) const { return std::nullopt; }

 private:
  // What one key of the query was found to make of each distinct text.
  struct Memo {
    const char* key;  // where its text lies
    bool loose;
    std::vector<std::int8_t> by_id;  // 0: not asked yet, 1: contains it, -1: does not
  };
  bool contains_id(std::uint32_t id, std::string_view text, bool loose) const;

  const account::Row* row_ = nullptr;
  std::uint32_t place_ = model::Digests::k_none;
  model::DigestsRef digests_;
  std::weak_ptr<model::Digests> memos_of_;
  mutable std::vector<Memo> memos_;
};

// A message, with as much of it as is loaded. Strings that it is asked for are folded.
class MessageSubject final : public RowSubject {
 public:
  MessageSubject(const account::Row& row, std::int64_t now) : RowSubject(now), row_(row) {}

  const account::Row& row() const override { return row_; }
  void set_known(const Known* known) { known_ = known; }  // outlives this
  void set_summary(account::SummaryRef summary) { summary_ = std::move(summary); }
  void set_octets(std::string octets) { octets_ = std::move(octets); }
  void set_email_id(std::string id) { email_id_ = std::move(id); }

  // RFC 6203: accents and other marks do not count.
  std::unique_ptr<model::Subject> fuzzily() const override;
  std::string email_id() const override { return email_id_; }
  std::optional<std::string> thread_id() const override;
  std::optional<SentDay> sent_day() const override;
  std::optional<bool> envelope_contains(std::string_view field, std::string_view text) const override {
    return envelope_contains(field, text, false);
  }
  std::optional<bool> header_contains(std::string_view name, std::string_view text) const override {
    return header_contains(name, text, false);
  }
  std::optional<bool> body_contains(std::string_view text) const override { return body_contains(text, false); }
  std::optional<bool> text_contains(std::string_view text) const override { return text_contains(text, false); }

  std::optional<bool> envelope_contains(std::string_view field, std::string_view text, bool loose) const;
  std::optional<bool> header_contains(std::string_view name, std::string_view text, bool loose) const;
  std::optional<bool> body_contains(std::string_view text, bool loose) const;
  std::optional<bool> text_contains(std::string_view text, bool loose) const;

 private:
  // Without the message.
  std::optional<bool> known(index::Columns columns, std::string_view text, bool loose, bool sure = true) const;

  account::Row row_;
  const Known* known_ = nullptr;
  account::SummaryRef summary_;
  std::optional<std::string> octets_;
  std::string email_id_;
};

}  // namespace mailstead::imap

// SEARCH's work: which messages of a mailbox match. Rows and digests (model/digests.h) decide what they can, then the
// index (index/index.h) does, then the digests that were not in memory; for the rest summaries and octets are loaded in
// batches, and looked through in the cpu pool while others load.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "imap/server/search_subject.h"

namespace mailstead::imap {

struct Found {
  std::vector<std::uint32_t> uids;  // ascending
  std::uint64_t modseq = 0;         // the highest among them

  void add(const account::Row& row);
};

class Searcher {
 public:
  // `among`: these messages alone; ascending.
  Searcher(Session& session, const Scope& scope, model::Query query,
           std::optional<std::vector<std::uint32_t>> among = std::nullopt);

  Task<Result<Found>> run();

 private:
  struct Batch {
    std::vector<MessageSubject> messages;
    std::size_t bytes = 0;
    std::uint32_t last_uid = 0;
    Result<> done;
  };
  template <class B, class Owner>
  friend Task<Result<>> work_ahead(Owner*, std::size_t);
  bool take(Batch& batch);
  Task<void> begin(Batch& batch);
  Task<Result<bool>> finish(Batch& batch);

  void look_at(std::span<const std::uint32_t> some);
  void decide(const account::Row& row, std::uint32_t place);
  Task<void> ask_index();
  Task<Result<>> load_digests();
  // Of messages; those that are decided leave.
  Task<Result<>> decide_whole(std::vector<MessageSubject>& messages);
  Task<Result<>> load_summaries(std::vector<MessageSubject>& messages);
  Task<Result<>> load_octets(std::vector<MessageSubject>& messages);
  Task<void> evaluate_some(std::vector<MessageSubject>& messages);

  Session& s_;
  const account::MailboxRef mailbox_;
  model::Query query_;
  const model::FlagTest flags_;
  const std::vector<std::uint32_t> uids_;
  const bool by_email_id_, by_digests_;
  const std::int64_t now_;
  model::DigestsRef digests_;
  DigestSubject subject_;
  std::vector<MessageSubject> undecided_;
  std::size_t taken_ = 0;        // of undecided_
  std::size_t ahead_bytes_ = 0;  // of the batches that are not finished
  std::size_t told_ = 0;         // of uids_, as progress
  bool asked_ = false;
  std::unique_ptr<const Known> known_;
  Found found_;
};

// RFC 6203 §4: how well these messages match, by UID: those that would without FUZZY before the others.
using Scores = std::map<std::uint32_t, unsigned>;
inline constexpr unsigned k_score_exact = 100, k_score_loose = 50;
Task<Result<Scores>> relevancy(Session& session, Scope scope, model::Query query, std::vector<std::uint32_t> uids);

// What the mailbox's messages are compared by: of all of these, ascending, that are there. Read as far as it must be,
// and the client hears how far that is.
Task<Result<model::DigestsRef>> digests_of(Session* session, account::MailboxRef mailbox,
                                           std::vector<std::uint32_t> uids);

}  // namespace mailstead::imap

// One FETCH at work: the messages go out in batches, each with one trip to the store for summaries and one for octets.
#pragma once

#include <string>
#include <vector>

#include "imap/server/session_impl.h"
#include "mime/summary.h"

namespace mailstead::imap {

class Fetcher {
 public:
  Fetcher(Session& session, Fetch command);

  // Answers for these UIDs (ascending). Errors that concern single messages are in failed().
  Task<Result<>> run(std::vector<std::uint32_t> uids);

  // The first message that could not be given whole; the others were.
  const std::optional<Error>& failed() const { return failed_; }
  bool unknown_encoding() const { return unknown_encoding_; }

 private:
  struct Message {
    account::Row row;
    account::SummaryRef summary;
    std::string octets;  // whole, if `loaded`
    std::vector<model::MessageAnnotation> annotations;
    bool loaded = false;
    bool seen_now = false;  // this FETCH has set \Seen
  };

  struct Batch {
    std::vector<Message> messages;
    Result<> loaded;
  };
  template <class B, class Owner>
  friend Task<Result<>> work_ahead(Owner*, std::size_t);
  bool take(Batch& batch);
  Task<void> begin(Batch& batch);
  Task<Result<bool>> finish(Batch& batch);

  Task<Result<>> set_seen(std::vector<Message>& messages);
  Task<Result<>> load(std::vector<Message>& messages);
  Task<Result<>> load_annotations(std::vector<Message>& messages);
  // "* n FETCH (" … ")". Where nothing of it has to be read any more (plain_), without waiting.
  Task<void> print(const Message& message);
  void print_plain(const Message& message);
  bool print_begin(const Message& message);  // false: nothing is told of it
  void print_end(const Message& message);
  Task<Result<>> print_item(const Message& message, const FetchItem& item);
  void print_plain_item(const Message& message, const FetchItem& item);
  Task<Result<>> print_body(const Message& message, const FetchItem& item);
  Task<Result<>> print_binary(const Message& message, const FetchItem& item);
  // A literal of the message's octets; long ones in pieces.
  Task<Result<>> print_octets(const Message& message, std::uint64_t begin, std::uint64_t size);
  Task<Result<std::string>> octets(const Message& message, std::uint64_t begin, std::uint64_t size);

  Session& s_;
  Fetch command_;
  std::vector<std::uint32_t> uids_;
  std::size_t at_ = 0;  // of the first that was not taken
  bool needs_annotations_ = false;
  bool needs_summary_ = false, needs_octets_ = false, sets_seen_ = false, asks_flags_ = false, asks_modseq_ = false;
  bool plain_ = true, asks_uid_ = false;
  std::optional<Error> failed_;
  bool unknown_encoding_ = false;
  bool flushed_ = false;  // part of the message's answer has left already
};

}  // namespace mailstead::imap

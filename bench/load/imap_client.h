// What all IMAP modes share: cuts the server's bytes into responses and counts what they hold, at memory speed.
#pragma once

#include "load/loop.h"

namespace load {

// Of the responses between a command and its tagged reply.
struct ImapCounts {
  std::uint64_t responses = 0, fetches = 0, literals = 0, literal_octets = 0, octets = 0;
  std::uint64_t sizes = 0;     // sum of RFC822.SIZE
  std::uint64_t verified = 0;  // literals whose checksum was right
  std::uint64_t exists = 0;
  std::uint64_t hits = 0;      // numbers in SEARCH, SORT and THREAD
  std::uint64_t vanished = 0;  // UIDs in VANISHED (RFC 7162 §3.2.10)
  std::uint64_t uidvalidity = 0, modseq = 0;
};

class ImapClient : public Connection {
 public:
  using Connection::Connection;

 protected:
  // A whole response: its line up to the first literal. "+ …" counts as one.
  virtual void on_response(std::string_view line) = 0;
  void send_login();                         // as account number `account_`, tag L
  static bool is_ok(std::string_view line);  // "TAG OK …"
  static std::string_view tag_of(std::string_view line);
  static std::string quoted(std::string_view s);
  static std::uint64_t number_at(std::string_view s);  // the digits it begins with

  ImapCounts counts_;
  std::uint64_t account_ = 0;
  // One literal in this many is kept whole and its checksum verified; 0: none.
  std::uint64_t verify_every_ = 0;

 private:
  std::size_t on_input(std::string_view) override;
  void count(std::string_view line);

  std::string first_;  // the response's first line, while its literals come
  std::uint64_t literal_left_ = 0;
  bool within_ = false, keep_ = false;
  std::string kept_;
};

}  // namespace load

// The server's side of import and export, by small steps over one connection. The files are the command line's: it may
// read what the server's sandbox may not, and with the rights of who runs it.
//   import-begin MAILBOX          made if missing; what it holds now is known from here on
//   import-part OCTETS            of the next message, which is longer than a frame
//   import-message OCTETS DATE FLAG…   its last octets → "held" (same octets and date there already) or "taken"
//   import-end                    commits what was taken; it also is committed now and then before
//   export-list                   → names of mailboxes
//   export-mailbox NAME           → uidvalidity
//   export-rows FROM              → "uid size date zone flag flag…" each, from the FROM-th; at most 500
//   export-read UID OFFSET        → octets, at most k_piece_bytes
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "account/registry.h"
#include "admin/server.h"

namespace mailstead::admin {

// One connection's transfer, on the account's home.
class Transfer {
 public:
  using Words = std::vector<std::string>;

  Transfer(account::AccountRef account, std::size_t message_max) : account_(std::move(account)), max_(message_max) {}
  Task<Result<Words>> step(Words words);

 private:
  struct Taken {
    std::string content;
    std::vector<std::string> flags;
    std::int64_t date;
  };
  Task<Result<Words>> import_begin(Words words);
  Task<Result<Words>> import_message(Words words);
  Task<Result<>> commit();
  Task<Result<bool>> take_known(std::string_view content, std::int64_t date);
  Task<Result<Words>> export_mailbox(Words words);
  Task<Result<Words>> export_rows(Words words);
  Task<Result<Words>> export_read(Words words);

  account::AccountRef account_;
  std::size_t max_;
  std::string part_;
  bool part_too_big_ = false;
  model::MailboxId mailbox_{};
  // Size and date → messages of the mailbox that nothing imported has matched yet.
  std::unordered_map<std::uint64_t, std::vector<account::Row>> known_;
  std::vector<Taken> taken_;
  std::size_t taken_bytes_ = 0;
  account::MailboxRef open_;
  std::vector<account::Row> rows_;
};

// One wants to be begun with these words: "transfer ACCOUNT".
inline constexpr std::string_view k_transfer = "transfer";

}  // namespace mailstead::admin

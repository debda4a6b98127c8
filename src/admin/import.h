// `mailstead import` and `mailstead export`: files on this side, the server on the other (admin/transfer.h).
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "admin/client.h"

namespace mailstead::admin {

struct ImportOptions {
  std::string account, path;
  std::string format = "auto";                  // maildir, mbox, auto
  std::string into;                             // mailbox; "": by the names of files and folders
  std::size_t message_max = 512 * 1024 * 1024;  // what this side holds of one message; the server has its own limit
};

// Progress and what could not be taken go to `log`. The value: nothing was refused.
Result<bool> import_mail(Client& client, const ImportOptions& options, std::ostream& log);

struct ExportOptions {
  std::string account, directory;      // the directory is made, or is empty
  std::string format = "maildir";      // maildir, mbox
  std::vector<std::string> mailboxes;  // none: all
};
Result<> export_mail(Client& client, const ExportOptions& options, std::ostream& log);

}  // namespace mailstead::admin

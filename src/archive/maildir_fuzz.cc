// Folder names and file names as found on a disk.
#include <cstdint>

#include "archive/line_ends.h"
#include "archive/maildir.h"
#include "base/check.h"
#include "model/mailbox_name.h"

using namespace mailstead::archive;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  KeywordLetters keywords(in);
  std::size_t lost = 0;
  const auto flags = maildir_flags(in, keywords);
  const auto again = maildir_flags(maildir_suffix(flags, keywords, lost), keywords);
  CHECK(again.size() + lost == flags.size());
  if (const auto name = mailstead::model::check_name(mailbox_of_folder(in)))
    CHECK(mailbox_of_folder(folder_of_mailbox(*name)) == *name);
  const auto message = to_crlf(in);
  CHECK(to_crlf(to_file(message)) == message);
  return 0;
}

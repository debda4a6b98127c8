// Maildir and Maildir++ as names and small texts; files themselves are the caller's.
//   file    "1732442400.M3P9.host,S=1234:2,RSa": after ":2," the flags; small letters are keywords
//   folder  Maildir++ ".A.B" beside cur, new and tmp; or nested folders ("fs" layout)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::archive {

// The table behind a folder's small letters: Dovecot's file dovecot-keywords, "0 NAME" a line.
class KeywordLetters {
 public:
  static constexpr std::size_t k_letters = 26;
  KeywordLetters() = default;
  explicit KeywordLetters(std::string_view file);  // lines that are none are passed over

  std::string_view name(char letter) const;  // "": not in the table
  // Finds or adds; nullopt: all letters are taken.
  std::optional<char> letter(std::string_view name);
  std::string file() const;

 private:
  std::array<std::string, k_letters> names_;
};

// The flags of a file of "cur", IMAP names. Unknown letters are passed over.
std::vector<std::string> maildir_flags(std::string_view file_name, const KeywordLetters& keywords);

// ":2,FS…", letters in ASCII order as the format asks; `lost` counts flags that have no letter.
std::string maildir_suffix(const std::vector<std::string>& flags, KeywordLetters& keywords, std::size_t& lost);

// The mailbox of a folder, by its path below the root ("" is INBOX, ".A.B" and "A/B" are A/B). Modified UTF-7 is
// decoded where it is that; "\2e" is a '.' and "\5c" a '\' within a level. No check of the name.
std::string mailbox_of_folder(std::string_view path);
// The Maildir++ folder of a mailbox, "" for INBOX.
std::string folder_of_mailbox(std::string_view mailbox);

}  // namespace mailstead::archive

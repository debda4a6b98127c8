#include "archive/maildir.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"
#include "imap/wire/utf7.h"
#include "model/flags.h"
#include "model/mailbox_name.h"

namespace mailstead::archive {
namespace {

struct Letter {
  char letter;
  std::string_view flag;
};
// In ASCII order. P, "passed", is what IMAP calls $Forwarded.
constexpr Letter k_letters[] = {{'D', "\\Draft"},    {'F', "\\Flagged"}, {'P', "$Forwarded"},
                                {'R', "\\Answered"}, {'S', "\\Seen"},    {'T', "\\Deleted"}};

std::string unescape(std::string_view level) {
  std::string out;
  for (std::size_t i = 0; i < level.size(); ++i) {
    const auto code = level.substr(i, 3);
    if (code == "\\2e" || code == "\\5c") {
      out += code == "\\2e" ? '.' : '\\';
      i += 2;
    } else {
      out += level[i];
    }
  }
  return out;
}

std::string decode_level(std::string_view level) {
  const auto decoded = imap::utf7_decode(level);
  return unescape(decoded ? *decoded : std::string(level));
}

std::string encode_level(std::string_view level) {
  std::string out;
  for (const char c : imap::utf7_encode(level)) {
    if (c == '.' || c == '\\')
      out += c == '.' ? "\\2e" : "\\5c";
    else
      out += c;
  }
  return out;
}

}  // namespace

KeywordLetters::KeywordLetters(std::string_view file) {
  while (!file.empty()) {
    const auto end = file.find('\n');
    const auto line = file.substr(0, end);
    file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
    const auto space = line.find(' ');
    if (space == std::string_view::npos) continue;
    const auto number = parse_number<std::size_t>(line.substr(0, space));
    const auto name = trim(line.substr(space + 1));
    if (number && *number < k_letters && model::is_keyword(name)) names_[*number] = name;
  }
}

std::string_view KeywordLetters::name(char letter) const {
  return letter >= 'a' && letter <= 'z' ? std::string_view(names_[static_cast<std::size_t>(letter - 'a')])
                                        : std::string_view();
}

std::optional<char> KeywordLetters::letter(std::string_view name) {
  for (std::size_t i = 0; i < k_letters; ++i) {
    if (names_[i].empty()) names_[i] = name;
    if (iequals(names_[i], name)) return static_cast<char>('a' + i);
  }
  return std::nullopt;
}

std::string KeywordLetters::file() const {
  std::string out;
  for (std::size_t i = 0; i < k_letters; ++i)
    if (!names_[i].empty()) append(out, i, ' ', names_[i], '\n');
  return out;
}

std::vector<std::string> maildir_flags(std::string_view file_name, const KeywordLetters& keywords) {
  std::vector<std::string> flags;
  const auto at = file_name.rfind(":2,");
  if (at == std::string_view::npos) return flags;
  auto letters = file_name.substr(at + 3);
  letters = letters.substr(0, letters.find(','));  // some append fields of their own
  for (const char c : letters) {
    std::string_view flag = keywords.name(c);
    for (const auto& l : k_letters)
      if (l.letter == c) flag = l.flag;
    if (!flag.empty() && std::find(flags.begin(), flags.end(), flag) == flags.end()) flags.emplace_back(flag);
  }
  return flags;
}

std::string maildir_suffix(const std::vector<std::string>& flags, KeywordLetters& keywords, std::size_t& lost) {
  std::string letters;
  for (const auto& flag : flags) {
    std::optional<char> letter;
    for (const auto& l : k_letters)
      if (iequals(l.flag, flag)) letter = l.letter;
    if (!letter && !flag.starts_with('\\')) letter = keywords.letter(flag);
    if (letter)
      letters += *letter;
    else
      ++lost;
  }
  std::sort(letters.begin(), letters.end());
  return ":2," + letters;
}

std::string mailbox_of_folder(std::string_view path) {
  std::string out;
  const auto add = [&](std::string_view level) {
    if (level.empty()) return;
    if (!out.empty()) out += model::k_separator;
    out += decode_level(level);
  };
  while (!path.empty()) {
    const auto slash = path.find('/');
    auto folder = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (!folder.starts_with('.')) {
      add(folder);
      continue;
    }
    while (!folder.empty()) {
      folder.remove_prefix(1);
      const auto dot = folder.find('.');
      add(folder.substr(0, dot));
      folder.remove_prefix(dot == std::string_view::npos ? folder.size() : dot);
    }
  }
  return out.empty() ? std::string(model::k_inbox) : model::canonical_name(out);
}

std::string folder_of_mailbox(std::string_view mailbox) {
  if (model::is_inbox(mailbox)) return "";
  std::string out;
  for (;;) {
    const auto slash = mailbox.find(model::k_separator);
    append(out, '.', encode_level(mailbox.substr(0, slash)));
    if (slash == std::string_view::npos) return out;
    mailbox.remove_prefix(slash + 1);
  }
}

}  // namespace mailstead::archive

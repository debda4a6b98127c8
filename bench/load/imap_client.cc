#include "load/imap_client.h"

#include "base/ascii.h"
#include "load/corpus.h"

namespace load {

using mailstead::cat;
using mailstead::is_digit;

namespace {

// The octets announced at the end of a line: "… {123}". RFC 9051 §4.3.
std::int64_t literal_at_end(std::string_view line) {
  if (!line.ends_with('}')) return -1;
  const auto open = line.rfind('{');
  if (open == line.npos) return -1;
  const auto n = mailstead::parse_number<std::uint32_t>(line.substr(open + 1, line.size() - open - 2));
  return n ? static_cast<std::int64_t>(*n) : -1;
}

// How many UIDs a set such as "4,7:9" has.
std::uint64_t set_size(std::string_view set) {
  std::uint64_t n = 0, from = 0, number = 0;
  for (const char c : mailstead::cat(set, ',')) {
    if (is_digit(c)) {
      number = number * 10 + static_cast<std::uint64_t>(c - '0');
    } else if (c == ':') {
      from = number;
      number = 0;
    } else if (c == ',') {
      n += from != 0 ? number - from + 1 : 1;
      from = number = 0;
    }
  }
  return n;
}

// Numbers, wherever they stand: "2 (3 6 (4 23))".
std::uint64_t count_numbers(std::string_view s) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < s.size(); ++i) n += is_digit(s[i]) && (i == 0 || !is_digit(s[i - 1])) ? 1U : 0U;
  return n;
}

}  // namespace

std::uint64_t ImapClient::number_at(std::string_view s) {
  std::uint64_t n = 0;
  for (const char c : s) {
    if (!is_digit(c)) break;
    n = n * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return n;
}

std::string ImapClient::quoted(std::string_view s) {
  return cat('"', s, '"');
}

void ImapClient::send_login() {
  send(cat("L LOGIN ", quoted(loop().target().name_of(account_)), ' ', quoted(loop().target().password), "\r\n"));
}

std::string_view ImapClient::tag_of(std::string_view line) {
  return line.substr(0, line.find(' '));
}

bool ImapClient::is_ok(std::string_view line) {
  return line.substr(std::min(line.size(), tag_of(line).size())).starts_with(" OK");
}

std::size_t ImapClient::on_input(std::string_view bytes) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    if (literal_left_ > 0) {
      const auto n = std::min<std::size_t>(literal_left_, bytes.size() - used);
      if (keep_) kept_ += bytes.substr(used, n);
      used += n;
      literal_left_ -= n;
      if (literal_left_ > 0) break;
      if (keep_) {
        if (!Corpus::intact(kept_)) die("a message came back with other octets than were sent");
        ++counts_.verified;
        keep_ = false;
      }
      continue;
    }
    const auto end = bytes.find('\n', used);
    if (end == bytes.npos) break;
    auto line = bytes.substr(used, end - used);
    if (line.ends_with('\r')) line.remove_suffix(1);
    used = end + 1;
    counts_.octets += line.size() + 2;
    if (const auto n = literal_at_end(line); n >= 0) {
      if (!within_) first_ = line;
      within_ = true;
      literal_left_ = static_cast<std::uint64_t>(n);
      counts_.octets += literal_left_;
      counts_.literal_octets += literal_left_;
      ++counts_.literals;
      if (verify_every_ != 0 && counts_.literals % verify_every_ == 0) {
        keep_ = true;
        kept_.clear();
      }
      continue;
    }
    if (within_) {
      within_ = false;
      // Attributes may stand after the literal; only the size matters here.
      if (const auto at = line.find("RFC822.SIZE "); at != line.npos) counts_.sizes += number_at(line.substr(at + 12));
      count(first_);
      on_response(first_);
    } else {
      count(line);
      on_response(line);
    }
    if (!is_open()) break;
  }
  return used;
}

void ImapClient::count(std::string_view line) {
  ++counts_.responses;
  if (!line.starts_with("* ")) return;
  line.remove_prefix(2);
  if (!line.empty() && is_digit(line.front())) {
    const auto word = line.find(' ') + 1;
    if (line.substr(word).starts_with("FETCH")) {
      ++counts_.fetches;
      if (const auto at = line.find("RFC822.SIZE "); at != line.npos) counts_.sizes += number_at(line.substr(at + 12));
    } else if (line.substr(word).starts_with("EXISTS")) {
      counts_.exists = number_at(line);
    }
  } else if (line.starts_with("SEARCH") || line.starts_with("SORT") || line.starts_with("THREAD")) {
    counts_.hits += count_numbers(line);
  } else if (line.starts_with("VANISHED")) {
    counts_.vanished += set_size(line.substr(line.rfind(' ') + 1));
  } else if (constexpr std::string_view v = "OK [UIDVALIDITY "; line.starts_with(v)) {
    counts_.uidvalidity = number_at(line.substr(v.size()));
  } else if (constexpr std::string_view m = "OK [HIGHESTMODSEQ "; line.starts_with(m)) {
    counts_.modseq = number_at(line.substr(m.size()));
  }
}

}  // namespace load

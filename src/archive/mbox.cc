#include "archive/mbox.h"

#include <algorithm>
#include <utility>

#include "archive/line_ends.h"
#include "base/ascii.h"
#include "mime/date.h"
#include "mime/header.h"
#include "model/flags.h"

namespace mailstead::archive {
namespace {

constexpr std::string_view k_from = "From ";

// The date of "From SENDER DATE": text in a message that begins with "From " has none. SENDER may hold spaces.
std::optional<std::int64_t> from_line_date(std::string_view line) {
  if (!line.starts_with(k_from)) return std::nullopt;
  line = trim(line.substr(k_from.size()));
  for (auto space = line.find(' '); space != std::string_view::npos; space = line.find(' ', space + 1)) {
    const auto rest = trim(line.substr(space));
    // asctime: a day's name, a month's, a number, a time. Prose seldom has digits and colons.
    if (rest.size() < 15 || rest.size() > 80 || std::count(rest.begin(), rest.end(), ':') < 1) continue;
    if (!is_alpha(rest[0]) && !is_digit(rest[0])) continue;
    if (const auto date = mime::parse_date(rest)) return date->unix_seconds;
  }
  return std::nullopt;
}

bool is_quoted_from(std::string_view line) {
  const auto marks = line.find_first_not_of('>');
  return marks != std::string_view::npos && line.substr(marks).starts_with(k_from);
}

void add_flag(std::vector<std::string>& flags, std::string_view flag) {
  if (std::none_of(flags.begin(), flags.end(), [&](const auto& f) { return iequals(f, flag); }))
    flags.emplace_back(flag);
}

void add_keywords(std::vector<std::string>& flags, std::string_view words) {
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find_first_of(" \t\r\n", at), words.size());
    const auto word = words.substr(at, end - at);
    if (model::is_keyword(word)) add_flag(flags, word);
    at = end + 1;
  }
}

void add_letters(std::vector<std::string>& flags, std::string_view letters) {
  for (const char c : letters) {
    if (c == 'R') add_flag(flags, "\\Seen");
    if (c == 'A') add_flag(flags, "\\Answered");
    if (c == 'F') add_flag(flags, "\\Flagged");
    if (c == 'D') add_flag(flags, "\\Deleted");
    if (c == 'T') add_flag(flags, "\\Draft");
  }
}

// Mozilla's bits, in hexadecimal. 8, expunged: removed by the user, not yet compacted away.
void add_mozilla(ArchiveMessage& m, std::string_view value) {
  unsigned bits = 0;
  std::from_chars(value.data(), value.data() + value.size(), bits, 16);
  if (bits & 0x0001U) add_flag(m.flags, "\\Seen");
  if (bits & 0x0002U) add_flag(m.flags, "\\Answered");
  if (bits & 0x0004U) add_flag(m.flags, "\\Flagged");
  if (bits & 0x1000U) add_flag(m.flags, "$Forwarded");
  if (bits & 0x0008U) m.skip = true;
}

bool has(const std::vector<std::string>& flags, std::string_view flag) {
  return std::any_of(flags.begin(), flags.end(), [&](const auto& f) { return iequals(f, flag); });
}

}  // namespace

bool is_pseudo_message(std::string_view message) {
  const auto subject = mime::find_header(message, "Subject");
  if (!subject || !mime::unfold(*subject).starts_with("DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA"))
    return false;
  const auto from = mime::find_header(message, "From");
  return mime::find_header(message, "X-IMAP") || mime::find_header(message, "X-IMAPbase") ||
         (from && from->find("Mail System Internal Data") != std::string_view::npos);
}

void take_state_fields(ArchiveMessage& m) {
  // Status, X-Status and X-Keywords: the first of each is the mailbox's own. mbox_entry() writes them in front, so that
  // fields of these names which came with the message stay.
  static constexpr std::string_view k_once[] = {"Status", "X-Status", "X-Keywords"};
  static constexpr std::string_view k_always[] = {
      "X-UID", "X-IMAP", "X-IMAPbase", "X-Mozilla-Status", "X-Mozilla-Status2", "X-Mozilla-Keys"};
  bool met[std::size(k_once)] = {};
  std::string kept;
  std::size_t kept_to = 0;
  mime::HeaderReader reader(m.content);
  for (mime::HeaderField field; reader.next(field);) {
    bool drop = std::any_of(std::begin(k_always), std::end(k_always), [&](auto n) { return iequals(field.name, n); });
    for (std::size_t i = 0; i < std::size(k_once); ++i) {
      if (!iequals(field.name, k_once[i]) || met[i]) continue;
      met[i] = drop = true;
    }
    if (!drop) continue;
    const auto value = mime::unfold(field.value);
    if (iequals(field.name, "Status")) add_letters(m.flags, value.find('R') != std::string::npos ? "R" : "");
    if (iequals(field.name, "X-Status")) add_letters(m.flags, value);
    if (iequals(field.name, "X-Keywords") || iequals(field.name, "X-Mozilla-Keys")) add_keywords(m.flags, value);
    if (iequals(field.name, "X-Mozilla-Status")) add_mozilla(m, value);
    kept.append(m.content, kept_to, field.begin - kept_to);
    kept_to = field.end;
  }
  if (kept_to == 0) return;
  kept.append(m.content, kept_to);
  m.content = std::move(kept);
}

void MboxReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto lf = bytes.find('\n');
    const auto piece = bytes.substr(0, lf);
    if (partial_.size() + piece.size() > max_) {
      partial_cut_ = true;  // the message is too big with this line alone
      partial_.clear();
    } else if (!partial_cut_) {
      partial_ += piece;
    }
    if (lf == std::string_view::npos) return;
    bytes.remove_prefix(lf + 1);
    const auto line = std::exchange(partial_, {});
    if (std::exchange(partial_cut_, false)) now_.too_big = true;
    take_line(line, true);
  }
}

void MboxReader::finish() {
  if (partial_cut_) now_.too_big = true;
  if (!partial_.empty()) take_line(std::exchange(partial_, {}), false);
  end_message();
}

void MboxReader::take_line(std::string_view line, bool ended) {
  if (other_) return;
  if (line.ends_with('\r') && ended) line.remove_suffix(1);
  if (after_empty_) {
    if (const auto date = from_line_date(line)) {
      held_.clear();
      end_message();
      in_message_ = true;
      after_empty_ = false;
      now_.date = date;
      return;
    }
  }
  if (!in_message_) {
    other_ = !line.empty();
    return;
  }
  now_.content += std::exchange(held_, {});
  after_empty_ = line.empty();
  if (after_empty_) {
    held_ = "\r\n";
    return;
  }
  if (is_quoted_from(line) && line.starts_with('>')) line.remove_prefix(1);
  if (now_.content.size() + line.size() > max_) now_.too_big = true;
  if (now_.too_big) {
    now_.content.clear();
  } else {
    append(now_.content, line, ended ? "\r\n" : "");
  }
}

void MboxReader::end_message() {
  held_.clear();
  if (!in_message_) return;
  in_message_ = false;
  if (!now_.too_big) {
    now_.skip = is_pseudo_message(now_.content);
    take_state_fields(now_);
  }
  ready_.push_back(std::exchange(now_, {}));
}

std::optional<ArchiveMessage> MboxReader::next() {
  if (ready_.empty()) return std::nullopt;
  auto m = std::move(ready_.front());
  ready_.pop_front();
  return m;
}

std::string mbox_entry(std::string_view message, const std::vector<std::string>& flags, std::int64_t date) {
  std::string state, keywords;
  for (const auto& flag : flags)
    if (!flag.starts_with('\\')) append(keywords, keywords.empty() ? "" : " ", flag);
  if (has(flags, "\\Answered")) state += 'A';
  if (has(flags, "\\Flagged")) state += 'F';
  if (has(flags, "\\Draft")) state += 'T';
  if (has(flags, "\\Deleted")) state += 'D';
  auto body = to_file(message);
  const std::string_view end = body.size() == message.size() && body.find("\r\n") != std::string::npos ? "\r\n" : "\n";
  std::string out = cat("From MAILER-DAEMON ");
  const auto civil = mime::civil_from_days(date >= 0 ? date / 86'400 : (date - 86'399) / 86'400);
  // "Tue, 24 Nov 2026 02:44:25 +0000" → asctime's "Tue Nov 24 02:44:25 2026"
  const auto text = mime::format_rfc5322_date(date, 0);
  const auto comma = text.find(','), colon = text.find(':');
  static constexpr std::string_view k_months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  append(out, text.substr(0, comma), ' ', k_months.substr((civil.month - 1U) * 3U, 3), ' ', civil.day < 10 ? " " : "",
         civil.day, ' ', text.substr(colon - 2, 8), ' ', civil.year, end);
  append(out, "Status: ", has(flags, "\\Seen") ? "RO" : "O", end);
  if (!state.empty() || mime::find_header(message, "X-Status")) append(out, "X-Status: ", state, end);
  if (!keywords.empty() || mime::find_header(message, "X-Keywords")) append(out, "X-Keywords: ", keywords, end);
  for (std::string_view rest = body; !rest.empty();) {
    const auto lf = rest.find('\n');
    const auto line = rest.substr(0, lf == std::string_view::npos ? lf : lf + 1);
    if (is_quoted_from(line)) out += '>';
    out += line;
    rest.remove_prefix(line.size());
  }
  if (out.ends_with('\r'))
    out += "\r\n";  // a CR of the content, and the line end that it gets
  else if (!out.ends_with('\n'))
    out += end;
  out += end;
  return out;
}

}  // namespace mailstead::archive

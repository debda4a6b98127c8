// Queries in the protocol's notation.
#include <array>
#include <chrono>

#include "base/ascii.h"
#include "base/utf8.h"
#include "model/search.h"

namespace mailstead::model {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

// Strings that quoting cannot carry (line ends, NUL) are given as a non-synchronising literal.
std::string string_of(std::string_view s) {
  if (s.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) return cat('{', s.size(), "+}\r\n", s);
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

// nstring or literal8: of any octets.
std::string text_of(const std::optional<std::string>& s) {
  if (!s) return "NIL";
  if (is_ascii(*s) && s->find('\0') == std::string::npos) return string_of(*s);
  return cat(s->find('\0') == std::string::npos ? "{" : "~{", s->size(), "+}\r\n", *s);
}

std::string date_of(Day day) {
  static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day d{std::chrono::sys_days{std::chrono::days{day}}};
  std::string year = std::to_string(static_cast<int>(d.year()));
  if (year.size() < 4) year.insert(0, 4 - year.size(), '0');
  return cat(static_cast<unsigned>(d.day()), '-', months[static_cast<unsigned>(d.month()) - 1], '-', year);
}

std::string system_name(const key::System& k) {
  static constexpr std::string_view names[] = {"SEEN", "ANSWERED", "FLAGGED", "DELETED", "DRAFT"};
  for (unsigned bit = 0; bit < std::size(names); ++bit)
    if (k.flag == flag_bit(bit)) return cat(k.set ? "" : "UN", names[bit]);
  return "ALL";
}

std::string print(const Query& q);

std::string joined(const std::vector<Query>& of) {
  std::string out;
  for (const auto& q : of) append(out, out.empty() ? "" : " ", print(q));
  return out;
}

std::string print_or(const std::vector<Query>& of) {  // OR takes two keys; longer ones nest to the right
  std::string out;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (i + 1 < of.size()) out += "OR ";
    out += print(of[i]);
    if (i + 1 < of.size()) out += ' ';
  }
  return out;
}

std::string print(const Query& q) {
  return std::visit(
      Overloaded{[](const key::All&) -> std::string { return "ALL"; },
                 [](const key::System& k) { return system_name(k); },
                 [](const key::Keyword& k) { return cat(k.set ? "KEYWORD " : "UNKEYWORD ", k.name); },
                 [](const key::Recent& k) -> std::string { return k.set ? "RECENT" : "OLD"; },
                 [](const key::Seqs& k) { return k.set.to_string(); },
                 [](const key::Uids& k) { return cat("UID ", k.set.to_string()); },
                 [](const key::Saved&) -> std::string { return "$"; },
                 [](const key::Size& k) { return cat(k.larger ? "LARGER " : "SMALLER ", k.octets); },
                 [](const key::Date& k) {
                   static constexpr std::string_view of[] = {"", "SENT", "SAVED"}, is[] = {"BEFORE ", "ON ", "SINCE "};
                   return cat(of[static_cast<std::size_t>(k.of)], is[static_cast<std::size_t>(k.is)], date_of(k.day));
                 },
                 [](const key::Age& k) { return cat(k.older ? "OLDER " : "YOUNGER ", k.seconds); },
                 [](const key::SaveDateSupported&) -> std::string { return "SAVEDATESUPPORTED"; },
                 [](const key::ModSeqFrom& k) { return cat("MODSEQ ", k.modseq.value); },
                 [](const key::ObjectId& k) { return cat(k.thread ? "THREADID " : "EMAILID ", k.id); },
                 [](const key::Envelope& k) { return cat(k.field, ' ', string_of(k.text)); },
                 [](const key::Header& k) { return cat("HEADER ", string_of(k.name), ' ', string_of(k.text)); },
                 [](const key::Body& k) { return cat("BODY ", string_of(k.text)); },
                 [](const key::Text& k) { return cat("TEXT ", string_of(k.text)); },
                 [](const key::Annotation& k) {
                   return cat("ANNOTATION ", string_of(k.entry),
                              !k.shared ? " value.priv "
                              : !k.priv ? " value.shared "
                                        : " value ",
                              text_of(k.text));
                 },
                 [](const key::Filter& k) { return cat("FILTER ", k.name); },
                 [](const key::And& k) { return cat('(', joined(k.of), ')'); },
                 [](const key::Or& k) { return print_or(k.of); },
                 [](const key::Not& k) { return cat("NOT ", joined(k.of)); },
                 [](const key::Fuzzy& k) { return cat("FUZZY ", joined(k.of)); }},
      q.node);
}

}  // namespace

std::string to_string(const Query& q) {
  return print(q);
}

}  // namespace mailstead::model

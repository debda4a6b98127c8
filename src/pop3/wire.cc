#include "pop3/wire.h"

#include <cstdio>

#include "base/ascii.h"

namespace mailstead::pop3 {
namespace {

enum class Args : std::uint8_t { none, rest, sasl, optional_word, number, optional_number, number_lines };

struct Row {
  std::string_view name;
  Verb verb;
  Args args;
};

constexpr Row k_commands[] = {
    {"CAPA", Verb::capa, Args::none},          {"USER", Verb::user, Args::rest},
    {"PASS", Verb::pass, Args::rest},          {"AUTH", Verb::auth, Args::sasl},
    {"STLS", Verb::stls, Args::none},          {"UTF8", Verb::utf8, Args::none},
    {"LANG", Verb::lang, Args::optional_word}, {"QUIT", Verb::quit, Args::none},
    {"STAT", Verb::stat, Args::none},          {"LIST", Verb::list, Args::optional_number},
    {"RETR", Verb::retr, Args::number},        {"DELE", Verb::dele, Args::number},
    {"NOOP", Verb::noop, Args::none},          {"RSET", Verb::rset, Args::none},
    {"TOP", Verb::top, Args::number_lines},    {"UIDL", Verb::uidl, Args::optional_number},
};

Result<std::uint32_t> message_number(std::string_view text) {
  const auto n = parse_number<std::uint32_t>(text);
  if (!n || *n == 0) return fail(Errc::syntax, "not a message number");
  return *n;
}

}  // namespace

Result<Command> parse(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) return fail(Errc::syntax, "NUL in command");
  const auto space = line.find(' ');
  const auto word = line.substr(0, space);
  // Only PASS may hold spaces at its ends (RFC 1939 §7); elsewhere trailing ones are tolerated.
  auto rest = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  for (const auto& row : k_commands) {
    if (!iequals(row.name, word)) continue;
    Command c{row.verb, {}, {}, {}, 0};
    if (row.args == Args::rest) {
      if (rest.empty()) return fail(Errc::syntax, "argument missing");
      c.text = rest;
      return c;
    }
    rest = trim(rest);
    const auto gap = rest.find(' ');
    const auto first = rest.substr(0, gap);
    const auto second = gap == std::string_view::npos ? std::string_view() : trim(rest.substr(gap));
    switch (row.args) {
      case Args::none:
        if (!rest.empty()) return fail(Errc::syntax, "no argument expected");
        break;
      case Args::optional_word:
        c.text = first;
        break;
      case Args::sasl:
        c.text = first;
        if (!second.empty()) c.initial = second == "=" ? std::string() : std::string(second);
        break;
      case Args::optional_number:
        if (rest.empty()) break;
        [[fallthrough]];
      case Args::number: {
        TRY(c.number, message_number(rest));
        break;
      }
      case Args::number_lines: {
        TRY(c.number, message_number(first));
        const auto lines = parse_number<std::uint32_t>(second);
        if (!lines) return fail(Errc::syntax, "not a number of lines");
        c.lines = *lines;
        break;
      }
      case Args::rest:
        break;
    }
    return c;
  }
  return fail(Errc::unsupported, "unknown command");
}

void DotStuffer::append(std::string& out, std::string_view piece) {
  std::size_t from = 0;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const char c = piece[i];
    if (at_ == At::line_start && c == '.') {
      out.append(piece, from, i - from);
      out += '.';
      from = i;
    }
    at_ = c == '\r' ? At::after_cr : c == '\n' && at_ == At::after_cr ? At::line_start : At::in_line;
    if (at_ == At::in_line) {  // nothing can happen before the next CR
      const auto cr = piece.find('\r', i);
      if (cr == std::string_view::npos) break;
      i = cr - 1;
    }
  }
  out.append(piece, from);
}

void DotStuffer::finish(std::string& out) {
  if (at_ != At::line_start) out += "\r\n";
  out += ".\r\n";
  at_ = At::line_start;
}

std::size_t TopCounter::feed(std::string_view piece) {
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (done_) return i;
    const char c = piece[i];
    if (c != '\n') {
      if (c != '\r') line_empty_ = false;
      continue;
    }
    if (in_body_) {
      --left_;
    } else if (line_empty_) {
      in_body_ = true;
    }
    line_empty_ = true;
    done_ = in_body_ && left_ == 0;
  }
  return piece.size();
}

std::string uidl(std::uint32_t uidvalidity, std::uint32_t uid) {
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", uidvalidity, uid);
  return text;
}

}  // namespace mailstead::pop3

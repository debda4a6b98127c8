#include "transcript/match.h"

#include <regex>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"

namespace mailstead::transcript {
namespace {

struct Token {
  enum class Kind : std::uint8_t { literal, any, capture } kind;
  std::string text;
};

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
}

const std::string& value_of(std::string_view name, const Variables& variables) {
  const auto found = variables.find(name);
  if (found == variables.end()) throw std::runtime_error(cat("no variable $", name));
  return found->second;
}

std::string compute(std::string_view inside, const Variables& variables) {
  const auto op = inside.find_last_of("*+-");
  if (op == std::string_view::npos) return value_of(inside, variables);
  const auto left = inside.substr(0, op);
  const auto right = parse_number<std::uint64_t>(inside.substr(op + 1));
  if (!right) throw std::runtime_error(cat("a number is missing in ${", inside, "}"));
  if (inside[op] == '*') {
    std::string out;
    for (std::uint64_t i = 0; i < *right; ++i) out += left;
    return out;
  }
  const auto number = parse_number<std::uint64_t>(value_of(left, variables));
  if (!number) throw std::runtime_error(cat("$", left, " is no number"));
  return cat(inside[op] == '+' ? *number + *right : *number - *right);
}

std::vector<Token> tokens(std::string_view text, const Variables& variables, const Bodies& bodies, bool pattern) {
  std::vector<Token> out;
  std::string literal;
  const auto push = [&](Token::Kind kind, std::string value) {
    if (!literal.empty()) out.push_back({Token::Kind::literal, std::exchange(literal, {})});
    out.push_back({kind, std::move(value)});
  };
  for (std::size_t at = 0; at < text.size();) {
    const auto rest = text.substr(at);
    if (pattern && rest.starts_with("...")) {
      push(Token::Kind::any, {});
      at += 3;
    } else if (rest.starts_with("$$")) {
      literal += '$';
      at += 2;
    } else if (rest.starts_with("${") && rest.find('}') != std::string_view::npos) {
      const auto end = rest.find('}');
      literal += compute(rest.substr(2, end - 2), variables);
      at += end + 1;
    } else if (rest.size() > 1 && rest[0] == '$' && rest[1] >= 'a' && rest[1] <= 'z') {
      std::size_t end = 1;
      while (end < rest.size() && is_name(rest[end])) ++end;
      const auto name = rest.substr(1, end - 1);
      if (pattern && !variables.contains(name))
        push(Token::Kind::capture, std::string(name));
      else
        literal += value_of(name, variables);
      at += end;
    } else if (rest.starts_with("{<<") && rest.find('}') != std::string_view::npos) {
      const auto end = rest.find('}');
      auto name = rest.substr(3, end - 3);
      const bool plus = name.ends_with('+');
      if (plus) name.remove_suffix(1);
      const auto body = bodies.find(name);
      if (body == bodies.end()) throw std::runtime_error(cat("no body <<", name));
      append(literal, '{', body->second.size(), plus ? "+}\r\n" : "}\r\n", body->second);
      at += end + 1;
    } else {
      literal += text[at++];
    }
  }
  if (!literal.empty()) out.push_back({Token::Kind::literal, std::move(literal)});
  return out;
}

bool capturable(char c) {
  return c > ' ' && std::string_view("()[]{}<>\"").find(c) == std::string_view::npos;
}

bool match_from(const std::vector<Token>& pattern, std::size_t i, std::string_view actual, Variables& variables) {
  if (i == pattern.size()) return actual.empty();
  const auto& t = pattern[i];
  if (t.kind == Token::Kind::literal)
    return actual.starts_with(t.text) && match_from(pattern, i + 1, actual.substr(t.text.size()), variables);
  if (t.kind == Token::Kind::any) {
    for (std::size_t n = 0; n <= actual.size(); ++n)
      if (match_from(pattern, i + 1, actual.substr(n), variables)) return true;
    return false;
  }
  if (const auto known = variables.find(t.text); known != variables.end()) {  // twice in one line
    const std::string value = known->second;
    return actual.starts_with(value) && match_from(pattern, i + 1, actual.substr(value.size()), variables);
  }
  std::size_t most = 0;
  while (most < actual.size() && capturable(actual[most])) ++most;
  for (auto n = most; n > 0; --n) {
    variables[t.text] = actual.substr(0, n);
    if (match_from(pattern, i + 1, actual.substr(n), variables)) return true;
    variables.erase(t.text);
  }
  return false;
}

}  // namespace

std::string expand(std::string_view text, const Variables& variables, const Bodies& bodies) {
  std::string out;
  for (auto& t : tokens(text, variables, bodies, false)) out += t.text;
  return out;
}

bool matches(std::string_view pattern, std::string_view actual, Variables& variables, const Bodies& bodies) {
  return match_from(tokens(pattern, variables, bodies, true), 0, actual, variables);
}

bool matches_regex(const std::string& pattern, std::string_view actual) {
  return std::regex_match(std::string(actual), std::regex(pattern));
}

std::vector<std::string> replies(std::string_view output, bool imap) {
  std::vector<std::string> out;
  while (!output.empty()) {
    std::size_t end = 0;
    for (;;) {
      const auto line_end = output.find("\r\n", end);
      if (line_end == std::string_view::npos) {
        end = output.size();
        break;
      }
      const auto line = output.substr(end, line_end - end);
      end = line_end + 2;
      const auto open = line.rfind('{');
      if (!imap || !line.ends_with('}') || open == std::string_view::npos) break;
      const auto size = parse_number<std::size_t>(line.substr(open + 1, line.size() - open - 2));
      if (!size) break;
      end = std::min(output.size(), end + *size);
    }
    auto reply = output.substr(0, end);
    output.remove_prefix(end);
    if (reply.ends_with("\r\n")) reply.remove_suffix(2);
    out.emplace_back(reply);
  }
  return out;
}

}  // namespace mailstead::transcript

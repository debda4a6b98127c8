#include "transcript/script.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/ascii.h"

namespace mailstead::transcript {
namespace {

using Kind = Step::Kind;

std::string word(std::string_view& s) {
  s = trim(s, " ");
  const auto end = std::min(s.find(' '), s.size());
  std::string out(s.substr(0, end));
  s.remove_prefix(end);
  s = trim(s, " ");
  return out;
}

std::optional<Kind> kind_of(std::string_view two) {
  static constexpr std::pair<std::string_view, Kind> k_kinds[] = {
      {"C:", Kind::send_line}, {"C~", Kind::send_raw}, {"C<", Kind::send_body},   {"C.", Kind::send_dotted},
      {"S:", Kind::expect},    {"S>", Kind::in_order}, {"S?", Kind::optional},    {"S*", Kind::many},
      {"S/", Kind::regex},     {"S!", Kind::absent},   {"S<", Kind::expect_body}, {"S.", Kind::expect_dotted}};
  for (const auto& [name, kind] : k_kinds)
    if (two == name) return kind;
  return std::nullopt;
}

Result<> set(Settings& s, std::string_view rest) {
  const auto key = word(rest), value = word(rest);
  if (key == "plain_without_tls") {
    s.plain_without_tls = value == "true";
  } else if (key == "starttls") {
    s.starttls = value == "true";
  } else if (key == "login_delay") {
    s.login_delay_s = parse_number<std::uint32_t>(value).value_or(0);
  } else if (key == "pipelining") {
    s.pipelining = value == "true";
  } else if (key == "message_size_max") {
    s.message_size_max = parse_number<std::uint32_t>(value).value_or(0);
  } else if (key == "without") {
    s.imap_without.push_back(value);
  } else if (key == "message_limit") {
    s.message_limit = parse_number<std::uint32_t>(value).value_or(0);
  } else if (key == "save_limit") {
    s.save_limit = parse_number<std::uint32_t>(value).value_or(0);
  } else if (key == "quirk") {
    s.imap_quirks.push_back(value);
  } else if (key == "pop3_policy") {
    if (value != "auto" && value != "device" && value != "everywhere") return fail(Errc::syntax, "policy");
    s.pop3_policy = value == "device"       ? pop3::Policy::device
                    : value == "everywhere" ? pop3::Policy::everywhere
                                            : pop3::Policy::automatic;
  } else {
    return fail(Errc::syntax, "setting " + key);
  }
  return {};
}

void load_bodies(Bodies& bodies, std::string_view text, const std::string& folder) {
  for (auto at = text.find("<<"); at != std::string_view::npos; at = text.find("<<", at + 2)) {
    const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-", at + 2);
    const std::string name(text.substr(at + 2, end == std::string_view::npos ? end : end - at - 2));
    if (name.empty() || bodies.contains(name)) continue;
    std::ifstream file(folder + "/" + name + ".eml", std::ios::binary);
    if (!file) continue;
    std::string body;
    for (std::istreambuf_iterator<char> i(file), last; i != last; ++i) {
      if (*i == '\n' && !body.ends_with('\r')) body += '\r';
      body += *i;
    }
    bodies[name] = std::move(body);
  }
}

}  // namespace

std::string unescape(std::string_view s) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] != '\\' || i + 1 == s.size()) {
      out += s[i];
      continue;
    }
    const char c = s[++i];
    if (c == 'x' && i + 2 < s.size()) {
      out += static_cast<char>(std::stoi(std::string(s.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c == 't' ? '\t' : c;
    }
  }
  return out;
}

Result<Script> parse_script(std::string_view text, std::string protocol, const std::string& messages) try {
  Script out;
  out.protocol = std::move(protocol);
  int number = 0;
  std::string body;  // the name of the one being read
  bool escaped = false;
  const auto wrong = [&](std::string_view why) { return fail(Errc::syntax, cat("line ", number, ": ", why)); };
  for (std::size_t at = 0; at < text.size();) {
    ++number;
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    at = end + 1;
    if (line.starts_with("== ")) {
      auto rest = line.substr(3);
      body = word(rest);
      escaped = rest == "escaped";
      if (body.empty() || (!rest.empty() && !escaped)) return wrong("== NAME [escaped]");
      if (!out.bodies.emplace(body, "").second) return wrong("a second body of that name");
      continue;
    }
    if (!body.empty()) {
      out.bodies[body] += escaped ? unescape(expand(line, {}, {})) : cat(line, "\r\n");
      continue;
    }
    if (line.starts_with("# rfc:")) out.rfc = trim(line.substr(6));
    if (line.empty() || line.starts_with('#')) continue;
    Step step;
    step.line = number;
    if (is_digit(line[0])) {
      const auto space = line.find(' ');
      const auto n = parse_number<std::uint16_t>(line.substr(0, space));
      if (!n || space == std::string_view::npos) return wrong("connection number");
      step.connection = *n;
      step.numbered = true;
      line.remove_prefix(space + 1);
    }
    if (line.starts_with("S|")) {
      if (out.steps.empty() || out.steps.back().connection != step.connection) return wrong("nothing to go on with");
      line.remove_prefix(2);
      if (line.starts_with(' ')) line.remove_prefix(1);
      append(out.steps.back().text, "\r\n", line);
      continue;
    }
    if (const auto kind = kind_of(line.substr(0, 2)); kind) {
      step.kind = *kind;
      line.remove_prefix(2);
      if (line.starts_with(' ')) line.remove_prefix(1);
      step.text = line;
    } else {
      step.kind = Kind::directive;
      step.text = line;
      auto rest = line;
      const auto first = word(rest);
      if (first == "protocol") {
        out.protocol = rest;
        continue;
      }
      if (first == "modes") {
        out.modes.clear();
        while (!rest.empty()) out.modes.push_back(word(rest));
        continue;
      }
      if (first == "setting") {
        if (!set(out.settings, rest)) return wrong("unknown setting");
        continue;
      }
    }
    load_bodies(
        out.bodies,
        step.kind == Kind::directive || step.text.find("{<<") != std::string::npos ? step.text : cat("<<", step.text),
        messages);
    out.steps.push_back(std::move(step));
  }
  if (out.rfc.empty()) return fail(Errc::syntax, "no line \"# rfc:\"");
  return out;
} catch (const std::runtime_error& e) {  // of an escaped body
  return fail(Errc::syntax, e.what());
}

}  // namespace mailstead::transcript

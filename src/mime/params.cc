#include "mime/params.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mime/charset.h"
#include "mime/encoded_word.h"
#include "mime/lexer.h"

namespace mailstead::mime {
namespace {

struct Raw {
  std::string name;  // without "*0*"
  std::string value;
  std::uint32_t section = 0;
  bool continued = false;  // name*0…
  bool extended = false;   // …*: percent-encoded
};

std::string percent_decode(std::string_view in) {
  std::string out;
  out.reserve(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] == '%' && i + 2 < in.size()) {
      if (const auto byte = hex_decode(in.substr(i + 1, 2))) {
        out += *byte;
        i += 2;
        continue;
      }
    }
    out += in[i];
  }
  return out;
}

// An unquoted value: up to ';'. White space inside is kept when more text follows (filename=my file.pdf), a comment
// after white space is not.
std::string bare_value(Lexer& lex) {
  std::string out;
  for (;;) {
    out += lex.until("; \t\r\n");
    if (lex.done() || lex.peek() == ';') return out;
    lex.skip_cfws();
    if (lex.done() || lex.peek() == ';') return out;
    out += ' ';
  }
}

std::vector<Raw> read_params(Lexer& lex) {
  std::vector<Raw> out;
  while (!lex.done() && out.size() < limits::k_mime_params) {
    lex.skip_cfws();
    if (lex.done()) break;
    if (lex.eat(';')) continue;
    Raw raw;
    raw.name = lower(trim(lex.until("=;(")));
    if (!lex.done() && lex.peek() == '(') lex.skip_cfws();
    if (!lex.eat('=')) {
      if (!lex.done() && lex.peek() != ';') lex.bump();
      continue;
    }
    lex.skip_cfws();
    if (!lex.done() && lex.peek() == '"') {
      raw.value = lex.quoted();
      lex.until(";");
    } else {
      raw.value = bare_value(lex);
    }
    std::erase(raw.value, '\0');
    if (raw.name.ends_with('*')) {
      raw.extended = true;
      raw.name.pop_back();
    }
    if (const auto star = raw.name.rfind('*'); star != std::string::npos) {
      const auto section = parse_number<std::uint32_t>(std::string_view(raw.name).substr(star + 1));
      if (section) {
        raw.section = *section;
        raw.continued = true;
        raw.name.resize(star);
      }
    }
    if (is_token(raw.name)) out.push_back(std::move(raw));
  }
  return out;
}

// RFC 2231 §4: charset'language'text, the whole of it percent-encoded.
std::string extended_value(std::string_view bytes, std::string_view charset) {
  auto text = to_utf8_anyhow(bytes, charset);
  for (char& c : text)
    if (c == '\r' || c == '\n' || c == '\0') c = ' ';  // "%0D%0A" must not make lines
  return text;
}

std::string join(std::vector<const Raw*>& pieces) {
  std::sort(pieces.begin(), pieces.end(), [](const Raw* a, const Raw* b) {
    return a->section != b->section ? a->section < b->section : a < b;  // in order of appearance
  });
  std::string bytes;
  std::string_view charset;
  bool extended = false;
  std::uint32_t expected = 0;
  for (const Raw* piece : pieces) {
    if (expected > 0 && (!piece->continued || piece->section + 1 == expected)) continue;  // said twice
    if (piece->continued && piece->section != expected) break;                            // a gap ends the value
    std::string_view text = piece->value;
    if (piece->extended && expected == 0) {
      const auto first = text.find('\'');
      const auto second = first == std::string_view::npos ? first : text.find('\'', first + 1);
      if (second != std::string_view::npos) {
        charset = text.substr(0, first);
        text = text.substr(second + 1);
      }
      extended = true;
    }
    if (piece->extended) {
      bytes += percent_decode(text);
      extended = true;
    } else {
      bytes += text;
    }
    ++expected;
  }
  return extended || !is_utf8(bytes) ? extended_value(bytes, charset) : bytes;
}

std::string plain_value(const std::string& value) {
  if (is_ascii(value) && value.find("=?") == std::string::npos) return value;
  return decode_header(value);
}

}  // namespace

bool is_token(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), [](char c) {
    return c > ' ' && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
  });
}

ParamValue parse_params(std::string_view raw) {
  ParamValue out;
  Lexer lex(raw);
  for (;;) {  // the value, without its comments
    lex.skip_cfws();
    if (lex.done() || lex.peek() == ';') break;
    if (!out.value.empty() && !out.value.ends_with('/') && lex.peek() != '/') break;  // the ';' was forgotten
    out.value += lex.until("; \t\r\n(");
  }
  std::erase(out.value, '\0');
  out.value = lower(out.value);
  const auto all = read_params(lex);

  // Extended and continued forms win over a plain parameter of the same name, which is there for old readers.
  std::map<std::string_view, std::vector<const Raw*>> special;
  for (const auto& p : all)
    if (p.extended || p.continued) special[p.name].push_back(&p);
  std::map<std::string_view, bool> seen;
  for (const auto& p : all) {
    if (!seen.emplace(p.name, true).second) continue;
    const auto found = special.find(p.name);
    out.params.emplace_back(p.name, found != special.end() ? join(found->second) : plain_value(p.value));
  }
  return out;
}

std::string_view find_param(const Params& params, std::string_view name) {
  for (const auto& [n, v] : params)
    if (n == name) return v;
  return {};
}

std::string format_param(std::string_view name, std::string_view value) {
  const bool plain = value.size() <= 60 && std::all_of(value.begin(), value.end(), [](char c) {
                       return static_cast<unsigned char>(c) >= ' ' && static_cast<unsigned char>(c) < 127;
                     });
  std::string out;
  if (plain) {
    append(out, "; ", name, "=\"");
    for (char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    return out + '"';
  }
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string piece = "utf-8''";
  int section = 0;
  const auto flush = [&](bool last) {
    if (last && section == 0) {
      append(out, ";\r\n ", name, "*=", piece);
    } else {
      append(out, ";\r\n ", name, '*', section, "*=", piece);
    }
    ++section;
    piece.clear();
  };
  for (char c : value) {
    if (piece.size() > 50) flush(false);
    if (is_alnum(c) || c == '.' || c == '-' || c == '_') {
      piece += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      piece += '%';
      piece += digits[byte >> 4];
      piece += digits[byte & 15];
    }
  }
  flush(true);
  return out;
}

}  // namespace mailstead::mime

#include "mime/compose.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/utf8.h"
#include "mime/encoded_word.h"
#include "mime/encoding.h"
#include "mime/params.h"

namespace mailstead::mime {
namespace {

bool one_line(std::string_view s) {
  return s.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// A header name may hold more than a token, but nothing of ours does.
bool good_name(std::string_view name) {
  return is_token(name) && !istarts_with(name, "content-") && !iequals(name, "mime-version");
}

struct Body {
  std::string header;  // the Content-* fields
  std::string content;
};

Body text_body(std::string_view type, std::string_view text) {
  std::string crlf;
  crlf.reserve(text.size() + text.size() / 32);
  std::size_t longest = 0, line = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    if (text[i] == '\n') {
      crlf += "\r\n";
      line = 0;
    } else {
      crlf += text[i];
      longest = std::max(longest, ++line);
    }
  }
  if (!crlf.empty() && !crlf.ends_with("\r\n")) crlf += "\r\n";
  const bool ascii = is_ascii(crlf);
  const bool plain =
      ascii && longest <= 76 && crlf.find('\0') == std::string::npos && crlf.find("\r\r") == std::string::npos;
  Body out;
  append(out.header, "Content-Type: ", type, "; charset=", ascii ? "us-ascii" : "utf-8", "\r\n");
  append(out.header, "Content-Transfer-Encoding: ", plain ? "7bit" : "quoted-printable", "\r\n");
  out.content = plain ? crlf : encode_quoted_printable(crlf);
  return out;
}

Body multipart(std::string_view subtype, const std::vector<Body>& parts, const std::string& boundary) {
  Body out;
  append(out.header, "Content-Type: multipart/", subtype, "; boundary=\"", boundary, "\"\r\n");
  for (const auto& p : parts) {
    append(out.content, "--", boundary, "\r\n", p.header, "\r\n", p.content);
    if (!out.content.ends_with("\r\n")) out.content += "\r\n";
  }
  append(out.content, "--", boundary, "--\r\n");
  return out;
}

Result<Body> attachment_body(const Attachment& a) {
  const auto slash = a.type.find('/');
  if (slash == std::string::npos || !is_token(std::string_view(a.type).substr(0, slash)) ||
      !is_token(std::string_view(a.type).substr(slash + 1)))
    return fail(Errc::invalid, "type of an attachment");
  if (!one_line(a.filename) || !one_line(a.id) || !is_utf8(a.filename))
    return fail(Errc::invalid, "name of an attachment");
  Body out;
  // RFC 2046 §5.2.1: a message may not be encoded in base64.
  const bool message = iequals(a.type, "message/rfc822");
  append(out.header, "Content-Type: ", a.type,
         "\r\nContent-Transfer-Encoding: ", message ? (is_ascii(a.content) ? "7bit" : "8bit") : "base64",
         "\r\nContent-Disposition: ", a.id.empty() ? "attachment" : "inline");
  if (!a.filename.empty()) out.header += format_param("filename", a.filename);
  out.header += "\r\n";
  if (!a.id.empty()) append(out.header, "Content-ID: <", a.id, ">\r\n");
  out.content = message ? a.content : encode_base64(a.content);
  return out;
}

}  // namespace

Result<std::string> compose(const Draft& d) {
  std::string out;
  for (const auto& [name, value] : d.headers) {
    if (!good_name(name)) return fail(Errc::invalid, "header name");
    if (!one_line(value)) return fail(Errc::invalid, cat("line end in header ", name));
    append(out, name, ": ", encode_header(value, name.size() + 2), "\r\n");
  }
  if (!std::all_of(d.boundary_seed.begin(), d.boundary_seed.end(), is_alnum) || d.boundary_seed.size() > 40)
    return fail(Errc::invalid, "boundary seed");
  std::vector<Body> parts;
  Body body;
  if (d.html.empty()) {
    body = text_body("text/plain", d.text);
  } else if (d.text.empty()) {
    body = text_body("text/html", d.html);
  } else {
    body = multipart("alternative", {text_body("text/plain", d.text), text_body("text/html", d.html)},
                     cat("=_alt_", d.boundary_seed));  // "=_" never occurs in quoted-printable or base64
  }
  if (!d.attachments.empty()) {
    parts.push_back(std::move(body));
    for (const auto& a : d.attachments) {
      TRY(auto part, attachment_body(a));
      parts.push_back(std::move(part));
    }
    // An attached message may be one of ours: its boundaries must not be this one's.
    auto boundary = cat("=_mix_", d.boundary_seed);
    for (const auto& p : parts)
      while (p.content.find(cat("--", boundary)) != std::string::npos) boundary += "_";
    body = multipart("mixed", parts, boundary);
  }
  append(out, "MIME-Version: 1.0\r\n", body.header, "\r\n", body.content);
  return out;
}

Result<std::string> format_address(std::string_view name, std::string_view spec) {
  if (!one_line(name) || !one_line(spec) || spec.find_first_of("<>") != std::string_view::npos)
    return fail(Errc::invalid, "address");
  if (name.empty()) return std::string(spec);
  std::string out;
  if (!is_ascii(name) || name.find("=?") != std::string_view::npos) {
    out = encode_header(name);
  } else if (std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == ' ' || c == '-'; })) {
    out = name;
  } else {
    out += '"';
    for (char c : name) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  append(out, " <", spec, ">");
  return out;
}

}  // namespace mailstead::mime

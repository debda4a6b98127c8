#include "imap/server/binary_append.h"

#include <vector>

#include "base/ascii.h"
#include "base/base64.h"
#include "mime/header.h"
#include "mime/message.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_line = 76;  // RFC 2045 §6.8

bool has_nul(std::string_view s) {
  return s.find('\0') != std::string_view::npos;
}

std::string base64_lines(std::string_view octets) {
  const auto all = base64_encode(octets);
  std::string out;
  for (std::size_t at = 0; at < all.size(); at += k_line)
    append(out, at == 0 ? "" : "\r\n", std::string_view(all).substr(at, k_line));
  return out;
}

// With the encoding told, in place of any other. `root`: the message's own header, which must say that it is MIME
// (RFC 2045 §4).
std::string encoded_header(std::string_view header, bool root) {
  std::string out;
  mime::HeaderReader reader(header);
  for (mime::HeaderField f; reader.next(f);)
    if (!iequals(f.name, "Content-Transfer-Encoding")) out += header.substr(f.begin, f.end - f.begin);
  if (!out.empty() && !out.ends_with('\n')) out += "\r\n";
  if (root && !mime::find_header(header, "MIME-Version")) out += "MIME-Version: 1.0\r\n";
  return out += "Content-Transfer-Encoding: base64\r\n\r\n";
}

}  // namespace

Result<std::string> without_nul(std::string_view message) {
  const auto parsed = mime::parse(message);
  std::string out;
  std::size_t at = 0;  // up to here `message` is in `out`
  for (const auto& part : parsed.parts) {
    if (part.is_multipart() || part.is_message()) continue;
    const auto body = message.substr(part.body_begin, part.body_end - part.body_begin);
    if (!has_nul(body)) continue;
    if (part.encoding == "base64" || part.encoding == "quoted-printable" || part.header_begin < at)
      return fail(Errc::unsupported, "NUL in an encoded part");
    const auto header = message.substr(part.header_begin, part.body_begin - part.header_begin);
    append(out, message.substr(at, part.header_begin - at), encoded_header(header, part.header_begin == 0),
           base64_lines(body));
    at = part.body_end;
  }
  out += message.substr(at);
  if (has_nul(out)) return fail(Errc::unsupported, "NUL outside the parts");
  return out;
}

}  // namespace mailstead::imap

#include "archive/line_ends.h"

namespace mailstead::archive {

std::string to_crlf(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 32);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lf = bytes.find('\n', at);
    if (lf == std::string_view::npos) return out.append(bytes.substr(at));
    out.append(bytes.substr(at, lf - at));
    if (lf == 0 || bytes[lf - 1] != '\r') out += '\r';
    out += '\n';
    at = lf + 1;
  }
  return out;
}

std::string to_file(std::string_view message) {
  std::string out;
  out.reserve(message.size());
  for (std::size_t at = 0; at < message.size();) {
    const auto lf = message.find('\n', at);
    if (lf == std::string_view::npos) return out.append(message.substr(at));
    const bool crlf = lf > at && message[lf - 1] == '\r';
    // "\r\r\n" would come back as "\r\n".
    if (!crlf || (lf > at + 1 && message[lf - 2] == '\r')) return std::string(message);
    out.append(message.substr(at, lf - at - 1));
    out += '\n';
    at = lf + 1;
  }
  return out;
}

}  // namespace mailstead::archive

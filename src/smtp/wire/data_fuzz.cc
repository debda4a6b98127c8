// The first byte chooses the split; the oracle is a decoder that looks at the whole input at once.
#include <cstdint>
#include <cstdlib>

#include "smtp/wire/data.h"

namespace {

// The end is CRLF.CRLF, or .CRLF at the very start; dots at the start of lines that CRLF began go away.
std::string naive(std::string_view in, bool& done) {
  const auto framed = std::string("\r\n") + std::string(in);
  const auto end = framed.find("\r\n.\r\n");
  done = end != std::string::npos;
  std::string_view body = framed;
  if (done) body = body.substr(0, end + 2);
  std::string out;
  for (std::size_t i = 2; i < body.size(); ++i)
    if (body[i] != '.' || body.substr(i - 2, 2) != "\r\n") out += body[i];
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view in(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 16;
  mailstead::smtp::DataDecoder decoder(1 << 20);
  for (std::size_t at = 0; at < in.size() && !decoder.done();) at += decoder.feed(in.substr(at, piece));
  const auto out = decoder.take();
  bool done = false;
  const auto expected = naive(in, done);
  if (done != decoder.done()) std::abort();
  if (done && out != expected) std::abort();
  bool bare = expected.find('\0') != std::string::npos;
  for (std::size_t i = 0; i < expected.size(); ++i)
    bare = bare || (expected[i] == '\n' && (i == 0 || expected[i - 1] != '\r')) ||
           (expected[i] == '\r' && (i + 1 == expected.size() || expected[i + 1] != '\n'));
  if (done && bare != decoder.bad_lines()) std::abort();
  return 0;
}

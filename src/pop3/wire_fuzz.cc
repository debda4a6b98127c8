// The first byte chooses the piece size. Parsing never crashes; dot-stuffing taken away again gives the text; TOP of
// pieces is TOP of the whole.
#include <cstdint>
#include <cstdlib>

#include "pop3/wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mailstead::pop3;
  if (size < 2) return 0;
  const std::size_t piece = 1 + data[0] % 16;
  const std::uint32_t lines = data[1] % 8;
  const std::string_view in(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (const auto c = parse(in); c && c->number && *c->number == 0) std::abort();

  DotStuffer stuffer;
  TopCounter in_pieces(lines), at_once(lines);
  std::string sent;
  std::size_t top = 0;
  for (std::size_t at = 0; at < in.size(); at += piece) {
    stuffer.append(sent, in.substr(at, piece));
    if (!in_pieces.done()) top += in_pieces.feed(in.substr(at, piece));
  }
  stuffer.finish(sent);
  if (top != at_once.feed(in)) std::abort();

  std::string expected(in);
  if (!in.empty() && !in.ends_with("\r\n")) expected += "\r\n";
  std::string got;
  std::string_view rest = sent;
  while (!rest.starts_with(".\r\n")) {
    if (rest.starts_with('.')) rest.remove_prefix(1);
    const auto end = rest.find("\r\n");
    if (end == std::string_view::npos) std::abort();
    got += rest.substr(0, end + 2);
    rest.remove_prefix(end + 2);
  }
  if (rest.size() != 3 || got != expected) std::abort();
  return 0;
}

// Any line: parsing never crashes, and an accepted address is read again as the same.
#include <cstdint>
#include <cstdlib>

#include "base/ascii.h"
#include "smtp/wire/command.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mailstead;
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto c = smtp::parse(line);
  if (!c || (c->verb != smtp::Verb::mail && c->verb != smtp::Verb::rcpt)) return 0;
  for (const char ch : c->text)
    if (static_cast<unsigned char>(ch) < 0x20 || ch == 0x7F) std::abort();  // would be a header line of its own
  const auto again = cat('<', c->text, '>');
  std::string_view rest;
  const auto path = smtp::parse_path(again, &rest);
  if (!path || !rest.empty() || *path != c->text) std::abort();
  return 0;
}

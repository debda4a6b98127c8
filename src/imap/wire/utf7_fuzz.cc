// Oracle: what decodes is UTF-8 and encodes to the same bytes.
#include <cstdint>
#include <cstdlib>

#include "base/utf8.h"
#include "imap/wire/utf7.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  const auto name = mailstead::imap::utf7_decode(in);
  if (name && (!mailstead::is_utf8(*name) || mailstead::imap::utf7_encode(*name) != in)) std::abort();
  return 0;
}

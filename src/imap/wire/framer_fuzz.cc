// Oracle: the same events byte by byte as at once; and never more memory than bytes came.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "imap/wire/framer.h"

using namespace mailstead::imap;

namespace {

std::string events(std::string_view bytes, std::size_t chunk) {
  Framer framer({.line_bytes = 64, .args_bytes = 32, .depth = 3, .non_sync_bytes = 16, .message_bytes = 128});
  std::string out;
  while (!bytes.empty()) {
    auto in = bytes.substr(0, chunk);
    bytes.remove_prefix(in.size());
    for (;;) {
      const auto event = framer.next(in);
      if (event == FrameEvent::need_more) break;
      out += static_cast<char>('0' + static_cast<int>(event));
      if (event == FrameEvent::error) out += framer.error().tag + (framer.error().close ? "!" : "");
      if (event == FrameEvent::command) {
        const auto c = framer.take();
        out += c.text;
        for (const auto& l : c.literals) out += std::to_string(l.at) + l.bytes;
      }
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (events(in, size) != events(in, 1)) std::abort();
  return 0;
}

// Oracle: what parses, printed and parsed again, is the same command.
#include <cstdint>
#include <cstdlib>

#include "imap/wire/command.h"

using namespace mailstead::imap;

namespace {

std::optional<RawCommand> frame(std::string_view bytes) {
  Framer framer(FrameLimits::after_login(1 << 20));
  for (;;) switch (framer.next(bytes)) {
      case FrameEvent::continuation:
        continue;
      case FrameEvent::command:
        return framer.take();
      default:
        return std::nullopt;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ParseContext context{.utf8 = (data[0] & 1) != 0};
  auto raw = frame({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (!raw) return 0;
  const auto command = parse(*raw, context);
  if (!command) return 0;
  const auto printed = "t " + to_string(*command, context) + "\r\n";
  auto again_raw = frame(printed);
  if (!again_raw) return 0;  // longer than a line may be
  const auto again = parse(*again_raw, context);
  if (!again || *again != *command) std::abort();
  return 0;
}

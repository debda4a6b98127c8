// Any file: the same messages whatever the chunks, and what is written is read again.
#include <cstdint>

#include "archive/line_ends.h"
#include "archive/mbox.h"
#include "base/check.h"

using namespace mailstead::archive;

namespace {
std::vector<ArchiveMessage> read(std::string_view file, std::size_t step) {
  MboxReader reader(4096);
  for (std::size_t at = 0; at < file.size(); at += step) reader.feed(file.substr(at, step));
  reader.finish();
  std::vector<ArchiveMessage> all;
  while (auto m = reader.next()) all.push_back(*std::move(m));
  return all;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view file(reinterpret_cast<const char*>(data), size);
  const auto whole = read(file, size + 1);
  const auto split = read(file, 1 + size % 13);
  CHECK(whole.size() == split.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    CHECK(whole[i].content == split[i].content && whole[i].flags == split[i].flags && whole[i].date == split[i].date);
    if (whole[i].too_big || whole[i].content.size() > 3000) continue;
    const auto again = read(mbox_entry(whole[i].content, whole[i].flags, whole[i].date.value_or(0)), 4096);
    CHECK(again.size() == 1);
    // A header field of the mailbox's state that stands there twice is taken once more.
    if (!again[0].skip && again[0].content.size() >= whole[i].content.size())
      CHECK(again[0].content == whole[i].content || again[0].content == whole[i].content + "\r\n");
  }
  return 0;
}

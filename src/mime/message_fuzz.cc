// Any octets as a message: parts lie within their parents, sections within the message, paths lead back to their part,
// and a summary is read again as it was written. (The fuzzer gives each input in a heap buffer of exactly its size.)
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "base/utf8.h"
#include "mime/summary.h"

namespace {

std::vector<std::uint32_t> numbers(const std::string& path) {
  std::vector<std::uint32_t> out;
  for (std::size_t at = 0; at < path.size();) {
    const auto dot = std::min(path.find('.', at), path.size());
    out.push_back(static_cast<std::uint32_t>(std::stoul(path.substr(at, dot - at))));
    at = dot + 1;
  }
  return out;
}

}  // namespace

#define REQUIRE(...)                                                               \
  do {                                                                             \
    if (!(__VA_ARGS__)) {                                                          \
      std::fprintf(stderr, "line %d does not hold: %s\n", __LINE__, #__VA_ARGS__); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mailstead;
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  const auto summary = mime::summarize(raw);
  const auto& m = summary.message;
  REQUIRE(!m.parts.empty() && m.parts.size() <= limits::k_mime_parts && summary.size == size);
  REQUIRE(is_utf8(summary.preview) && is_utf8(summary.base_subject));
  for (std::uint32_t i = 0; i < m.parts.size(); ++i) {
    const auto& p = m.parts[i];
    REQUIRE(p.header_begin <= p.body_begin && p.body_begin <= p.body_end && p.body_end <= size);
    REQUIRE(p.body_lines <= p.body_size());
    REQUIRE((p.parent < 0) == (i == 0));
    if (p.parent >= 0) {
      const auto& parent = m.parts[static_cast<std::size_t>(p.parent)];
      REQUIRE(static_cast<std::uint32_t>(p.parent) < i);
      REQUIRE(parent.body_begin <= p.header_begin && p.body_end <= parent.body_end);
    }
    for (const auto child : p.children) REQUIRE(m.parts[child].parent == static_cast<std::int32_t>(i));
    REQUIRE(!p.is_multipart() || !p.children.empty());
    REQUIRE(p.children.empty() || p.is_multipart() || p.is_message());
    for (const auto& [name, value] : p.params) REQUIRE(is_utf8(value) && value.find('\0') == std::string::npos);
    if (i < 64) {  // enough of them to keep the fuzzer fast
      REQUIRE(is_utf8(mime::body_text(raw, p)));
      const auto path = numbers(mime::section_path(m, i));
      if (!path.empty()) {
        for (const auto text :
             {mime::SectionText::body, mime::SectionText::header, mime::SectionText::text, mime::SectionText::mime})
          if (const auto range = mime::section_range(m, path, text))
            REQUIRE(range->begin <= range->end && range->end <= size);
      }
    }
  }
  if (const auto written = mime::encode(summary)) {
    REQUIRE(written->size() <= limits::k_summary_bytes);
    const auto again = mime::decode(*written);
    REQUIRE(again && *again == summary);
  }
  (void)mime::decode(raw);  // a damaged summary is an error, never a crash
  return 0;
}

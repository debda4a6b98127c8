#include <benchmark/benchmark.h>

#include "imap/wire/command.h"

namespace {

using namespace mailstead::imap;

void parse_line(benchmark::State& state, std::string_view line) {
  Framer framer(FrameLimits::after_login(1 << 20));
  for (auto _ : state) {
    std::string_view in = line;
    framer.next(in);
    auto raw = framer.take();
    benchmark::DoNotOptimize(parse(raw, {}));
  }
}
BENCHMARK_CAPTURE(parse_line, noop, "a NOOP\r\n");
BENCHMARK_CAPTURE(parse_line, fetch, "a UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM TO SUBJECT)])\r\n");
BENCHMARK_CAPTURE(parse_line, search, "a UID SEARCH UNDELETED OR FROM x SUBJECT \"hello\" SINCE 1-Jan-2024\r\n");

}  // namespace

#include "net/deflate_stream.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "net/connection.h"
#include "net/memory_stream.h"
#include "runtime/block_on.h"

namespace mailstead::net {
namespace {

std::string rubbish(std::size_t size, std::uint64_t seed = 1) {
  std::string out(size, '\0');
  for (auto& c : out) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    c = static_cast<char>(seed >> 56);
  }
  return out;
}

Task<std::string> read_all(Stream& from, std::size_t size, std::size_t step) {
  std::string out;
  while (out.size() < size) {
    while (!co_await from.wait_input()) {
    }
    std::string buffer(step, '\0');
    const auto n = co_await from.read_some(buffer);
    if (n == 0) break;
    out.append(buffer, 0, n);
  }
  co_return out;
}

struct Deflate : testing::Test {
  Runtime rt{1, 1, 1};
  template <class T>
  T run(Task<T> task) {
    return block_on(rt.home(0), std::move(task));
  }
};

Task<void> round_trips() {
  auto [a, b] = memory_pipe();
  DeflateStream one(std::move(a), {}), two(std::move(b), {});
  // Repetitive, incompressible, and text again: in both directions, in pieces of any size.
  std::vector<std::string> texts{"a NOOP\r\n", std::string(200'000, 'x'), rubbish(300'000), "b NOOP\r\n", rubbish(1)};
  for (const std::size_t step : {1UL, 7UL, 4096UL, 100'000UL})
    for (const auto& text : texts) {
      if (step == 1 && text.size() > 100'000) continue;
      co_await one.write(text);
      EXPECT_EQ(co_await read_all(two, text.size(), step), text);
      co_await two.write(text);
      EXPECT_EQ(co_await read_all(one, text.size(), step), text);
    }
  one.close();
  EXPECT_EQ(co_await read_all(two, 1, 10), "");
}

TEST_F(Deflate, RoundTrips) {
  run(round_trips());
}

Task<std::size_t> compressed_size(std::string text) {
  auto [a, b] = memory_pipe();
  DeflateStream one(std::move(a), {});
  co_await one.write(text);
  one.close();
  co_return (co_await read_all(*b, SIZE_MAX, 4096)).size();
}

TEST_F(Deflate, Compresses) {
  std::string replies;
  for (int i = 1; i < 1000; ++i)
    replies += "* " + std::to_string(i) + " FETCH (UID " + std::to_string(i) + " FLAGS (\\Seen))\r\n";
  const auto size = run(compressed_size(replies));
  EXPECT_LT(size * 4, replies.size()) << size << " of " << replies.size();
  EXPECT_LT(run(compressed_size(rubbish(100'000))), 100'500U);
}

// While nothing is said little is held; afterwards both sides go on where they were.
Task<void> gives_memory_back(std::size_t* busy, std::size_t* idle) {
  auto [a, b] = memory_pipe();
  DeflateStream one(std::move(a), {}), two(std::move(b), {});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3; ++i) {
      const std::string text = "a" + std::to_string(i) + " UID FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)\r\n";
      co_await one.write(text);
      EXPECT_EQ(co_await read_all(two, text.size(), 4096), text);
      co_await two.write(text);
      EXPECT_EQ(co_await read_all(one, text.size(), 4096), text);
    }
    *busy = two.memory();
    Timer wake;
    wake.start(5200, [&two] { two.interrupt(); });
    EXPECT_FALSE(co_await two.wait_input());
    *idle = two.memory();
  }
}

TEST_F(Deflate, GivesMemoryBackWhenIdle) {
  std::size_t busy = 0, idle = 0;
  run(gives_memory_back(&busy, &idle));
  EXPECT_GT(busy, 60'000U);
  EXPECT_LT(idle, 2000U);
}

Task<std::size_t> bomb() {
  auto [a, b] = memory_pipe();
  DeflateStream one(std::move(a), {}), two(std::move(b), {});
  co_await one.write(std::string(50'000'000, 'x'));  // 50 kB on the wire
  std::size_t most = 0, total = 0;
  std::string buffer(1'000'000, '\0');
  while (total < 50'000'000) {
    const auto n = co_await two.read_some(buffer);
    most = std::max(most, n);
    total += n;
  }
  co_return most + two.memory();
}

TEST_F(Deflate, BombsComeInSmallSteps) {
  EXPECT_LT(run(bomb()), 100'000U);
}

Task<void> read_rubbish() {
  auto [a, b] = memory_pipe();
  DeflateStream two(std::move(b), "\x07\xff\xff");  // a block of a type that does not exist
  char c = 0;
  co_await two.read_some(std::span(&c, 1));
}

TEST_F(Deflate, RubbishEndsTheConnection) {
  EXPECT_THROW(run(read_rubbish()), ConnectionOver);
}

Task<void> ends(std::string* left) {
  auto [a, b] = memory_pipe();
  DeflateStream one(std::move(a), {}), two(std::move(b), {});
  co_await one.end_output("last\r\n");
  std::string none;
  auto plain = one.take_inner(none);
  EXPECT_EQ(none, "");
  co_await plain->write("plain\r\n");
  EXPECT_EQ(co_await read_all(two, 6, 10), "last\r\n");
  auto below = two.take_inner(*left);
}

TEST_F(Deflate, EndsAndLeavesThePlainBytesBehind) {
  std::string left;
  run(ends(&left));
  EXPECT_EQ(left, "plain\r\n");
}

}  // namespace
}  // namespace mailstead::net

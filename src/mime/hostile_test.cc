// Messages made to cost much: bounded results, and work that grows with the size and not with its square.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <functional>

#include <string>
#include <vector>

#include "base/ascii.h"
#include "base/limits.h"
#include "mime/summary.h"

namespace mailstead::mime {
namespace {

double cpu_seconds(const std::function<void()>& work) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  };
  double best = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto before = now();
    work();
    best = std::min(best, now() - before);
  }
  return best;
}

// CPU time of this thread, so that a busy machine does not matter much: 16 times the input may cost four times as much
// again as a linear algorithm, and a quarter of what a quadratic one does.
template <class Make>
void expect_linear(Make make, std::size_t n) {
  const std::string small = make(n / 16), big = make(n);
  const auto a = cpu_seconds([&] { (void)summarize(small); });
  const auto b = cpu_seconds([&] { (void)summarize(big); });
  EXPECT_LT(b, std::max(a, 1e-4) * 64) << "n = " << n << ": " << a << " s → " << b << " s";
}

std::string repeat(std::string_view what, std::size_t n) {
  std::string out;
  out.reserve(what.size() * n);
  for (std::size_t i = 0; i < n; ++i) out += what;
  return out;
}

std::string parts(std::size_t n) {
  return cat("Content-Type: multipart/mixed; boundary=b\r\n\r\n", repeat("--b\r\n\r\nx\r\n", n), "--b--\r\n");
}

std::string nested(std::size_t n) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i)
    append(out, "Content-Type: multipart/mixed; boundary=b", i, "\r\n\r\n--b", i, "\r\n");
  return out;
}

std::string nested_messages(std::size_t n) {
  return repeat("Content-Type: message/rfc822\r\n\r\n", n);
}

std::string addresses(std::size_t n) {
  return cat("To: ", repeat("\"a, b\" (c) <a@b.example>,\r\n ", n), "x@y\r\n\r\n");
}

std::string continuations(std::size_t n) {
  std::string out = "Content-Type: text/plain";
  for (std::size_t i = 0; i < n; ++i) append(out, ";\r\n name*", i, "*=%41");
  return out + "\r\n\r\n";
}

std::string folded(std::size_t n) {
  return cat("Subject: x", repeat("\r\n x", n), "\r\n\r\nbody\r\n");
}

TEST(MimeHostile, ManyParts) {
  const auto m = parse(parts(100'000));
  EXPECT_LE(m.parts.size(), limits::k_mime_parts);
  EXPECT_GT(m.parts.size(), limits::k_mime_parts / 2);
  expect_linear(parts, 100'000);
}

TEST(MimeHostile, DeepNesting) {
  const auto depth = [](const Message& m) {
    std::size_t most = 0;
    std::vector<std::size_t> depths;
    for (const auto& p : m.parts) {
      depths.push_back(p.parent < 0 ? 0 : depths[static_cast<std::size_t>(p.parent)] + 1);
      most = std::max(most, depths.back());
    }
    return most;
  };
  EXPECT_LE(depth(parse(nested(100'000))), limits::k_mime_depth);
  EXPECT_LE(depth(parse(nested_messages(100'000))), limits::k_mime_depth);
  expect_linear(nested, 100'000);
  expect_linear(nested_messages, 100'000);
}

TEST(MimeHostile, ManyAddresses) {
  EXPECT_LE(parse(addresses(100'000)).envelope.to.size(), limits::k_addresses);
  expect_linear(addresses, 30'000);  // within the header's limit
}

TEST(MimeHostile, ManyContinuations) {
  const auto m = parse(continuations(10'000));
  std::size_t bytes = 0;
  for (const auto& [name, value] : m.parts[0].params) bytes += value.size();
  EXPECT_LE(m.parts[0].params.size(), limits::k_mime_params);
  EXPECT_LE(bytes, limits::k_mime_params);
  expect_linear(continuations, 10'000);
}

TEST(MimeHostile, ManyFoldedLines) {
  EXPECT_EQ(parse(folded(100'000)).parts[0].body_lines, 1U);
  expect_linear(folded, 100'000);
}

TEST(MimeHostile, ManyParameters) {
  const auto make = [](std::size_t n) {
    std::string out = "Content-Type: text/plain";
    for (std::size_t i = 0; i < n; ++i) append(out, "; p", i, "=v");
    return out + "\r\n\r\n";
  };
  EXPECT_LE(parse(make(50'000)).parts[0].params.size(), limits::k_mime_params);
  expect_linear(make, 50'000);
}

// What looks like the end of the buffer is one: exact heap buffers, which the address sanitizer guards.
TEST(MimeHostile, UnfinishedThingsAtTheEndOfTheBuffer) {
  for (const std::string_view end : {"To: a (b",
                                     "To: \"a",
                                     "To: a <b@",
                                     "To: a@[",
                                     "To: g: a@b",
                                     "To: (\\",
                                     "To: \"\\",
                                     "Content-Type: text/plain; a=\"b",
                                     "Content-Type: text/plain; a*0*=",
                                     "Content-Type: text/plain; a*=utf-8'",
                                     "Content-Type: (",
                                     "Content-Type: text/",
                                     "Content-Type: multipart/mixed; boundary=\"",
                                     "Subject: =?utf-8?q?=",
                                     "Subject: =?utf-8?b?",
                                     "Subject: =?",
                                     "Date: Fri, (",
                                     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b",
                                     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b-",
                                     "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r",
                                     "A: b\r",
                                     "A",
                                     ":",
                                     "\r",
                                     "References: <",
                                     "In-Reply-To: <a@b",
                                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n=",
                                     "Content-Transfer-Encoding: quoted-printable\r\n\r\n=4",
                                     "Content-Transfer-Encoding: base64\r\n\r\nQ",
                                     "Content-Type: text/html\r\n\r\n<",
                                     "Content-Type: text/html\r\n\r\n&#",
                                     "Content-Type: text/html\r\n\r\n<!--"}) {
    for (std::size_t n = 0; n <= end.size(); ++n) {
      const std::vector<char> exact(end.begin(), end.begin() + static_cast<std::ptrdiff_t>(n));
      const std::string_view raw(exact.data(), exact.size());
      const auto summary = summarize(raw);
      EXPECT_EQ(summary.size, n);
      for (const auto& p : summary.message.parts) (void)body_text(raw, p);
    }
  }
}

TEST(MimeHostile, UnterminatedCommentsAndWordsAreLinear) {
  for (const std::string_view piece : {"(", "\"", "((a", "=?utf-8?q?", "=?", "<", "a@b:", "\\"})
    expect_linear(
        [piece](std::size_t n) { return cat("To: ", repeat(piece, n), "\r\nSubject: ", repeat(piece, n), "\r\n\r\n"); },
        60'000);
}

TEST(MimeHostile, BoundariesThatArePrefixesOfOthers) {
  // The inner boundary begins with the outer one's text: lines of the inner are not lines of the outer.
  const std::string raw =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=bb\r\n\r\n"
      "--bb\r\n\r\none\r\n--bbb\r\n--bb\r\n\r\ntwo\r\n--bb--\r\n--b\r\n\r\nthree\r\n--b--\r\n";
  const auto m = parse(raw);
  ASSERT_EQ(m.parts.size(), 5U);
  EXPECT_EQ(m.parts[0].children.size(), 2U);
  EXPECT_EQ(m.parts[1].children.size(), 2U);
  EXPECT_EQ(decoded_body(raw, m.parts[2]), "one\r\n--bbb");
  EXPECT_EQ(decoded_body(raw, m.parts[4]), "three");
  // Many open boundaries, each a prefix of the next, and lines that match none of them.
  expect_linear(
      [](std::size_t n) {
        std::string out;
        for (std::size_t i = 1; i < limits::k_mime_depth; ++i) {
          const std::string boundary(std::min<std::size_t>(i, 70), 'b');
          append(out, "Content-Type: multipart/mixed; boundary=", boundary, "\r\n\r\n--", boundary, "\r\n");
        }
        return out + "\r\n" + repeat(cat("--", std::string(71, 'b'), "\r\n"), n);
      },
      32'000);
}

TEST(MimeHostile, ABoundaryThatCutsAHeaderCutsItsMessageThere) {  // a find of the fuzzer
  const std::string raw =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: "
      "cut\r\n--b--\r\n";
  const auto m = parse(raw);
  ASSERT_EQ(m.parts.size(), 3U);
  EXPECT_EQ(m.envelope_of(1)->subject, "cut");
  EXPECT_EQ(raw.substr(m.parts[1].body_begin, m.parts[1].body_size()), "Subject: cut\r\n");
  EXPECT_EQ(m.parts[1].body_lines, 1U);
  EXPECT_EQ(m.parts[2].body_end, m.parts[1].body_end);
}

TEST(MimeHostile, HugeHeaders) {
  const auto one = [](std::size_t n) { return cat("Subject: ", std::string(n, 'x'), "\r\nTo: a@b\r\n\r\nbody\r\n"); };
  const auto many = [](std::size_t n) { return repeat("X: y\r\n", n / 6) + "\r\nbody\r\n"; };
  const auto m = parse(one(16 * 1024 * 1024));
  EXPECT_LE(m.envelope.subject.size(), limits::k_header_block_bytes);
  EXPECT_EQ(m.parts[0].body_lines, 1U);  // the body is where it is, whatever was indexed
  EXPECT_EQ(parse(many(6'000'000)).parts[0].body_lines, 1U);
  expect_linear(one, 16 * 1024 * 1024);
  expect_linear(many, 6'000'000);
}

}  // namespace
}  // namespace mailstead::mime

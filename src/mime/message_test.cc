#include "mime/message.h"

#include <gtest/gtest.h>

#include "base/ascii.h"
#include "mime/summary.h"

namespace mailstead::mime {
namespace {

// "multipart/mixed(text/plain text/html)": the tree in one line.
std::string tree(const Message& m, std::uint32_t at = 0) {
  const auto& p = m.parts[at];
  auto out = cat(p.type, '/', p.subtype);
  if (p.children.empty()) return out;
  out += '(';
  for (const auto c : p.children) append(out, c == p.children[0] ? "" : " ", tree(m, c));
  return out + ')';
}
std::string tree_of(std::string_view raw) {
  return tree(parse(raw));
}

std::string_view body_of(std::string_view raw, const Part& p) {
  return raw.substr(p.body_begin, p.body_size());
}

std::string section(std::string_view raw, std::vector<std::uint32_t> path, SectionText what) {
  const auto range = section_range(parse(raw), path, what);
  return range ? std::string(raw.substr(range->begin, range->size())) : "NIL";
}

// The structure of the example in RFC 9051 §6.4.5.1.
constexpr std::string_view k_sections =
    "Subject: root\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n"
    "--a\r\nContent-Type: text/plain\r\n\r\none\r\n"
    "--a\r\nContent-Type: application/octet-stream\r\n\r\ntwo\r\n"
    "--a\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: three\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    "--b\r\n\r\n3.1\r\n"
    "--b\r\nContent-Type: application/octet-stream\r\n\r\n3.2\r\n--b--\r\n"
    "--a\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    "--c\r\nContent-Type: image/gif\r\n\r\n4.1\r\n"
    "--c\r\nContent-Type: message/rfc822\r\n\r\n"
    "Subject: four two\r\nContent-Type: multipart/mixed; boundary=d\r\n\r\n"
    "--d\r\nContent-Type: text/plain\r\n\r\n4.2.1\r\n"
    "--d\r\nContent-Type: multipart/alternative; boundary=e\r\n\r\n"
    "--e\r\n\r\n4.2.2.1\r\n--e\r\nContent-Type: text/richtext\r\n\r\n4.2.2.2\r\n--e--\r\n"
    "--d--\r\n--c--\r\n--a--\r\n";

TEST(Message, SectionsOfRfc9051) {
  const auto m = parse(k_sections);
  EXPECT_EQ(tree(m),
            "multipart/mixed(text/plain application/octet-stream "
            "message/rfc822(multipart/mixed(text/plain application/octet-stream)) "
            "multipart/mixed(image/gif message/rfc822(multipart/mixed(text/plain "
            "multipart/alternative(text/plain text/richtext)))))");
  EXPECT_EQ(section(k_sections, {}, SectionText::body), k_sections);
  EXPECT_EQ(section(k_sections, {}, SectionText::header),
            "Subject: root\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n");
  EXPECT_EQ(section(k_sections, {1}, SectionText::body), "one");
  EXPECT_EQ(section(k_sections, {1}, SectionText::mime), "Content-Type: text/plain\r\n\r\n");
  EXPECT_EQ(section(k_sections, {1}, SectionText::header), "NIL");
  EXPECT_EQ(section(k_sections, {1, 1}, SectionText::body), "NIL");
  EXPECT_EQ(section(k_sections, {3}, SectionText::header),
            "Subject: three\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
  EXPECT_EQ(section(k_sections, {3, 1}, SectionText::body), "3.1");
  EXPECT_EQ(section(k_sections, {3, 1}, SectionText::mime), "\r\n");
  EXPECT_EQ(section(k_sections, {3, 2}, SectionText::body), "3.2");
  EXPECT_EQ(section(k_sections, {3, 3}, SectionText::body), "NIL");
  EXPECT_EQ(section(k_sections, {4, 2}, SectionText::mime), "Content-Type: message/rfc822\r\n\r\n");
  EXPECT_EQ(section(k_sections, {4, 2, 2, 1}, SectionText::body), "4.2.2.1");
  EXPECT_EQ(section(k_sections, {4, 2, 2, 2}, SectionText::body), "4.2.2.2");
  EXPECT_EQ(section(k_sections, {5}, SectionText::body), "NIL");
  EXPECT_EQ(section(k_sections, {0}, SectionText::body), "NIL");
  for (std::uint32_t i = 0; i < m.parts.size(); ++i) {
    std::vector<std::uint32_t> path;
    const auto text = section_path(m, i);
    for (std::size_t at = 0; at < text.size();
         at = text.find('.', at) == std::string::npos ? text.size() : text.find('.', at) + 1)
      path.push_back(static_cast<std::uint32_t>(std::stoul(text.substr(at))));
    const auto found = find_part(m, path);
    ASSERT_TRUE(found) << text;
    // The multipart inside a message has no number of its own: its path is the message's.
    EXPECT_TRUE(*found == i || m.parts[i].parent == static_cast<int>(*found)) << text;
  }
}

TEST(Message, SectionsOfAMessageThatIsOneLeafOrOneMessage) {
  constexpr std::string_view leaf = "Subject: x\r\n\r\nhello\r\n";
  EXPECT_EQ(section(leaf, {1}, SectionText::body), "hello\r\n");
  EXPECT_EQ(section(leaf, {}, SectionText::text), "hello\r\n");
  EXPECT_EQ(section(leaf, {1}, SectionText::mime), "Subject: x\r\n\r\n");
  EXPECT_EQ(section(leaf, {2}, SectionText::body), "NIL");
  EXPECT_EQ(section(leaf, {1, 1}, SectionText::body), "NIL");
  constexpr std::string_view message = "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nhello\r\n";
  EXPECT_EQ(section(message, {1}, SectionText::body), "Subject: in\r\n\r\nhello\r\n");
  EXPECT_EQ(section(message, {1, 1}, SectionText::body), "hello\r\n");
  EXPECT_EQ(section(message, {1}, SectionText::header), "Subject: in\r\n\r\n");
  EXPECT_EQ(section(message, {1}, SectionText::text), "hello\r\n");
  EXPECT_EQ(parse(message).envelope_of(0)->subject, "in");
}

TEST(Message, Rfc2046Example) {
  // RFC 2046 §5.1.1
  constexpr std::string_view raw =
      "From: Nathaniel Borenstein <nsb@bellcore.com>\r\nTo: Ned Freed <ned@innosoft.com>\r\n"
      "Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)\r\nSubject: Sample message\r\nMIME-Version: 1.0\r\n"
      "Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n\r\n"
      "This is the preamble.  It is to be ignored.\r\n\r\n--simple boundary\r\n\r\n"
      "This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.\r\n--simple boundary\r\n"
      "Content-type: text/plain; charset=us-ascii\r\n\r\nThis is explicitly typed plain US-ASCII text.\r\n"
      "It DOES end with a linebreak.\r\n\r\n--simple boundary--\r\n\r\nThis is the epilogue.  It is also to be "
      "ignored.\r\n";
  const auto m = parse(raw);
  ASSERT_EQ(tree(m), "multipart/mixed(text/plain text/plain)");
  EXPECT_EQ(body_of(raw, m.parts[1]),
            "This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.");
  EXPECT_EQ(m.parts[1].body_lines, 2U);
  EXPECT_EQ(body_of(raw, m.parts[2]),
            "This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n");
  EXPECT_EQ(m.parts[2].body_lines, 2U);
  EXPECT_EQ(m.parts[2].params, (Params{{"charset", "us-ascii"}}));
  EXPECT_EQ(m.parts[0].body_end, raw.size());
  EXPECT_EQ(m.parts[0].body_lines, 15U);
  ASSERT_EQ(m.envelope.from.size(), 1U);
  EXPECT_EQ(m.envelope.from[0], (Address{"Nathaniel Borenstein", "", "nsb", "bellcore.com"}));
  EXPECT_EQ(m.envelope.sender, m.envelope.from);
  EXPECT_EQ(m.envelope.date, "Sun, 21 Mar 1993 23:56:48 -0800 (PST)");
}

TEST(Message, Structure) {
  struct Row {
    std::string_view name, raw, tree;
  };
  const Row rows[] = {
      {"empty", "", "text/plain"},
      {"no empty line", "Subject: x", "text/plain"},
      {"body only", "\r\nbody", "text/plain"},
      {"bare LF", "Content-Type: multipart/mixed; boundary=a\n\n--a\n\nx\n--a\nContent-Type: text/html\n\ny\n--a--\n",
       "multipart/mixed(text/plain text/html)"},
      {"digest", "Content-Type: multipart/digest; boundary=a\r\n\r\n--a\r\n\r\nSubject: x\r\n\r\ny\r\n--a--",
       "multipart/digest(message/rfc822(text/plain))"},
      {"no boundary", "Content-Type: multipart/mixed\r\n\r\n--a\r\n\r\nx\r\n", "multipart/mixed(text/plain)"},
      {"boundary never found", "Content-Type: multipart/mixed; boundary=a\r\n\r\nx\r\n", "multipart/mixed(text/plain)"},
      {"only the end", "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a--\r\n", "multipart/mixed(text/plain)"},
      {"inner not closed",
       "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; "
       "boundary=b\r\n\r\n--b\r\n\r\nx\r\n--a\r\nContent-Type: image/png\r\n\r\ny\r\n--a--\r\n",
       "multipart/mixed(multipart/alternative(text/plain) image/png)"},
      {"one boundary is a prefix of the other",
       "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: multipart/alternative; "
       "boundary=ab\r\n\r\n"
       "--ab\r\n\r\nx\r\n--ab\r\n\r\ny\r\n--ab--\r\n--a--\r\n",
       "multipart/mixed(multipart/alternative(text/plain text/plain))"},
      {"boundary ends in --",
       "Content-Type: multipart/mixed; boundary=\"a--\"\r\n\r\n--a--\r\n\r\nx\r\n--a--\r\n\r\ny\r\n--a----\r\n",
       "multipart/mixed(text/plain text/plain)"},
      {"boundary with padding", "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a \t\r\n\r\nx\r\n--a-- \r\n",
       "multipart/mixed(text/plain)"},
      {"boundary in a header",
       "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: image/png\r\n--a\r\n\r\ny\r\n--a--\r\n",
       "multipart/mixed(image/png text/plain)"},
      {"empty message",
       "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n--a--\r\n",
       "multipart/mixed(message/rfc822(text/plain))"},
      {"message cut by a boundary",
       "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n--a--\r\n",
       "multipart/mixed(message/rfc822(text/plain))"},
      {"type is no token", "Content-Type: text/<b>\r\n\r\n", "text/plain"},
      {"type of one word", "Content-Type: foo\r\n\r\n", "text/plain"},
      {"type with comments", "Content-Type: (a) TEXT (b) / (c) HTML (d) ; charset=x\r\n\r\n", "text/html"},
      {"semicolon forgotten", "Content-Type: text/html charset=utf-8\r\n\r\n", "text/html"},
      {"second type is not taken", "Content-Type: text/html\r\nContent-Type: image/png\r\n\r\n", "text/html"},
      {"type with NUL", std::string_view("Content-Type: te\0xt/html\r\n\r\n", 27), "text/html"},
  };
  for (const auto& row : rows) EXPECT_EQ(tree_of(row.raw), row.tree) << row.name;
}

TEST(Message, NothingOfABrokenMultipartIsLost) {
  constexpr std::string_view raw = "Content-Type: multipart/mixed; boundary=a\r\n\r\nto read\r\n";
  const auto m = parse(raw);
  EXPECT_EQ(body_of(raw, m.parts[1]), "to read\r\n");
  EXPECT_EQ(m.parts[1].body_lines, 1U);
}

TEST(Message, Attachment) {
  const auto with = [](std::string_view header) {
    return parse(cat("Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nx\r\n--a\r\n", header,
                     "\r\n\r\ny\r\n--a--\r\n"))
        .has_attachment;
  };
  EXPECT_FALSE(with("Content-Type: text/html"));
  EXPECT_TRUE(with("Content-Type: text/html\r\nContent-Disposition: attachment"));
  EXPECT_TRUE(with("Content-Type: application/pdf"));
  EXPECT_TRUE(with("Content-Type: message/rfc822"));
  EXPECT_FALSE(with("Content-Type: application/pgp-signature"));
  EXPECT_FALSE(with("Content-Type: image/png\r\nContent-ID: <x@y>\r\nContent-Disposition: inline"));
}

TEST(Message, LimitsOfDepthAndParts) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    append(deep, "Content-Type: multipart/mixed; boundary=b", i, "\r\n\r\n--b", i, "\r\n");
  auto m = parse(deep);
  EXPECT_LE(m.parts.size(), limits::k_mime_depth + 1);
  std::string messages;
  for (int i = 0; i < 100'000; ++i) messages += "Content-Type: message/rfc822\r\n\r\n";
  m = parse(messages);
  EXPECT_LE(m.parts.size(), limits::k_mime_depth + 1);
  for (const auto& p : m.parts) EXPECT_EQ(p.children.size(), p.is_message() ? 1U : 0U);
  std::string same;  // one boundary for all levels
  for (int i = 0; i < 100'000; ++i) same += "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n";
  m = parse(cat("Content-Type: multipart/mixed; boundary=a\r\n\r\n", same));
  EXPECT_LE(m.parts.size(), limits::k_mime_parts + limits::k_mime_depth);
  std::string wide = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
  for (int i = 0; i < 100'000; ++i) wide += "--a\r\n\r\nx\r\n";
  m = parse(wide);
  EXPECT_GT(m.parts.size(), limits::k_mime_parts - 10);
  EXPECT_LE(m.parts.size(), limits::k_mime_parts + limits::k_mime_depth);
  EXPECT_EQ(m.parts.back().body_end, wide.size());
  std::string hollow = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
  for (int i = 0; i < 100'000; ++i) hollow += "--a\r\n";
  EXPECT_LE(parse(hollow).parts.size(), limits::k_mime_parts + limits::k_mime_depth);
  std::string both = "Content-Type: multipart/mixed; boundary=a\r\n\r\n";
  for (int i = 0; i < 50'000; ++i) both += "--a\r\nContent-Type: message/rfc822\r\n";
  EXPECT_LE(parse(both).parts.size(), limits::k_mime_parts + limits::k_mime_depth);
}

TEST(Message, HeadersOverTheLimitAreKeptNotRead) {
  const auto raw = cat("X: ", std::string(limits::k_header_block_bytes, 'x'), "\r\nSubject: late\r\n\r\nbody\r\n");
  const auto m = parse(raw);
  EXPECT_EQ(m.envelope.subject, "");
  EXPECT_EQ(body_of(raw, m.parts[0]), "body\r\n");
}

TEST(Message, EveryPrefixParsesWithoutSlack) {
  for (std::size_t n = 0; n <= k_sections.size(); ++n) {
    const std::unique_ptr<char[]> exact(new char[n]);
    std::copy_n(k_sections.data(), n, exact.get());
    const std::string_view raw(exact.get(), n);
    const auto s = summarize(raw);
    for (const auto& p : s.message.parts) {
      ASSERT_LE(p.header_begin, p.body_begin);
      ASSERT_LE(p.body_begin, p.body_end);
      ASSERT_LE(p.body_end, n);
    }
    const auto stored = encode(s);
    ASSERT_TRUE(stored);
    ASSERT_EQ(decode(*stored).value(), s);
  }
}

}  // namespace
}  // namespace mailstead::mime

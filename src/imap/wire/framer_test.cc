#include "imap/wire/framer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace mailstead::imap {
namespace {

// Everything a framer says about `bytes`, in chunks of the given sizes (then of the last one).
std::vector<std::string> events(std::string_view bytes, FrameLimits limits, std::vector<std::size_t> chunks = {}) {
  Framer framer(limits);
  std::vector<std::string> out;
  for (std::size_t i = 0; !bytes.empty();) {
    const auto size = chunks.empty() ? bytes.size() : std::max<std::size_t>(1, chunks[std::min(i, chunks.size() - 1)]);
    auto in = bytes.substr(0, size);
    bytes.remove_prefix(in.size());
    ++i;
    for (;;) {
      const auto event = framer.next(in);
      if (event == FrameEvent::need_more) break;
      if (event == FrameEvent::continuation) out.push_back("+" + std::to_string(framer.literal_size()));
      if (event == FrameEvent::error) {
        const auto& e = framer.error();
        out.push_back("E" + std::to_string(static_cast<int>(e.kind)) + (e.close ? "!" : "") + e.tag);
      }
      if (event == FrameEvent::command) {
        const auto c = framer.take();
        std::string s = c.text;
        for (const auto& l : c.literals) s += "|" + std::to_string(l.at) + (l.binary ? "~" : "") + "=" + l.bytes;
        out.push_back(s + (c.bare_lf ? "|lf" : "") + (c.foreign ? "|foreign" : ""));
      }
    }
  }
  return out;
}
const auto k_in = FrameLimits::after_login(100'000);
using Events = std::vector<std::string>;

TEST(Framer, Commands) {
  EXPECT_EQ(events("a NOOP\r\nb NOOP\r\nc", k_in), (Events{"a NOOP", "b NOOP"}));
  EXPECT_EQ(events("a NOOP\n", k_in), (Events{"a NOOP|lf"}));
  EXPECT_EQ(events("\r\n", k_in), (Events{""}));
}

TEST(Framer, Literals) {
  EXPECT_EQ(events("a LOGIN {3}\r\nfoo {3+}\r\nb\r\n\r\n", k_in), (Events{"+3", "a LOGIN {3} {3+}|11=foo|16=b\r\n"}));
  EXPECT_EQ(events("a LOGIN {0}\r\n {0+}\r\n\r\n", k_in), (Events{"+0", "a LOGIN {0} {0+}|11=|16="}));
  EXPECT_EQ(events("a APPEND x ~{2}\r\n\0\1\r\n", k_in), (Events{"+2"}));  // C string: cut at NUL
  EXPECT_EQ(events(std::string_view("a APPEND x ~{2}\r\n\0\1\r\n", 21), k_in),
            (Events{"+2", std::string("a APPEND x ~{2}|15~=\0\1", 22)}));
  // Not headers: in the middle, negative, empty, something behind.
  for (const std::string s : {"a {3} b", "a {-1}", "a {}", "a {+}", "a {3+} ", "a {3-}", "a 3}"})
    EXPECT_EQ(events(s + "\r\n", k_in), Events{s});
}

TEST(Framer, LiteralSizes) {
  // RFC 7888 §4: a synchronising literal that is too big is refused before it is sent, and the session goes on.
  for (const std::string n : {"1048577", "4294967295", "4294967296", "9223372036854775807", "18446744073709551615",
                              "18446744073709551616", "99999999999999999999999999"}) {
    EXPECT_EQ(events("a SEARCH TEXT {" + n + "}\r\nb NOOP\r\n", k_in), (Events{"E1a", "b NOOP"})) << n;
    EXPECT_EQ(events("a APPEND x {" + n + "}\r\nb NOOP\r\n", k_in), (Events{"E1a", "b NOOP"})) << n;
    // One that is not waited for would come as commands: close.
    EXPECT_EQ(events("a SEARCH TEXT {" + n + "+}\r\nb NOOP\r\n", k_in), (Events{"E1!a"})) << n;
  }
  EXPECT_EQ(events("a X {4097+}\r\n", k_in), (Events{"E1!a"}));  // LITERAL-
  EXPECT_EQ(events("a X {003}\r\nabc\r\n", k_in), (Events{"+3", "a X {003}|9=abc"}));
}

TEST(Framer, OnlyAppendMayBeBigAndOnlyAfterLogin) {
  EXPECT_EQ(events("a append {5}\r\nINBOX {100000}\r\n", k_in), (Events{"+5", "+100000"}));
  const auto small = FrameLimits{.args_bytes = 10, .message_bytes = 100};
  EXPECT_EQ(events("a APPEND {11}\r\n", small), (Events{"E1a"}));  // a mailbox name
  EXPECT_EQ(events("a APPEND b {11}\r\n", small), (Events{"+11"}));
  EXPECT_EQ(events("a APPENDX b {11}\r\n", small), (Events{"E1a"}));
  EXPECT_EQ(events("a APPEND b {60}\r\n" + std::string(60, 'x') + " {41}\r\n", small), (Events{"+60", "E1a"}));
  EXPECT_EQ(events("a APPEND b {100000}\r\n", FrameLimits{}), (Events{"E1a"}));
}

TEST(Framer, SumOfLiteralsHasALimit) {  // CVE-2024-34055
  std::string s = "a SEARCH";
  for (int i = 0; i < 300; ++i) s += " TEXT {4096+}\r\n" + std::string(4096, 'x');
  EXPECT_EQ(events(s + "\r\n", k_in), (Events{"E1!a"}));
}

TEST(Framer, EndlessInputCostsNothing) {  // CVE-2026-27857, CVE-2025-61600
  for (const char c : {'(', '[', '{', '<', '"', 'x', ' '}) {
    Framer framer;
    std::size_t errors = 0;
    const std::string chunk(64 * 1024, c);
    auto head = std::string_view("a NOOP ");
    EXPECT_EQ(framer.next(head), FrameEvent::need_more);
    for (int i = 0; i < 1024; ++i) {
      std::string_view in = chunk;
      while (framer.next(in) != FrameEvent::need_more) ++errors;
      ASSERT_LE(framer.partial().text.capacity(), 2 * limits::k_imap_line_preauth_bytes) << c;
    }
    EXPECT_EQ(errors, 1U) << c;
  }
}

TEST(Framer, Depth) {
  EXPECT_EQ(events("a X ((((()\r\nb NOOP\r\n", FrameLimits{}), (Events{"E2a", "b NOOP"}));
  EXPECT_EQ(events("a X (((()(\r\n", FrameLimits{}), (Events{"a X (((()("}));
  EXPECT_EQ(events("a X \"(((((((\"\r\n", FrameLimits{}), (Events{"a X \"(((((((\""}));
}

TEST(Framer, RefusedLines) {
  const std::string nul("a NO\0OP\r\nb NOOP\r\n", 17);
  EXPECT_EQ(events(nul, k_in), (Events{"E3a", "b NOOP"}));
  EXPECT_EQ(events("a " + std::string(70'000, 'x') + "\r\nb NOOP\r\n", k_in), (Events{"E0a", "b NOOP"}));
  // A literal behind a refused line must not be run as a command.
  EXPECT_EQ(events("a " + std::string(70'000, 'x') + "{8+}\r\nb NOOP\r\n", k_in), (Events{"E0!a"}));
  EXPECT_EQ(events("a " + std::string(70'000, 'x') + "{" + std::string(40, '0') + "8+}\r\nb NOOP\r\n", k_in),
            (Events{"E0!a"}));
  EXPECT_EQ(events("a " + std::string(70'000, 'x') + "{8}\r\nb NOOP\r\n", k_in), (Events{"E0a", "b NOOP"}));
}

TEST(Framer, ForeignProtocols) {
  for (const std::string s : {"GET / HTTP/1.1", "POST /x HTTP/1.0", "Host: x", "<x> NOOP", "EHLO me"})
    EXPECT_EQ(events(s + "\r\n", k_in), Events{s + "|foreign"});
  EXPECT_EQ(events("get NOOP\r\n", k_in), (Events{"get NOOP"}));
}

TEST(Framer, LineModeAndWhatIsLeft) {
  Framer framer;
  std::string_view in = "a AUTHENTICATE PLAIN\r\nAGEAYg==\r\nb STARTTLS\r\nx";
  EXPECT_EQ(framer.next(in), FrameEvent::command);
  framer.take();
  framer.expect_line(100);
  EXPECT_EQ(framer.next(in), FrameEvent::line);
  EXPECT_EQ(framer.take_line(), "AGEAYg==");
  EXPECT_EQ(framer.next(in), FrameEvent::command);
  EXPECT_EQ(framer.take().text, "b STARTTLS");
  EXPECT_EQ(in, "x");
  framer.expect_line(3);
  in = "{3+}\r\n";
  EXPECT_EQ(framer.next(in), FrameEvent::error);
}

TEST(Framer, RefusedLiteralIsForgotten) {
  Framer framer(k_in);
  std::string_view in = "a APPEND nowhere {10}\r\n";
  EXPECT_EQ(framer.next(in), FrameEvent::continuation);
  EXPECT_EQ(framer.partial().text, "a APPEND nowhere {10}");
  framer.refuse_literal();
  EXPECT_TRUE(framer.idle());
  in = "b NOOP\r\n";
  EXPECT_EQ(framer.next(in), FrameEvent::command);
}

TEST(Framer, MessagesMayBeBig) {
  const auto limits = FrameLimits::after_login(5'000'000);
  for (const std::string s : {"a APPEND x", "a APPEND {1+}\r\nx", "a REPLACE 4 x (\\Seen)", "a uid replace 4 x"})
    EXPECT_EQ(events(s + " {2000000}\r\n", limits), (Events{"+2000000"})) << s;
  for (const std::string s : {"a APPEND", "a REPLACE 4", "a UID REPLACE 4", "a UID FETCH 4 x", "a SEARCH TEXT x TEXT"})
    EXPECT_EQ(events(s + " {2000000}\r\n", limits), (Events{"E1a"})) << s;
}

TEST(Framer, TagsAndWords) {
  EXPECT_EQ(tag_of("a1 NOOP"), "a1");
  for (const std::string s : {"", " NOOP", "+ x", "a+ x", "* x", "a( x", "a\\ x", "a\" x", "a\xFF x"})
    EXPECT_EQ(tag_of(s), "*") << s;
  EXPECT_EQ(command_word("a uid fetch 1"), "FETCH");
  EXPECT_EQ(command_word("a"), "");
}

TEST(Framer, SplitsDoNotMatter) {
  const FrameLimits tight{.line_bytes = 30, .args_bytes = 12, .depth = 2, .non_sync_bytes = 6, .message_bytes = 20};
  rc::check([&] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "a ", "APPEND ", "x", "\"", "\\", "(", ")", "{3}\r\n", "{3+}\r\n", "~{2+}\r\n", "{0}\r\n", "{21}\r\n",
        "{7+}\r\n", "\r\n", "\n", "\r", "abc", " ", std::string(1, '\0'), "xxxxxxxxxxxxxxxxxxxx", "{", "}"));
    std::string bytes;
    for (const auto& p : pieces) bytes += p;
    const auto whole = events(bytes, tight);
    RC_ASSERT(events(bytes, tight, {1}) == whole);
    RC_ASSERT(events(bytes, tight,
                     *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(1, 9))) == whole);
  });
}

}  // namespace
}  // namespace mailstead::imap

#include <gtest/gtest.h>

#include "imap/wire/command.h"

namespace mailstead::imap {
namespace {

const ParseContext k_rev1{}, k_rev2{.utf8 = true};

Result<Command> parse_line(std::string_view line, const ParseContext& context = k_rev1) {
  Framer framer(FrameLimits::after_login(1 << 20));
  const std::string bytes = std::string(line) + "\r\n";
  std::string_view in = bytes;
  for (;;) {
    const auto event = framer.next(in);
    if (event == FrameEvent::continuation) continue;
    if (event != FrameEvent::command || !in.empty()) return fail(Errc::closed, "framing");
    auto raw = framer.take();
    return parse(raw, context);
  }
}

// Lines of the RFCs, and what clients send.
const std::string k_good[] = {
    "a NOOP",
    "a noop",
    "a CAPABILITY",
    "a LOGOUT",
    "a STARTTLS",
    "a NAMESPACE",
    "a IDLE",
    "a CHECK",
    "a CLOSE",
    "a UNSELECT",
    "a EXPUNGE",
    "a UID EXPUNGE 3000:3002",
    "a UID EXPUNGE $",
    "a ID NIL",
    "a ID ()",
    "a023 ID (\"name\" \"sodr\" \"version\" \"19.34\" \"vendor\" NIL)",
    "a AUTHENTICATE GSSAPI",
    "a AUTHENTICATE PLAIN dGVzdAB0ZXN0AHRlc3Q=",
    "a AUTHENTICATE EXTERNAL =",
    "a LOGIN SMITH SESAME",
    "a LOGIN \"a\\\"b\" \"\"",
    "a LOGIN {5}\r\nSMITH {6+}\r\nSESAME",
    "a ENABLE QRESYNC X-GOOD-IDEA",
    "a COMPRESS DEFLATE",
    "a SELECT inbox",
    "a EXAMINE blurdybloop",
    "a SELECT INBOX (CONDSTORE)",
    "a SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))",
    "a SELECT INBOX (QRESYNC (67890007 90060115194045000 41:211,214:541))",
    "a SELECT x (QRESYNC (1 0))",
    "a SELECT x (QRESYNC (67890007 90060115205545359 1:29997 (5000,7500,9000,9990:9999 15000,22500,27000,29970,29973,"
    "29976,29979,29982,29985,29988,29991,29994,29997)))",
    "a SELECT x (QRESYNC (1 2 (1:3 4:6)))",
    "a SELECT x (CONDSTORE QRESYNC (1 2))",
    "a CREATE owatagusiam/",
    "a CREATE MySpecial (USE (\\Drafts \\Sent))",
    "a DELETE foo/bar",
    "a RENAME INBOX old-mail",
    "a SUBSCRIBE \"#news\"",
    "a UNSUBSCRIBE x",
    "a STATUS blurdybloop (UIDNEXT MESSAGES)",
    "a STATUS x (MESSAGES RECENT UNSEEN UIDVALIDITY DELETED SIZE HIGHESTMODSEQ APPENDLIMIT MAILBOXID DELETED-STORAGE)",
    "a LIST \"\" \"\"",
    "a LIST \"\" *",
    "a LIST \"\" \"%/%\"",
    "a LIST /usr/staff/jones \"\"",
    "a LIST (SUBSCRIBED) \"\" \"*\"",
    "a LIST () \"\" (\"INBOX\" \"Drafts\" \"Sent/%\")",
    "a LIST (SUBSCRIBED REMOTE RECURSIVEMATCH SPECIAL-USE) \"\" % RETURN (CHILDREN SUBSCRIBED SPECIAL-USE)",
    "a LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN))",
    "a LIST \"\" % RETURN ()",
    "a SEARCH RETURN (CONTEXT COUNT) UNDELETED",
    "a UID SORT RETURN (UPDATE COUNT) (DATE) UTF-8 KEYWORD $Junk",
    "a SEARCH RETURN (COUNT UPDATE (UID BODY[HEADER.FIELDS (TO FROM SUBJECT)])) FROM boss",
    "a CANCELUPDATE \"B01\" \"B02\"",
    "a SETACL INBOX Fred \"\"",
    "a GENURLAUTH \"imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred\" INTERNAL x internal",
    "a URLFETCH \"imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:91354a47\" b",
    "a RESETKEY",
    "a RESETKEY INBOX",
    "a RESETKEY owner/calendar internal XSAMPLE",
    "a SETACL INBOX -fred@example.org +lrcd",
    "a SETACL \"Other Users/a@b/x\" anyone -lrswipkxtea",
    "a DELETEACL INBOX \"a b\"",
    "a GETACL INBOX",
    "a LISTRIGHTS ~/Mail/saved smith",
    "a MYRIGHTS INBOX",
    "a LIST \"\" \"%\" RETURN (MYRIGHTS SUBSCRIBED)",
    "a GETMETADATA \"\" /shared/comment",
    "a GETMETADATA \"INBOX\" (MAXSIZE 1024) (/shared/comment /private/comment)",
    "a GETMETADATA (DEPTH 1 MAXSIZE 0) \"INBOX\" (/private/filters/values)",
    "a GETMETADATA (DEPTH infinity) INBOX /private",
    "a SETMETADATA INBOX (/private/comment {2+}\r\nab /shared/Comment NIL /shared/x \"\")",
    "a LIST \"\" % RETURN (METADATA (\"/shared/vendor/cmu/cyrus-imapd/color\") CHILDREN)",
    "a SEARCH UIDAFTER 25000 UIDBEFORE 30000 UIDBEFORE 1 UIDAFTER 4294967295",
    "a SEARCH UID 300:900 FILTER on-the-road SINCE 3-Dec-2002",
    "a SEARCH RETURN (RELEVANCY ALL) FUZZY TEXT Helo",
    "a SEARCH FUZZY (FROM Dave NOT SINCE 21-Jan-2009) SEEN",
    "a SORT RETURN (PARTIAL 1:10 RELEVANCY) (RELEVANCY REVERSE DATE) UTF-8 FUZZY TEXT World",
    "a UIDBATCHES 2000",
    "a UIDBATCHES 2000 10:20",
    "a UID SEARCH RETURN (PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk",
    "a UID SEARCH RETURN (SAVE PARTIAL 500:400) ALL",
    "a UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-30 CHANGEDSINCE 98305)",
    "a NOTIFY NONE",
    "a NOTIFY SET STATUS (selected (MessageNew (uid body.peek[header.fields (from to subject)]) MessageExpunge)) "
    "(subtree (Lists x/y) (MessageNew MessageExpunge FlagChange)) (mailboxes misc (MailboxName SubscriptionChange))",
    "a NOTIFY SET (selected-delayed NONE) (personal (ServerMetadataChange)) (inboxes NONE) (subscribed NONE)",
    "a NOTIFY SET (selected MessageNew (uid) MessageExpunge)",
    "a LSUB \"#news.\" \"comp.mail.*\"",
    "a APPEND saved-messages (\\Seen) {3+}\r\nabc",
    "a REPLACE 4 Drafts (\\Seen \\Draft) {3+}\r\nabc",
    "a UID REPLACE * x \"07-Feb-1994 21:52:25 -0800\" CATENATE (URL \"/Drafts/;UID=3002\")",
    "a APPEND Drafts (\\Seen) CATENATE (URL \"/Drafts;UIDVALIDITY=1/;UID=20/;section=HEADER\" TEXT {2+}\r\nab "
    "URL {3+}\r\nabc TEXT {0+}\r\n)",
    "a APPEND x {0}\r\n",
    "a APPEND x () \" 7-Feb-1994 21:52:25 -0800\" {3+}\r\nabc",
    "a APPEND x (\\Seen) {1}\r\na (\\Draft k) {1}\r\nb",
    std::string("a APPEND x ~{3}\r\n\0\1\2", 20),
    "a APPEND x UTF8 (~{3}\r\nabc)",
    "a APPEND {5}\r\nINBOX {1}\r\na",
    "a SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
    "a SEARCH TEXT \"string not in mailbox\"",
    "a SEARCH CHARSET UTF-8 TEXT {12}\r\nабвгде",
    "a SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"",
    "a SEARCH RETURN () FLAGGED",
    "a UID SEARCH RETURN (SAVE) UNKEYWORD $Junk",
    "a SEARCH UID $ SMALLER 4096",
    "a SEARCH $ 1:*,5 UID 7:* *",
    "a SEARCH OR SEEN (DELETED NOT ANSWERED) HEADER Subject \"\"",
    "a SEARCH NEW OLD RECENT",
    "a SEARCH MODSEQ \"/flags/\\\\draft\" all 620162338",
    "a SEARCH MODSEQ 620162338 LARGER 50000",
    "a SEARCH UNSEEN YOUNGER 259200 OLDER 1",
    "a SEARCH SAVEDBEFORE 1-Jan-2020 SAVEDATESUPPORTED EMAILID M1 THREADID T1",
    "a SEARCH SENTON \"01-Jan-2020\" BCC a CC b TO c SUBJECT d BODY e KEYWORD f",
    "a ESEARCH IN (mailboxes \"folder1\" subtree \"folder2\") unseen",
    "a ESEARCH IN (mailboxes (\"folder1\" x) subtree-one \"folder2\") subject \"chad\"",
    "a ESEARCH IN (SELECTED inboxes personal subscribed) RETURN (MIN COUNT) CHARSET UTF-8 1:*",
    "a ESEARCH SEEN",
    "a SORT (SUBJECT) UTF-8 SINCE 1-Feb-1994",
    "a SORT (SUBJECT REVERSE DATE) UTF-8 ALL",
    "a SORT (REVERSE SIZE ARRIVAL CC FROM TO DISPLAYFROM REVERSE DISPLAYTO) US-ASCII TEXT \"not in mailbox\"",
    "a UID SORT RETURN (MIN MAX COUNT) (REVERSE DATE) UTF-8 UNDELETED UNKEYWORD $Junk",
    "a UID SORT RETURN () (REVERSE DATE) UTF-8 UNDELETED UNKEYWORD $Junk",
    "a SORT (DATE) KOI8-R BODY {2}\r\n\xC1\xC2",
    "a THREAD ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000",
    "a UID THREAD references US-ASCII TEXT \"gewp\"",
    "a LANGUAGE",
    "a LANGUAGE FR \"de-AT\" i-default",
    "a COMPARATOR",
    "a COMPARATOR \"cz;*\" i;basic",
    "a FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])",
    "a FETCH 1 ALL",
    "a FETCH 1 FULL",
    "a FETCH 1:* FAST",
    "a UID FETCH $ (FLAGS)",
    "a FETCH 1 BODY",
    "a FETCH 1 (BODY BODYSTRUCTURE ENVELOPE UID RFC822.SIZE INTERNALDATE)",
    "a FETCH 1 BODY[]",
    "a FETCH 1 BODY.PEEK[]<0.2048>",
    "a FETCH 1 BODY[3.HEADER]",
    "a FETCH 1 BODY[4.1.MIME]",
    "a FETCH 1 BODY[4.2.2.TEXT]",
    "a FETCH 1 BODY[HEADER]",
    "a FETCH 1 BODY[TEXT]",
    "a FETCH 1 BODY[1]",
    "a FETCH 1 BODY[1.HEADER.FIELDS.NOT (\"X\" y)]",
    "a FETCH 1 (RFC822 RFC822.HEADER RFC822.TEXT)",
    "a FETCH 1 (RFC822.PEEK RFC822)",
    "a FETCH 1 (BINARY[1.2]<0.5> BINARY.PEEK[] BINARY.SIZE[3])",
    "a FETCH 1 (PREVIEW EMAILID THREADID SAVEDATE MODSEQ)",
    "a FETCH 1 (PREVIEW (LAZY) FLAGS)",
    "a FETCH 1 PREVIEW (LAZY)",
    "a UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)",
    "a FETCH 1:* (FLAGS) (CHANGEDSINCE 12345)",
    "a STORE 2:4 +FLAGS (\\Deleted)",
    "a STORE 1 -FLAGS.SILENT \\Seen $Forwarded",
    "a UID STORE $ FLAGS ()",
    "a STORE 7,5,9 (UNCHANGEDSINCE 12121230045) +FLAGS.SILENT (\\Deleted)",
    "a UID STORE 4 +FLAGS (\\Deleted) (UNCHANGEDSINCE 19)",
    "a SELECT INBOX (ANNOTATE CONDSTORE)",
    "a FETCH 1 (ANNOTATION (/comment value))",
    "a UID FETCH 1123 (UID ANNOTATION (/* (value.priv size.priv)))",
    "a FETCH 1 ANNOTATION ((/comment \"/%\" *) (VALUE size))",
    "a STORE 1 ANNOTATION (/comment (value.priv \"x\" value.shared NIL) /1.2/flags/seen (value.priv \"1\"))",
    std::string("a UID STORE $ (UNCHANGEDSINCE 5) ANNOTATION (\"/vendor/a&b\" (value.shared ~{3}\r\na\0b))", 84),
    "a APPEND drafts (\\Seen) ANNOTATION (/comment (value.priv \"x\")) {2}\r\nab",
    "a REPLACE 1 drafts ANNOTATION (/comment (value.priv \"x\")) {2}\r\nab",
    "a SEARCH ANNOTATION /comment value \"IMAP4\"",
    "a SEARCH OR ANNOTATION * value.priv NIL NOT ANNOTATION \"/%\" VALUE.SHARED {1}\r\nx",
    "a SORT (ANNOTATION /altsubject value.shared REVERSE ANNOTATION /altsubject value.priv) UTF-8 ALL",
    "a COPY 2:4 MEETING",
    "a UID COPY 1:* x",
    "a MOVE 1 x",
    "a UID MOVE 42:69 foo",
    "a GETQUOTA \"\"",
    "a GETQUOTAROOT INBOX",
    "a SETQUOTA \"\" (STORAGE 512)",
    "a SETQUOTA \"!partition/sda4\" (STORAGE 99 MESSAGE 100)",
};

TEST(Parse, GoodLinesAndBack) {
  for (const auto& line : k_good) {
    const auto command = parse_line(line);
    ASSERT_TRUE(command) << line << ": " << command.error().detail;
    const auto printed = "b " + to_string(*command);
    const auto again = parse_line(printed);
    ASSERT_TRUE(again) << printed << ": " << again.error().detail;
    EXPECT_EQ(*again, *command) << line << "\n" << printed;
    EXPECT_EQ(to_string(*again), to_string(*command));
  }
}

TEST(Parse, NoBytesBehindOrCutOff) {
  for (const auto& line : k_good) {
    EXPECT_FALSE(parse_line(line + " ")) << line;
    EXPECT_FALSE(parse_line(line + "\x01")) << line;
  }
}

TEST(Parse, BadLines) {
  const std::string rows[] = {
      "",
      "a",
      "a ",
      " a NOOP",
      "a  NOOP",
      "a NOOP x",
      "a UID NOOP",
      "a UID",
      "a UID UID FETCH 1 UID",
      "a FOO",
      "+ NOOP",
      "a FETCH 1 ANNOTATION",
      "a FETCH 1 ANNOTATION /comment value",
      "a FETCH 1 (ANNOTATION (/comment))",
      "a FETCH 1 (ANNOTATION (/comment content-type))",
      "a FETCH 1 (ANNOTATION (/comment value.other))",
      "a FETCH 1 (ANNOTATION (/comment value.priv.shared))",
      "a FETCH 1 (ANNOTATION (comment value))",
      "a FETCH 1 (ANNOTATION (//comment value))",
      "a FETCH 1 (ANNOTATION (/comment/ value))",
      "a FETCH 1 (ANNOTATION (/0/comment value))",
      "a FETCH 1 (ANNOTATION (//* value))",
      "a FETCH 1 (ANNOTATION (() value))",
      "a STORE 1 ANNOTATION (/comment (value \"x\"))",
      "a STORE 1 ANNOTATION (/comment (size.priv \"1\"))",
      "a STORE 1 ANNOTATION (/com* (value.priv \"x\"))",
      "a STORE 1 ANNOTATION (/flags/seen (value.priv \"1\"))",
      "a STORE 1 ANNOTATION (/other (value.priv \"1\"))",
      "a STORE 1 ANNOTATION (/1/flags/seen (value.priv \"2\"))",
      "a STORE 1 ANNOTATION ()",
      "a STORE 1 ANNOTATION (/comment ())",
      "a STORE 1 +ANNOTATION (/comment (value.priv \"x\"))",
      "a SEARCH ANNOTATION /comment size \"1\"",
      "a SEARCH ANNOTATION /comment value",
      "a SORT (ANNOTATION /comment value) UTF-8 ALL",
      "a SORT (ANNOTATION /* value.priv) UTF-8 ALL",
      "a SORT (ANNOTATION /comment size.priv) UTF-8 ALL",
      "a LOGIN x",
      "a LOGIN x y z",
      "a LOGIN \"x y",
      "a LOGIN \"\\x\" y",
      "a LOGIN {1} y",
      "a LOGIN x {-1}",
      "a LOGIN \"\xFF\" y",
      "a LOGIN \xC3\xA9 y",
      "a LOGIN x \"{3}\r\nabc\"",
      "a LOGIN ~{1}\r\nx y",
      "a LOGIN x y{1}\r\nz",
      "a AUTHENTICATE",
      "a ENABLE",
      "a ENABLE  X",
      "a ID (\"a\")",
      "a ID (\"a\" \"b\"",
      "a SELECT",
      "a SELECT x ()",
      "a SELECT x (FOO)",
      "a SELECT x (QRESYNC (0 1))",
      "a SELECT x (QRESYNC (1 9223372036854775808))",
      "a SELECT x (QRESYNC (1 2 1:*))",
      "a SELECT x (QRESYNC (1 2 (1:2 3)))",
      "a CREATE x (USE \\Drafts)",
      "a STATUS x ()",
      "a STATUS x (FOO)",
      "a LIST \"\"",
      "a LIST (FOO) \"\" *",
      "a LIST (RECURSIVEMATCH) \"\" *",
      "a LIST \"\" ()",
      "a LIST \"\" * RETURN",
      "a LIST \"\" * RETURN (FOO)",
      "a APPEND x",
      "a APPEND x \"abc\"",
      "a APPEND x (\\Seen)",
      "a APPEND x \"31-Feb-2020 00:00:00 +0000\" {1}\r\na",
      "a APPEND x \"1-Jan-2020 00:00:00 +0000\" {1}\r\na",
      "a APPEND x \"01-Jan-2020 24:00:00 +0000\" {1}\r\na",
      std::string("a APPEND x {1}\r\n\0", 17),
      "a APPEND x UTF8 ({1}\r\na",
      "a SEARCH",
      "a SEARCH FOO",
      "a SEARCH ()",
      "a SEARCH NOT",
      "a SEARCH OR SEEN",
      "a SEARCH SINCE 32-Jan-2020",
      "a SEARCH SINCE 1-Foo-2020",
      "a SEARCH SINCE 1-Jan-20",
      "a SEARCH LARGER -1",
      "a SEARCH OLDER 0",
      "a SEARCH MODSEQ x",
      "a SEARCH RETURN (FOO) ALL",
      "a SEARCH TEXT {1}\r\n\xFF",
      "a ESEARCH",
      "a UID ESEARCH ALL",
      "a ESEARCH IN () ALL",
      "a ESEARCH IN (subtree) ALL",
      "a ESEARCH IN (mailboxes ()) ALL",
      "a ESEARCH IN (selected-delayed) ALL",
      "a ESEARCH IN (personal x) ALL",
      "a ESEARCH IN personal ALL",
      "a ESEARCH IN (personal (x y)) ALL",
      "a SORT () UTF-8 ALL",
      "a SORT (REVERSE) UTF-8 ALL",
      "a SORT (REVERSE REVERSE DATE) UTF-8 ALL",
      "a SORT (FOO) UTF-8 ALL",
      "a SORT DATE UTF-8 ALL",
      "a SORT (DATE) ALL",
      "a SORT (DATE) UTF-8",
      "a SORT RETURN (DATE) UTF-8 ALL",
      "a THREAD FOO UTF-8 ALL",
      "a THREAD REFERENCES UTF-8",
      "a THREAD REFERENCES ALL",
      "a UID LANGUAGE",
      "a LANGUAGE (DE)",
      "a FETCH 1",
      "a FETCH 0 FLAGS",
      "a FETCH 1: FLAGS",
      "a FETCH ,1 FLAGS",
      "a FETCH 1, FLAGS",
      "a FETCH 4294967296 FLAGS",
      "a FETCH -1 FLAGS",
      "a FETCH 01 FLAGS",
      "a FETCH 1:2:3 FLAGS",
      "a FETCH 1 ()",
      "a FETCH 1 (FLAGS",
      "a FETCH 1 FLAGS)",
      "a FETCH 1 (ALL FLAGS)",
      "a FETCH 1 BODY[",
      "a FETCH 1 BODY[0]",
      "a FETCH 1 BODY[1.]",
      "a FETCH 1 BODY[.1]",
      "a FETCH 1 BODY[MIME]",
      "a FETCH 1 BODY[FOO]",
      "a FETCH 1 BODY[]<0>",
      "a FETCH 1 BODY[]<0.0>",
      "a FETCH 1 BODY[]<-1.5>",
      "a FETCH 1 BODY[]<9223372036854775808.1>",
      "a FETCH 1 BODY[HEADER.FIELDS ()]",
      "a FETCH 1 BODY[HEADER.FIELDS]",
      "a FETCH 1 BINARY[TEXT]",
      "a FETCH 1 BINARY.SIZE[1]<0.1>",
      "a FETCH 1 FLAGS (VANISHED)",
      "a FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)",
      "a STORE 1 (UNCHANGEDSINCE 1) FLAGS () (UNCHANGEDSINCE 1)",
      "a STORE 1 FLAGS () ()",
      "a STORE 1 FLAGS",
      "a STORE 1 FOO (\\Seen)",
      "a STORE 1 FLAGS (\\Foo)",
      "a STORE 1 FLAGS (\\*)",
      "a STORE 1 (FOO 1) FLAGS ()",
      "a COPY 1",
      "a COPY x y",
      "a SETQUOTA x STORAGE 1",
      "a EXPUNGE 1",
      "a UID EXPUNGE",
      "a CREATE \"\"",
      "a CREATE a//b",
      "a CREATE a&AAAA-b",
      "a CREATE \"\xC3\xA9\"",
  };
  for (const auto& line : rows) EXPECT_FALSE(parse_line(line)) << line;
}

TEST(Parse, KindsOfError) {
  EXPECT_EQ(parse_line("a SEARCH CHARSET X-NOWHERE ALL").error().code, Errc::unsupported);
  EXPECT_EQ(parse_line("a SORT (DATE) X-NOWHERE ALL").error().code, Errc::unsupported);
  EXPECT_EQ(parse_line("a CREATE a//b").error().code, Errc::invalid);
  std::string nots = "a SEARCH ";
  for (int i = 0; i < 10'000; ++i) nots += "NOT ";
  EXPECT_EQ(parse_line(nots + "SEEN").error().code, Errc::too_big);
}

TEST(Parse, Values) {
  const auto fetch =
      std::get<Fetch>(*parse_line("a UID FETCH 5:* (UID BODY.PEEK[1.2.HEADER.FIELDS (Date)]<10.20> UID)"));
  EXPECT_TRUE(fetch.uid && std::get<UidSet>(fetch.set).to_string() == "5:*");
  ASSERT_EQ(fetch.items.size(), 2U);  // the second UID is the same
  EXPECT_EQ(fetch.items[1].section.part, (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(fetch.items[1].partial, (std::pair<std::uint64_t, std::uint64_t>(10, 20)));
  const auto append = std::get<Append>(*parse_line("a APPEND x \" 7-Feb-1994 21:52:25 -0800\" {1}\r\na"));
  EXPECT_EQ(append.messages[0].date, (std::pair<std::int64_t, std::int16_t>(760'686'745, -480)));
  EXPECT_EQ(std::get<Create>(*parse_line("a CREATE Entw&APw-rfe")).mailbox, "Entwürfe");
  EXPECT_EQ(std::get<Create>(*parse_line("a CREATE \"Entwürfe&x\"", k_rev2)).mailbox, "Entwürfe&x");
  EXPECT_EQ(std::get<Store>(*parse_line("a STORE 1 FLAGS (\\seen \\SEEN \\Recent k K)")).flags,
            (std::vector<std::string>{"\\Seen", "k"}));
  EXPECT_EQ(model::to_string(std::get<Search>(*parse_line("a SEARCH OR SEEN (1 NOT DELETED) FROM x")).query),
            "(OR SEEN (1 NOT DELETED) FROM \"x\")");
  const auto sort = std::get<Sort>(*parse_line("a UID SORT (DATE REVERSE DISPLAYTO date) UTF-8 SEEN"));
  EXPECT_TRUE(sort.uid && !sort.give);
  EXPECT_EQ(sort.keys, (std::vector<model::SortKey>{{model::SortBy::date, false}, {model::SortBy::display_to, true}}));
  EXPECT_EQ(std::get<Thread>(*parse_line("a THREAD references UTF-8 ALL")).by, model::Threading::references);
  const auto esearch = std::get<Esearch>(*parse_line("a ESEARCH IN (personal subtree-one (x inbox)) RETURN (MIN) ALL"));
  ASSERT_EQ(esearch.in.size(), 2U);
  EXPECT_EQ(esearch.in[0].kind, MailboxFilter::Kind::personal);
  EXPECT_EQ(esearch.in[1], (MailboxFilter{MailboxFilter::Kind::subtree_one, {"x", "INBOX"}}));
  EXPECT_TRUE(esearch.give && esearch.give->min && !esearch.give->all);
  // Texts come as UTF-8 from here on, whatever the client's charset.
  EXPECT_EQ(model::to_string(std::get<Search>(*parse_line("a SEARCH CHARSET KOI8-R BODY {2}\r\n\xC1\xC2")).query),
            "BODY \"аб\"");
}

}  // namespace
}  // namespace mailstead::imap

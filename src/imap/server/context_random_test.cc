// RFC 5267 §4.3: a client that does what ADDTO and REMOVEFROM say, and nothing else, has at any time what asking again
// would give. MAILSTEAD_OPS and MAILSTEAD_SEED make it longer, or the same again.
#include <algorithm>
#include <cstdlib>
#include <random>
#include <sstream>

#include "imap/server/client_fixture.h"

namespace mailstead::imap {
namespace {

using List = std::vector<std::uint32_t>;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

List numbers_of(std::string_view set) {
  List out;
  std::istringstream in{std::string(set)};
  for (std::string part; std::getline(in, part, ',');) {
    const auto colon = part.find(':');
    const auto first = std::stoul(part), last = colon == std::string::npos ? first : std::stoul(part.substr(colon + 1));
    for (auto n = first; n <= last; ++n) out.push_back(static_cast<std::uint32_t>(n));
  }
  return out;
}

// A client's copy of one result.
struct Copy {
  std::string tag;
  List list;

  void remove(std::size_t at, const List& what) {
    if (at == 0) {
      for (const auto n : what) {
        const auto found = std::find(list.begin(), list.end(), n);
        ASSERT_NE(found, list.end()) << n;
        list.erase(found);
      }
      return;
    }
    ASSERT_LE(at - 1 + what.size(), list.size());
    const auto from = list.begin() + static_cast<std::ptrdiff_t>(at - 1);
    ASSERT_TRUE(std::equal(what.begin(), what.end(), from));
    list.erase(from, from + static_cast<std::ptrdiff_t>(what.size()));
  }
  void add(std::size_t at, const List& what) {
    ASSERT_LE(at, list.size() + 1);
    if (at == 0) {
      list.insert(list.end(), what.begin(), what.end());
      std::sort(list.begin(), list.end());
    } else {
      list.insert(list.begin() + static_cast<std::ptrdiff_t>(at - 1), what.begin(), what.end());
    }
  }
  // "… REMOVEFROM (8 7 3 6,8) ADDTO (…)"
  void take(std::string_view line) {
    for (std::size_t at = 0; (at = std::min(line.find("ADDTO (", at), line.find("REMOVEFROM (", at))) != line.npos;) {
      const bool adds = line[at] == 'A';
      const auto open = line.find('(', at), close = line.find(')', at);
      std::istringstream in{std::string(line.substr(open + 1, close - open - 1))};
      std::size_t place = 0;
      for (std::string set; in >> place >> set;) adds ? add(place, numbers_of(set)) : remove(place, numbers_of(set));
      at = close;
    }
  }
};

struct ContextRandomTest : ClientTest {
  std::mt19937_64 random;
  Copy by_subject{"t3", {}}, flagged{"t4", {}}, seen{"t5", {}};  // UIDs, UIDs, and numbers of messages

  bool one_in(unsigned n) { return random() % n == 0; }

  // What the client hears, in its order.
  void hear(const std::string& out) {
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);) {
      for (auto* copy : {&by_subject, &flagged, &seen})
        if (line.find(cat("ESEARCH (TAG \"", copy->tag, "\")")) != std::string::npos) copy->take(line);
      std::uint32_t n = 0;
      if (std::sscanf(line.c_str(), "* %u EXPUNGE", &n) != 1 || line.find("EXPUNGE") == std::string::npos) continue;
      ASSERT_EQ(std::ranges::count(seen.list, n), 0) << "told as gone before REMOVEFROM";  // §4.3.4
      for (auto& number : seen.list) number -= number > n ? 1 : 0;
    }
  }
  List ask(Client& c, std::string_view command) {
    const auto out = c(command);
    hear(out);
    List list;
    for (const auto* word : {"* SEARCH ", "* SORT "})
      if (const auto at = out.find(word); at != std::string::npos) {
        std::istringstream in(out.substr(at + std::string_view(word).size()));
        for (std::uint32_t n = 0; in >> n;) list.push_back(n);
      }
    return list;
  }
  // Something happens to a message; the client's own doing, or another's.
  void change(Client& c) {
    const auto opened = *run(account->open(id("INBOX")));
    const auto& rows = *opened->rows;
    if (rows.size() < 5 || one_in(4)) {
      deliver(1 + random() % 3, "INBOX", cat("Subject: ", static_cast<char>('a' + random() % 5), "\r\n\r\nx\r\n"));
      return;
    }
    const auto uid = rows.uid_at(random() % rows.size());
    const std::string flag_name = std::vector<std::string>{"\\Flagged", "\\Seen", "\\Deleted"}[random() % 3];
    const bool on = !one_in(3);
    if (one_in(2)) {
      hear(c(cat("UID STORE ", uid, on ? " +" : " -", "FLAGS.SILENT (", flag_name, ")")));
    } else if (!one_in(4)) {
      ASSERT_TRUE(run(account->store_flags(id("INBOX"), uids({uid}),
                                           on ? account::FlagChange::add : account::FlagChange::remove, {flag_name}, {},
                                           actor)));
    } else if (one_in(2)) {
      remove(uids({uid}));
    } else {
      hear(c("EXPUNGE"));
    }
  }
};

TEST_F(ContextRandomTest, UpdatesAddUpToTheResult) {
  const auto seed = setting("MAILSTEAD_SEED", std::random_device()());
  SCOPED_TRACE(cat("MAILSTEAD_SEED=", seed));
  random.seed(seed);
  const auto c = login();
  deliver(3, "INBOX", "Subject: c\r\n\r\nx\r\n");
  (*c)("SELECT INBOX");
  (void)(*c)("UID SORT RETURN (UPDATE ALL) (SUBJECT REVERSE ARRIVAL) UTF-8 UNDELETED");
  by_subject.list = {1, 2, 3};
  (void)(*c)("UID SEARCH RETURN (UPDATE) FLAGGED");
  (void)(*c)("SEARCH RETURN (UPDATE) SEEN");
  const auto ops = setting("MAILSTEAD_OPS", 300);
  for (std::uint64_t i = 0; i < ops && !HasFailure(); ++i) {
    for (auto n = 1 + random() % 3; n > 0; --n) change(*c);
    hear((*c)("NOOP"));
    EXPECT_EQ(ask(*c, "UID SORT (SUBJECT REVERSE ARRIVAL) UTF-8 UNDELETED"), by_subject.list);
    EXPECT_EQ(ask(*c, "UID SEARCH FLAGGED"), flagged.list);
    EXPECT_EQ(ask(*c, "SEARCH SEEN"), seen.list);
  }
  EXPECT_FALSE(by_subject.list.empty());
}

}  // namespace
}  // namespace mailstead::imap

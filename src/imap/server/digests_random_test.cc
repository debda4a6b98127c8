// SORT, THREAD and SEARCH give the same from what is kept in memory (model/digests.h) as from the store, whatever has
// happened to the mailbox meanwhile. MAILSTEAD_OPS and MAILSTEAD_SEED make it longer, or the same again.
#include <cstdlib>
#include <random>

#include "imap/server/client_fixture.h"

namespace mailstead::imap {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

struct DigestsRandomTest : ClientTest {
  std::mt19937_64 random;

  std::size_t pick(std::size_t n) { return random() % n; }
  std::string word(std::initializer_list<const char*> of) { return *(of.begin() + pick(of.size())); }

  std::string mail() {
    std::string out;
    if (pick(8) != 0)
      append(out, "Subject: ", word({"", "Re: ", "Fwd: "}),
             word({"alpha", "Beta", "=?utf-8?Q?=C3=A4pfel?=", "", "Zoo"}), "\r\n");
    if (pick(8) != 0)
      append(out, "From: ", word({"Ann <ann@x>", "bob@y", "=?utf-8?Q?J=C3=B6rg?= <joe@z>", "\"\" <b@x>"}), "\r\n");
    if (pick(4) != 0) append(out, "To: ", word({"Zoe <z@x>, ann@x", "list:ann@x;", "bob@y"}), "\r\n");
    if (pick(4) == 0) append(out, word({"Cc", "Bcc"}), ": ", word({"ann@x", "Zoe <z@x>"}), "\r\n");
    if (pick(8) != 0)
      append(out, "Date: ", 1 + pick(28), " Jan 2022 10:00:00 ", word({"+0000", "-1100", "+1300"}), "\r\n");
    if (pick(8) != 0) append(out, "Message-ID: <", pick(60), "@x>\r\n");
    if (pick(2) == 0) append(out, "References: <", pick(60), "@x> <", pick(60), "@x>\r\n");
    return cat(out, "\r\nbody\r\n");
  }

  void change() {
    const auto opened = *run(account->open(id("INBOX")));
    const auto& rows = *opened->rows;
    if (rows.size() < 20 || pick(3) == 0) {
      for (auto n = 1 + pick(5); n-- > 0;) {
        const auto text = mail();
        account::NewMessage m{};
        m.content = text;
        m.internal_date = 1'640'995'200 + static_cast<std::int64_t>(pick(30 * 86'400));
        std::vector<account::NewMessage> one{std::move(m)};
        ASSERT_TRUE(run(account->append(id("INBOX"), std::move(one), actor)));
      }
      return;
    }
    const auto uid = rows.uid_at(pick(rows.size()));
    switch (pick(4)) {
      case 0:
        return flag(uids({uid}), {"\\Flagged"});
      case 1:
        return remove(uids({uid, uid + 1}));
      case 2:  // the same content again, under a later UID
        ASSERT_TRUE(run(account->copy(id("INBOX"), uids({uid}), id("INBOX"), actor)));
        return;
      default:
        ASSERT_TRUE(run(account->move(id("INBOX"), uids({uid}), id("Archive"), actor)));
    }
  }

  std::string search() {
    const auto key = [this] {
      return word({"ALL", "FLAGGED", "UNSEEN", "SENTSINCE 12-Jan-2022", "SENTBEFORE 9-Jan-2022", "SENTON 5-Jan-2022",
                   "SINCE 11-Jan-2022", "FROM ann", "FROM \"\"", "TO Zoe", "CC z", "BCC ann", "SUBJECT \"\"",
                   "SUBJECT alp", "FROM {2+}\r\n\xC3\xB6", "FUZZY FROM jorg", "LARGER 200", "HEADER Date Jan",
                   "BODY body"});
    };
    const auto some = cat(1 + pick(10), ":", 10 + pick(30));
    switch (pick(4)) {
      case 0:
        return cat("NOT ", key(), ' ', key());
      case 1:
        return cat("OR ", key(), " (", key(), ' ', key(), ')');
      case 2:
        return cat("UID ", some, ' ', key());
      default:
        return key();
    }
  }
  std::string question() {
    const auto sort_key = [this] {
      return cat(word({"", "REVERSE "}),
                 word({"ARRIVAL", "CC", "DATE", "DISPLAYFROM", "DISPLAYTO", "FROM", "SIZE", "SUBJECT", "TO"}));
    };
    switch (pick(4)) {
      case 0:
        return cat(word({"", "UID "}), "SEARCH CHARSET UTF-8 ", search());
      case 1:
        return cat(word({"", "UID "}), "THREAD ", word({"REFERENCES", "REFS", "ORDEREDSUBJECT"}), " UTF-8 ", search());
      case 2:
        return cat("SORT RETURN (MIN MAX ALL) (", sort_key(), ") UTF-8 ", search());
      default:
        return cat(word({"", "UID "}), "SORT (", sort_key(), ' ', sort_key(), ") UTF-8 ", search());
    }
  }
};

TEST_F(DigestsRandomTest, WarmIsAsCold) {
  const auto seed = setting("MAILSTEAD_SEED", std::random_device()());
  SCOPED_TRACE(cat("MAILSTEAD_SEED=", seed));
  random.seed(seed);
  const auto client = login();
  (*client)("SELECT INBOX");
  const auto opened = *run(account->open(id("INBOX")));
  model::DigestsRef warm;  // kept by us: what a session uses may be let go by its home
  std::size_t answers = 0, reused = 0;
  for (std::uint64_t n = setting("MAILSTEAD_OPS", 300); n-- > 0 && !HasFailure();) {
    for (auto k = pick(4); k-- > 0;) change();
    (*client)("NOOP");
    const auto command = question();
    SCOPED_TRACE(command);
    if (warm) opened->digests = warm, reused += warm->size();
    const auto from_memory = (*client)(command);
    if (const auto now = opened->digests.lock()) warm = now;
    opened->digests.reset();
    const auto from_store = (*client)(command);
    const auto without_tags = [](std::string text) {
      for (std::size_t at; (at = text.find("TAG \"t")) != std::string::npos;) text.erase(at, text.find(')', at) - at);
      return text;
    };
    ASSERT_EQ(without_tags(from_memory), without_tags(from_store));
    ASSERT_TRUE(has(from_memory, "t OK")) << from_memory;
    answers += has(from_memory, " 1") ? 1 : 0;
  }
  EXPECT_GT(answers, 0U);
  EXPECT_GT(reused, 0U);
}

}  // namespace
}  // namespace mailstead::imap

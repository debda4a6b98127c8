// RFC 5465: a client that listens to LIST and STATUS after NOTIFY, and asks nothing, knows at any time what asking
// would tell: the mailboxes, their messages and how many are unseen. MAILSTEAD_OPS and MAILSTEAD_SEED as elsewhere.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <sstream>

#include "imap/server/client_fixture.h"

namespace mailstead::imap {
namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

struct Counts {
  std::uint64_t messages = 0, unseen = 0;
  friend bool operator==(const Counts&, const Counts&) = default;
};
std::ostream& operator<<(std::ostream& out, const Counts& c) {
  return out << c.messages << '/' << c.unseen;
}

// What a client knows.
struct Known {
  std::map<std::string, Counts> mailboxes;

  void hear(const std::string& out) {
    std::istringstream in(out);
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("* LIST (")) list(line);
      if (line.starts_with("* STATUS ")) status(line);
    }
  }
  void list(const std::string& line) {
    const auto end = line.find(" \"/\" ");
    const auto attributes = line.substr(0, end);
    std::istringstream rest(line.substr(end + 5));
    std::string name;
    rest >> name;
    if (const auto at = line.find("(\"OLDNAME\" ("); at != std::string::npos) {
      const auto from = at + 12;
      const auto old = line.substr(from, line.find(')', from) - from);
      std::map<std::string, Counts> moved;
      for (auto i = mailboxes.begin(); i != mailboxes.end();) {
        if (i->first == old || i->first.starts_with(old + "/")) {
          moved[name + i->first.substr(old.size())] = i->second;
          i = mailboxes.erase(i);
        } else {
          ++i;
        }
      }
      for (const auto& [n, c] : moved) mailboxes[n] = c;
    }
    if (attributes.find("\\NonExistent") != std::string::npos || attributes.find("\\Noselect") != std::string::npos)
      mailboxes.erase(name);
    else
      mailboxes.try_emplace(name);
  }
  void status(const std::string& line) {
    std::istringstream in(line.substr(9));
    std::string name, word;
    in >> name;
    auto& counts = mailboxes[name];
    std::uint64_t n = 0;
    for (in.ignore(2); in >> word >> n; in.ignore(1)) {
      if (word == "MESSAGES") counts.messages = n;
      if (word == "UNSEEN") counts.unseen = n;
    }
  }
};

struct NotifyRandomTest : ClientTest {
  std::mt19937_64 random;
  std::string done;  // in this round

  std::string any_name() {
    static const std::vector<std::string> names{"a", "b", "c", "a/x", "b/x", "a/x/y", "d"};
    return names[random() % names.size()];
  }
  void create(const std::string& name) {
    if (run(account->create(name, std::nullopt, actor))) append(done, "create ", name, "; ");
  }
  void rename(const std::string& from, const std::string& to) {
    if (run(account->rename(from, to, actor))) append(done, "rename ", from, " to ", to, "; ");
  }
  // By somebody else; what cannot be done is not done.
  void change() {
    const auto& all = account->mailboxes();
    const auto* m = all[random() % all.size()];
    const auto name = m->name;
    switch (random() % 8) {
      case 0:
        return create(any_name());
      case 1:
        if (run(account->remove(name, actor))) append(done, "delete ", name, "; ");
        return;
      case 2:
        if (name != "INBOX") rename(name, any_name());
        return;
      case 3:
        if (random() % 8 == 0) rename("INBOX", any_name());
        return;
      default:
        if (!m->selectable) return;
        append(done, "messages of ", name, "; ");
        if (m->messages < 3) return deliver(1 + random() % 2, name);
        const auto opened = *run(account->open(m->id));
        const auto uid = opened->rows->uid_at(random() % opened->rows->size());
        if (random() % 2 == 0)
          flag(uids({uid}), {"\\Seen"}, name);
        else
          remove(uids({uid}), name);
    }
  }
  std::map<std::string, Counts> truth() {
    std::map<std::string, Counts> out;
    for (const auto* m : account->mailboxes())
      if (m->selectable) out[m->name] = {m->messages, m->unseen};
    return out;
  }
};

TEST_F(NotifyRandomTest, WhoListensKnowsAll) {
  const auto seed = setting("MAILSTEAD_SEED", std::random_device()());
  SCOPED_TRACE(cat("MAILSTEAD_SEED=", seed));
  random.seed(seed);
  const auto c = login();
  Known known;
  known.mailboxes = truth();
  (*c)("NOTIFY SET (PERSONAL (MessageNew MessageExpunge FlagChange MailboxName))");
  const auto ops = setting("MAILSTEAD_OPS", 300);
  std::string heard;
  for (std::uint64_t i = 0; i < ops && !HasFailure(); ++i) {
    heard.clear();
    done.clear();
    // One after the other, as they happen; or several, of which the session learns at once.
    if (random() % 2 == 0) {
      for (auto n = 1 + random() % 3; n > 0; --n) {
        change();
        heard += c->pending();
      }
    } else {
      for (auto n = 1 + random() % 4; n > 0; --n) change();
    }
    heard += (*c)("NOOP");
    known.hear(heard);
    EXPECT_EQ(known.mailboxes, truth()) << done << "\n" << heard;
  }
}

}  // namespace
}  // namespace mailstead::imap

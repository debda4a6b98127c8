// RFC 9585.
#include "imap/server/client_fixture.h"

namespace mailstead::imap {
namespace {

// Whoever looks at it finds that three seconds have passed.
class SlowClock final : public Clock {
 public:
  std::int64_t now_ms() const override { return ms_ += 3000; }

 private:
  mutable std::int64_t ms_ = 1'800'000'000'000;
};

struct InProgressTest : ClientTest {
  SlowClock slow;
  Context slow_context{rt, directory, authenticator, accounts, slow, "mail.example.org", nullptr, true};
  bool is_slow = true;

  Context& served() override { return is_slow ? slow_context : context; }
};

TEST_F(InProgressTest, LongSearchesTellHowFarTheyAre) {  // §3.1, §4
  deliver(3000);
  const auto c = login();
  EXPECT_TRUE(has((*c)("CAPABILITY"), " INPROGRESS"));
  (*c)("SELECT INBOX");
  const auto mailbox = *run(account->open(id("INBOX")));
  for (const auto* command : {"SEARCH BODY nowhere", "SORT (SUBJECT) UTF-8 ALL", "THREAD REFERENCES UTF-8 ALL"}) {
    mailbox->digests.reset();  // what the one before has read would make it short
    const auto out = (*c)(command);
    EXPECT_GE(count(out, "* OK [INPROGRESS (\"t"), 2U) << out;
    EXPECT_TRUE(has(out, " 3000)] ")) << out;
    std::size_t before = 0;
    for (auto at = out.find("[INPROGRESS"); at != std::string::npos; at = out.find("[INPROGRESS", at + 1)) {
      const auto done = std::stoul(out.substr(out.find("\" ", at) + 2));
      EXPECT_GT(done, before);
      EXPECT_LE(done, 3000U);
      before = done;
    }
  }
}

TEST_F(InProgressTest, ShortOnesDoNot) {
  is_slow = false;
  deliver(3000);
  const auto c = login();
  (*c)("SELECT INBOX");
  EXPECT_EQ((*c)("SEARCH BODY nowhere"), "* SEARCH\r\nt OK Done\r\n");
}

}  // namespace
}  // namespace mailstead::imap

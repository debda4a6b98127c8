#include "model/view.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace mailstead::model {
namespace {

struct Uids {
  std::vector<std::uint32_t> v;
  std::size_t size() const { return v.size(); }
  std::uint32_t uid_at(std::size_t i) const { return v.at(i); }
  std::size_t rank(std::uint32_t uid) const {
    return static_cast<std::size_t>(std::lower_bound(v.begin(), v.end(), uid) - v.begin());
  }
  bool contains(std::uint32_t uid) const { return std::binary_search(v.begin(), v.end(), uid); }
};

TEST(View, ExpungedMessagesKeepTheirNumbersUntilTold) {
  Uids index{{10, 20, 30}};
  View view;
  EXPECT_EQ(view.announce(index), 3U);
  view.note_expunged(Uid(20));
  index.v = {10, 30, 40};
  EXPECT_EQ(view.exists(index), 3U);  // 40 is not told, 20 is still numbered
  EXPECT_EQ(view.uid_of(index, SeqNum(2)), Uid(20));
  EXPECT_EQ(view.seq_of(index, Uid(30)), SeqNum(3));
  EXPECT_EQ(view.seq_of(index, Uid(40)), std::nullopt);
  EXPECT_EQ(view.take_expunges(index), std::vector{SeqNum(2)});
  EXPECT_EQ(view.announce(index), 3U);
  EXPECT_EQ(view.announce(index), std::nullopt);
}

TEST(View, NeverToldNeverExpunged) {
  Uids index{{1, 2}};
  View view;
  view.announce(index);
  index.v = {1, 2, 3};
  view.note_expunged(Uid(3));
  index.v = {1, 2};
  EXPECT_FALSE(view.has_pending());
  EXPECT_EQ(view.announce(index), std::nullopt);
}

TEST(View, LargestUid) {
  Uids index{{0xFFFFFFFF}};
  View view;
  EXPECT_EQ(view.announce(index), 1U);
  EXPECT_EQ(view.exists(index), 1U);
  EXPECT_EQ(view.uid_of(index, SeqNum(1)), Uid(0xFFFFFFFF));
}

TEST(View, SetsOfNumbers) {
  Uids index{{10, 20, 30, 40}};
  View view;
  view.announce(index);
  view.note_expunged(Uid(30));
  index.v = {10, 20, 40, 50};
  NumSet<SeqNum> set(SeqNum(1), SeqNum(2));
  set.insert_star();
  EXPECT_EQ(view.uids_of(index, set)->to_string(), "10:20,40");
  EXPECT_FALSE(view.uids_of(index, NumSet<SeqNum>(SeqNum(5))));
}

TEST(View, StarIsTheHighestUidInUse) {
  Uids index{{10, 20, 30}};
  View view;
  EXPECT_EQ(view.highest_uid(index), Uid());
  view.announce(index);
  EXPECT_EQ(view.highest_uid(index), Uid(30));
  view.note_expunged(Uid(30));
  index.v = {10, 20, 40};
  EXPECT_EQ(view.highest_uid(index), Uid(30));  // not yet told that it is gone
  view.take_expunges(index);
  EXPECT_EQ(view.highest_uid(index), Uid(20));  // nor that 40 is there
  view.announce(index);
  EXPECT_EQ(view.highest_uid(index), Uid(40));
}

// Random deliveries, removals and tellings; the model is what a client does with the lines: a plain vector of UIDs.
TEST(View, AgreesWithANaiveClient) {
  rc::check([] {
    Uids index;
    View view;
    std::vector<std::uint32_t> client;
    std::uint32_t next = 1;
    for (int step = *rc::gen::inRange(0, 60); step > 0; --step) {
      switch (*rc::gen::inRange(0, 5)) {
        case 0:
        case 1:
          next += *rc::gen::inRange<std::uint32_t>(1, 4);
          index.v.push_back(next);
          break;
        case 2:
          if (!index.v.empty()) {
            const auto at = *rc::gen::inRange<std::size_t>(0, index.v.size());
            view.note_expunged(Uid(index.v[at]));
            index.v.erase(index.v.begin() + static_cast<std::ptrdiff_t>(at));
          }
          break;
        case 3:
          for (auto seq : view.take_expunges(index)) {
            RC_ASSERT(seq.value >= 1 && seq.value <= client.size());
            client.erase(client.begin() + seq.value - 1);
          }
          break;
        case 4: {
          const auto before = view.last_uid();
          if (const auto exists = view.announce(index)) {
            for (auto uid : index.v)
              if (uid > before.value) client.push_back(uid);
            RC_ASSERT(*exists == client.size());
          }
          break;
        }
      }
      RC_ASSERT(view.exists(index) == client.size());
      for (std::uint32_t i = 0; i < client.size(); ++i) {
        RC_ASSERT(view.uid_of(index, SeqNum(i + 1)) == Uid(client[i]));
        RC_ASSERT(view.seq_of(index, Uid(client[i])) == SeqNum(i + 1));
      }
      RC_ASSERT(!view.uid_of(index, SeqNum(static_cast<std::uint32_t>(client.size()) + 1)));
    }
  });
}

}  // namespace
}  // namespace mailstead::model

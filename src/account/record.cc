#include "account/record.h"

#include "base/codec.h"

namespace mailstead::account {
namespace {

constexpr std::uint8_t k_version = 1;

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

Result<Effect> read_effect(Reader& r) {
  const auto kind = r.u8();
  switch (kind) {
    case 1: {
      const auto mailbox = r.u32be();
      return MailboxPut{mailbox, std::string(r.str())};
    }
    case 2:
      return MailboxGone{r.u32be(), {}};
    case 3: {
      const auto mailbox = r.u32be(), uid = r.u32be();
      return RowPut{mailbox, uid, std::string(r.str())};
    }
    case 4: {
      const auto mailbox = r.u32be(), uid = r.u32be();
      return RowGone{mailbox, uid, r.varint()};
    }
    case 5: {
      const bool on = r.u8() != 0;
      return SubscriptionSet{on, std::string(r.str())};
    }
    case 6: {
      const auto mailbox = r.u32be(), uid = r.u32be();
      std::string value(r.str());
      const auto how = r.u8();
      const auto from = r.varint();
      if (how > Origin::restored) return fail(Errc::corrupt, "change record: unknown origin");
      return RowPut{mailbox, uid, std::move(value),
                    Origin{static_cast<Origin::How>(how), from, static_cast<std::uint32_t>(r.varint())}};
    }
    case 7: {
      const auto mailbox = r.u32be(), uid = r.u32be();
      const auto number = r.varint(), content = r.varint();
      return RowGone{mailbox, uid, number, content, r.varint()};
    }
    case 8: {
      const auto mailbox = r.u32be();
      return MailboxGone{mailbox, std::string(r.str())};
    }
    case 9: {
      const auto number = r.varint();
      return RemovedGone{number, r.varint()};
    }
    case 10: {
      const auto device = r.u32be(), mailbox = r.u32be();
      std::string retrieved(r.str());
      return DeviceSeen{device, mailbox, std::move(retrieved), std::string(r.str())};
    }
    case 11:
      return OptionsPut{std::string(r.str())};
    case 12: {
      const auto mailbox = r.u32be();
      return AnnotationSet{mailbox, std::string(r.str())};
    }
    case 13: {
      const auto mailbox = r.u32be();
      return SharingSet{mailbox, std::string(r.str())};
    }
    case 16: {
      const auto mailbox = r.u32be();
      const auto from = r.varint(), to = r.varint();
      std::string uids(r.str());
      return FlagsPut{mailbox, from, to, std::move(uids), std::string(r.str())};
    }
    case 17: {
      const auto mailbox = r.u32be();
      return BlocksPut{mailbox, std::string(r.str())};
    }
    case 20: {
      MessageAnnotated out{r.u32be(), 0, {}, {}};
      out.uid = r.u32be();
      out.user = r.str();
      for (auto n = r.varint(); n > 0 && !r.bad(); --n) out.entries.emplace_back(r.str());
      return out;
    }
    default:
      return fail(Errc::corrupt, "change record: unknown effect");
  }
}

}  // namespace

std::string encode_record(const ChangeRecord& record) {
  Writer w;
  w.u8(k_version).svarint(record.time).str(record.state).varint(record.entries.size());
  for (const auto& entry : record.entries) {
    w.str(entry.kind).str(entry.actor.device).str(entry.actor.protocol).str(entry.actor.address);
    w.varint(entry.effects.size());
    for (const auto& effect : entry.effects)
      std::visit(Overloaded{[&](const MailboxPut& e) { w.u8(1).u32be(e.mailbox).str(e.value); },
                            [&](const MailboxGone& e) { w.u8(8).u32be(e.mailbox).str(e.name); },
                            [&](const RowPut& e) {
                              w.u8(6).u32be(e.mailbox).u32be(e.uid).str(e.value);
                              w.u8(e.origin.how).varint(e.origin.from).varint(e.origin.from_uid);
                            },
                            [&](const RowGone& e) {
                              w.u8(7).u32be(e.mailbox).u32be(e.uid).varint(e.removed).varint(e.content).varint(e.flags);
                            },
                            [&](const SubscriptionSet& e) { w.u8(5).u8(e.on ? 1 : 0).str(e.name); },
                            [&](const RemovedGone& e) { w.u8(9).varint(e.number).varint(e.content); },
                            [&](const DeviceSeen& e) {
                              w.u8(10).u32be(e.device).u32be(e.mailbox).str(e.retrieved).str(e.hidden);
                            },
                            [&](const OptionsPut& e) { w.u8(11).str(e.value); },
                            [&](const AnnotationSet& e) { w.u8(12).u32be(e.mailbox).str(e.name); },
                            [&](const SharingSet& e) { w.u8(13).u32be(e.mailbox).str(e.value); },
                            [&](const FlagsPut& e) {
                              w.u8(16).u32be(e.mailbox).varint(e.from).varint(e.to).str(e.uids).str(e.contents);
                            },
                            [&](const BlocksPut& e) { w.u8(17).u32be(e.mailbox).str(e.blocks); },
                            [&](const MessageAnnotated& e) {
                              w.u8(20).u32be(e.mailbox).u32be(e.uid).str(e.user).varint(e.entries.size());
                              for (const auto& name : e.entries) w.str(name);
                            }},
                 effect);
  }
  return w.take();
}

Result<ChangeRecord> decode_record(std::string_view bytes) {
  Reader r(bytes);
  if (r.u8() != k_version) return fail(Errc::corrupt, "change record: unknown version");
  ChangeRecord record;
  record.time = r.svarint();
  record.state = r.str();
  for (auto n = r.varint(); n > 0 && !r.bad(); --n) {
    auto& entry = record.entries.emplace_back();
    entry.kind = r.str();
    entry.actor.device = r.str();
    entry.actor.protocol = r.str();
    entry.actor.address = r.str();
    for (auto m = r.varint(); m > 0 && !r.bad(); --m) {
      TRY(auto effect, read_effect(r));
      entry.effects.push_back(std::move(effect));
    }
  }
  if (!r.done()) return fail(Errc::corrupt, "change record");
  return record;
}

}  // namespace mailstead::account

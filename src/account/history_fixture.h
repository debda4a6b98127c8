// What really happened to an account, told by its change records alone, and held against what sessions were told. A
// simple model: ordered maps, nothing shared with the account's own code but the codecs.
//
// Invariants are numbered as in the project's list of them. Those of the account: I1 UIDs ascend, are never reused;
// I2 UIDNEXT; I3 UIDVALIDITY; I4 a message never changes; I7 MODSEQ; I8 UNCHANGEDSINCE; I10 COPYUID, MOVE; I11 flag
// changes are atomic; I13 counts (STATUS); I16 quota; I18 MULTIAPPEND; I21 mailbox ids are stable. Those of views are
// checked by the sessions of two_nodes_test.cc: I5 sequence numbers, I9 changes since, I14 all agree. Not of this
// level: I6 (when EXPUNGE may be sent) and I12 (SEARCH) are the IMAP session's.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "account/account.h"
#include "account/keys.h"
#include "account/record.h"
#include "base/ascii.h"
#include "base/codec.h"

namespace mailstead::account {

// What a session asked of an account, and what it was told.
struct Asked {
  enum Kind : std::uint8_t {
    append,
    flags,
    copy,
    move,
    expunge,
    replace,
    annotate,
    create,
    remove,
    rename,
    restore
  } kind = append;
  std::uint64_t account = 0;
  std::uint32_t mailbox = 0, target = 0;
  UidSet uids;
  FlagChange change = FlagChange::add;
  std::vector<std::string> words;  // flags; or name, new name
  std::optional<std::uint64_t> unchanged_since;
  bool deleted_only = false;
  std::vector<store::BlobId> blobs;    // of the messages to append
  std::uint64_t began = 0, ended = 0;  // the version that the node knew before and after
  // Told.
  bool done = false;
  std::optional<Errc> error;
  std::uint32_t uidvalidity = 0;
  std::vector<Uid> from, to;  // copy, move; `to` alone: append, flags changed, expunged
  std::vector<Uid> modified;
};

// All that was asked, by number; the number is the device of the change records. Any thread.
class Ledger {
 public:
  std::size_t ask(Asked a) {
    std::lock_guard lock(mutex_);
    asked_.push_back(std::move(a));
    return asked_.size() - 1;
  }
  template <class F>
  void answer(std::size_t number, F&& fill) {
    std::lock_guard lock(mutex_);
    fill(asked_[number]);
    asked_[number].done = true;
  }
  const Asked& at(std::size_t number) const { return asked_[number]; }  // while nobody asks
  std::size_t size() const { return asked_.size(); }

 private:
  std::mutex mutex_;
  std::deque<Asked> asked_;
};

class History {
 public:
  struct Message {
    std::uint64_t content = 0, modseq = 0;
    std::uint32_t size = 0, uidvalidity = 0;
    std::int64_t internal_date = 0;
    std::uint64_t born = 0, died = 0;                            // versions; died 0: alive
    std::vector<std::pair<std::uint64_t, std::uint64_t>> flags;  // since version, bits
    bool alive() const { return died == 0; }
    bool alive_in(std::uint64_t from, std::uint64_t to) const { return born <= from && (died == 0 || died > to); }
    std::uint64_t flags_at(std::uint64_t version) const {
      std::uint64_t bits = 0;
      for (const auto& [since, b] : flags)
        if (since <= version) bits = b;
      return bits;
    }
  };
  struct Box {
    Mailbox now;
    bool gone = false;
    std::map<std::uint32_t, Message> messages;  // that were there since forget()
    std::uint32_t last_uid = 0;                 // of all times
  };
  // What one asked-for operation did.
  struct Did {
    std::vector<std::uint64_t> versions;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> put, left;  // mailbox, uid
    std::vector<std::string> names;                                  // of mailboxes put
    std::vector<std::uint32_t> boxes_gone;
  };

  History(const Ledger& ledger, std::uint64_t account, std::vector<std::string>& broken)
      : ledger_(ledger), account_(account), broken_(broken) {}

  std::uint64_t version() const { return version_; }
  const std::map<std::uint32_t, Box>& boxes() const { return boxes_; }
  const std::map<std::uint64_t, std::uint64_t>& removed() const { return removed_; }  // number → content
  const Did& did(std::size_t number) const {
    static const Did nothing;
    const auto found = did_.find(number);
    return found == did_.end() ? nothing : found->second;
  }

  void replay(const store::Record& record) {
    expect(record.version == version_ + 1, "records: a gap");
    version_ = record.version;
    const auto change = decode_record(record.bytes);
    if (!expect(change.has_value(), "record cannot be decoded")) return;
    const auto before = keywords_and_uidnext(*change);
    for (const auto& entry : change->entries) replay(entry, before);
    settle(*change);
  }

  // What left before now is of no use for what is asked from now on.
  void forget() {
    for (auto& [id, box] : boxes_) std::erase_if(box.messages, [](const auto& m) { return !m.second.alive(); });
    did_.clear();
  }

  // What a session was told of `number`, held against what happened.
  void judge(std::size_t number) {
    const auto& a = ledger_.at(number);
    const auto& did = this->did(number);
    if (a.account != account_ || !expect(a.done, cat("operation ", number, " was never answered"))) return;
    if (a.error) {
      // S2: refused means not done; only "unknown" may be either. A mailbox is removed in several commits.
      const bool whole = a.kind <= Asked::annotate;
      if (whole && *a.error != Errc::unknown)
        expect(did.versions.empty(), cat("operation ", number, " of kind ", int{a.kind}, " was refused (",
                                         to_string(*a.error), ") and done"));
      return;
    }
    expect(a.ended <= version_, "a node was ahead of the records");
    for (const auto v : did.versions) expect(v > a.began && v <= a.ended, cat("operation ", number, ": done at ", v));
    switch (a.kind) {
      case Asked::append:
        expect(did.versions.size() == 1, cat("append ", number, " took ", did.versions.size(), " commits"));  // I18
        expect(uids(did.put, a.mailbox) == a.to && a.to.size() == a.blobs.size(), cat("append ", number, ": UIDs"));
        for (const auto uid : a.to)
          expect(a.uidvalidity == validity_of(a.mailbox, uid), cat("append ", number, ": UIDVALIDITY"));
        break;
      case Asked::flags:
        judge_flags(number, a, did);
        break;
      case Asked::copy:
      case Asked::move:
        judge_transfer(number, a, did);
        break;
      case Asked::expunge:
        judge_expunge(number, a, did);
        break;
      case Asked::replace:
        judge_replace(number, a, did);
        break;
      case Asked::annotate:
        expect(did.versions.size() <= 1, cat("annotate ", number, " took ", did.versions.size(), " commits"));
        break;
      case Asked::create:
        expect(contains(did.names, a.words[0]), cat("create ", number, ": nothing made"));
        break;
      case Asked::remove:
        break;
      case Asked::rename:
        expect(contains(did.names, a.words[1]), cat("rename ", number, ": nothing renamed"));
        break;
      case Asked::restore:
        break;
    }
  }

 private:
  struct Before {
    std::map<std::uint32_t, std::uint32_t> uidnext;
  };

  bool expect(bool good, const std::string& what) {
    if (!good && broken_.size() < 20) broken_.push_back(cat("account ", account_, " at ", version_, ": ", what));
    return good;
  }
  static bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }
  static std::vector<Uid> uids(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& all, std::uint32_t mailbox) {
    std::vector<Uid> out;
    for (const auto& [m, uid] : all)
      if (m == mailbox) out.emplace_back(uid);
    return out;
  }
  std::uint32_t validity_of(std::uint32_t mailbox, Uid uid) const {
    const auto& messages = boxes_.at(mailbox).messages;
    const auto found = messages.find(uid.value);
    return found == messages.end() ? 0 : found->second.uidvalidity;
  }

  // Mailboxes first: rows are of the keywords that the commit has made.
  Before keywords_and_uidnext(const ChangeRecord& change) {
    Before before;
    for (const auto& entry : change.entries)
      for (const auto& effect : entry.effects) {
        const auto* put = std::get_if<MailboxPut>(&effect);
        if (put == nullptr) continue;
        const auto m = decode_mailbox(put->mailbox, put->value);
        if (!expect(m.has_value(), "mailbox cannot be decoded")) continue;
        const auto [at, fresh] = boxes_.try_emplace(put->mailbox);
        auto& now = at->second.now;
        if (fresh) {
          expect(m->uidvalidity > last_uidvalidity_, "I3: a new mailbox with an old UIDVALIDITY");
        } else {
          expect(!at->second.gone, "a mailbox came back");
          expect(m->uidvalidity == now.uidvalidity || (!m->selectable && m->uidvalidity > last_uidvalidity_),
                 "I3: UIDVALIDITY changed");
          expect(m->uidnext >= now.uidnext, "I2: UIDNEXT decreased");
          expect(m->highest_modseq >= now.highest_modseq, "I7: HIGHESTMODSEQ decreased");
        }
        before.uidnext[put->mailbox] = fresh ? 1 : now.uidnext;
        last_uidvalidity_ = std::max(last_uidvalidity_, m->uidvalidity);
        now = *m;
      }
    return before;
  }

  void replay(const RecordEntry& entry, const Before& before) {
    Did nobody;
    const bool asked = !entry.actor.device.empty() && entry.actor.device[0] == '#';
    const auto number = asked ? std::stoull(entry.actor.device.substr(1)) : 0;
    auto& did = asked ? did_[number] : nobody;
    if (did.versions.empty() || did.versions.back() != version_) did.versions.push_back(version_);
    std::vector<std::uint64_t> came, went;  // contents
    for (const auto& effect : entry.effects) {
      if (const auto* put = std::get_if<RowPut>(&effect)) {
        if (replay(*put, before, asked ? &ledger_.at(number) : nullptr)) came.push_back(content_of(*put));
        did.put.emplace_back(put->mailbox, put->uid);
      } else if (const auto* many = std::get_if<FlagsPut>(&effect)) {
        replay(*many, before, asked ? &ledger_.at(number) : nullptr, did);
      } else if (const auto* left = std::get_if<RowGone>(&effect)) {
        auto& m = boxes_[left->mailbox].messages[left->uid];
        expect(m.born != 0 && m.alive(), "a message left that was not there");
        if (asked) expunged_by(ledger_.at(number), *left, m);
        m.died = version_;
        went.push_back(m.content);
        did.left.emplace_back(left->mailbox, left->uid);
        bytes_ -= m.size;
        --messages_;
        if (left->removed != 0) expect(removed_.emplace(left->removed, m.content).second, "a number was used twice");
      } else if (const auto* box = std::get_if<MailboxPut>(&effect)) {
        did.names.push_back(boxes_[box->mailbox].now.name);
      } else if (const auto* gone = std::get_if<MailboxGone>(&effect)) {
        auto& b = boxes_[gone->mailbox];
        b.gone = true;
        did.boxes_gone.push_back(gone->mailbox);
        for (const auto& [uid, m] : b.messages) expect(!m.alive(), "a mailbox is gone with a message in it");
      }
    }
    if (entry.kind == "move") {
      std::sort(came.begin(), came.end());
      std::sort(went.begin(), went.end());
      expect(came == went, "I10: a moved message was in both mailboxes, or in none");
    }
    if (entry.kind == "restore")
      for (const auto content : came) {
        const auto it =
            std::find_if(removed_.begin(), removed_.end(), [&](const auto& r) { return r.second == content; });
        if (expect(it != removed_.end(), "a message was restored twice")) removed_.erase(it);
      }
  }

  std::uint64_t content_of(const RowPut& put) { return boxes_[put.mailbox].messages[put.uid].content; }

  // True: a new message.
  bool replay(const RowPut& put, const Before& before, const Asked* by) {
    const auto row = decode_row(put.uid, put.value);
    if (!expect(row.has_value(), "row cannot be decoded")) return false;
    auto& box = boxes_[put.mailbox];
    const bool fresh = !box.messages.contains(put.uid);
    const auto uidnext = before.uidnext.find(put.mailbox);
    expect(uidnext != before.uidnext.end(), "a row changed, but not its mailbox");
    expect(row->modseq == version_, "I7: MODSEQ is not the version");
    auto& m = box.messages[put.uid];
    if (fresh) {
      expect(put.uid > box.last_uid, "I1: UIDs do not ascend, or one was used again");
      box.last_uid = put.uid;
      if (uidnext != before.uidnext.end()) expect(put.uid >= uidnext->second, "I2: a new UID below UIDNEXT");
      m = {row->content,       row->modseq, row->size, box.now.uidvalidity,
           row->internal_date, version_,    0,         {{version_, row->flags}}};
      bytes_ += m.size;
      ++messages_;
      return true;
    }
    expect(m.alive(), cat("I1: UID ", put.uid, " of mailbox ", put.mailbox, " was used again"));
    expect(m.content == row->content && m.size == row->size && m.internal_date == row->internal_date,
           "I4: a message changed");
    set_flags(box, put.mailbox, put.uid, row->flags, by);
    return false;
  }

  void set_flags(Box& box, std::uint32_t mailbox, std::uint32_t uid, std::uint64_t flags, const Asked* by) {
    auto& m = box.messages[uid];
    const auto old = m.flags.back().second;
    if (by != nullptr && expect(by->kind == Asked::flags && by->mailbox == mailbox, "who changes this row?")) {
      expect(by->uids.contains(Uid(uid)), "flags of a message that was not meant");
      expect(flags == wanted(*by, box, old) && flags != old, "I11: flags were lost or made up");
      if (by->unchanged_since) expect(m.modseq <= *by->unchanged_since, "I8: changed in spite of UNCHANGEDSINCE");
    }
    m.modseq = version_;
    m.flags.emplace_back(version_, flags);
  }

  void replay(const FlagsPut& put, const Before& before, const Asked* by, Did& did) {
    expect(before.uidnext.contains(put.mailbox), "rows changed, but not their mailbox");
    auto& box = boxes_[put.mailbox];
    const auto uids = decode_uids(put.uids);
    if (!expect(uids.has_value() && !uids->empty(), "UIDs cannot be decoded")) return;
    Reader contents(put.contents);
    std::uint64_t content = 0;
    uids->for_each([&](Uid uid) {
      content += static_cast<std::uint64_t>(contents.svarint());
      const auto m = box.messages.find(uid.value);
      if (!expect(m != box.messages.end() && m->second.alive(), "flags of a message that is not there")) return;
      expect(m->second.content == content, "I4: flags of another content");
      expect(m->second.flags.back().second == put.from, "I11: the flags were others");
      set_flags(box, put.mailbox, uid.value, put.to, by);
      did.put.emplace_back(put.mailbox, uid.value);
    });
    expect(contents.done(), "contents of other rows");
  }

  static std::uint64_t wanted(const Asked& a, const Box& box, std::uint64_t old) {
    model::Flags bits;
    for (const auto& word : a.words)
      if (const auto bit = box.now.keywords.parse(word)) bits = bits.with(*bit);
    const model::Flags was{old};
    return a.change == FlagChange::set   ? bits.bits
           : a.change == FlagChange::add ? was.with(bits).bits
                                         : was.without(bits).bits;
  }

  void expunged_by(const Asked& by, const RowGone& left, const Message& m) {
    if (by.kind != Asked::expunge) return;
    expect(by.mailbox == left.mailbox && by.uids.contains(Uid(left.uid)), "removed, but not meant");
    if (by.deleted_only) expect(model::Flags{m.flags.back().second}.has(model::k_deleted), "removed without \\Deleted");
  }

  // I13, I16: what the commit says of counts is what there is now.
  void settle(const ChangeRecord& change) {
    for (const auto& entry : change.entries)
      for (const auto& effect : entry.effects) {
        const auto* put = std::get_if<MailboxPut>(&effect);
        if (put == nullptr) continue;
        const auto& box = boxes_[put->mailbox];
        std::uint64_t messages = 0, unseen = 0, deleted = 0, bytes = 0, modseq = 0;
        for (const auto& [uid, m] : box.messages) {
          if (!m.alive()) continue;
          const model::Flags f{m.flags.back().second};
          ++messages;
          unseen += f.has(model::k_seen) ? 0 : 1;
          deleted += f.has(model::k_deleted) ? 1 : 0;
          bytes += m.size;
          modseq = std::max(modseq, m.modseq);
        }
        const auto& now = box.now;
        expect(now.messages == messages && now.unseen == unseen && now.deleted == deleted && now.bytes == bytes,
               cat("I13: counts of mailbox ", put->mailbox));
        expect(now.highest_modseq >= modseq && now.highest_modseq <= version_, "I7: HIGHESTMODSEQ");
        expect(now.uidnext > box.last_uid, "I2: UIDNEXT");
      }
    const auto state = decode_state(change.state);
    if (expect(state.has_value(), "state cannot be decoded"))
      expect(state->quota.bytes_used == bytes_ && state->quota.messages_used == messages_, "I16: quota");
  }

  void judge_flags(std::size_t number, const Asked& a, const Did& did) {
    auto told = a.to, put = uids(did.put, a.mailbox);
    std::sort(put.begin(), put.end());
    expect(told == put, cat("flags ", number, ": told of other changes than were made"));
    const auto& box = boxes_.at(a.mailbox);
    for (const auto& [uid, m] : box.messages) {
      if (!a.uids.contains(Uid(uid)) || !m.alive_in(a.began, a.ended)) continue;
      const bool modified = std::binary_search(a.modified.begin(), a.modified.end(), Uid(uid));
      const bool changed = std::binary_search(put.begin(), put.end(), Uid(uid));
      expect(!(modified && changed), cat("I8: flags ", number, ": both changed and MODIFIED"));
      if (a.unchanged_since) {
        std::uint64_t first = 0, last = 0;  // MODSEQ at the beginning and at the end, without our own change
        for (const auto& [since, bits] : m.flags) {
          if (since <= a.began) first = since;
          if (since <= a.ended && !std::binary_search(did.versions.begin(), did.versions.end(), since)) last = since;
        }
        if (first > *a.unchanged_since) expect(modified, cat("I8: flags ", number, ": not listed as MODIFIED"));
        if (last <= *a.unchanged_since) expect(!modified, cat("I8: flags ", number, ": listed as MODIFIED"));
      } else {
        expect(!modified, cat("I8: flags ", number, ": MODIFIED without UNCHANGEDSINCE"));
      }
      if (changed || modified) continue;
      // Left alone because it was so already, at one moment at least.
      bool was = m.flags_at(a.began) == wanted(a, box, m.flags_at(a.began));
      for (const auto& [since, bits] : m.flags)
        was = was || (since > a.began && since <= a.ended && bits == wanted(a, box, bits));
      expect(was, cat("flags ", number, ": UID ", uid, " was left out"));
    }
  }

  static std::set<std::string> names(const Box& box, std::uint64_t bits) {
    const auto all = box.now.keywords.names(model::Flags{bits});
    return {all.begin(), all.end()};
  }

  void judge_transfer(std::size_t number, const Asked& a, const Did& did) {
    const auto put = uids(did.put, a.target);
    if (!expect(a.from.size() == a.to.size() && a.to == put, cat("I10: transfer ", number, ": COPYUID"))) return;
    for (const auto uid : a.to)
      expect(a.uidvalidity == validity_of(a.target, uid), cat("transfer ", number, ": UIDVALIDITY"));
    const auto &source = boxes_.at(a.mailbox), &target = boxes_.at(a.target);
    for (std::size_t i = 0; i < a.from.size(); ++i) {
      const auto from = source.messages.find(a.from[i].value), to = target.messages.find(a.to[i].value);
      if (!expect(from != source.messages.end() && to != target.messages.end(), "I10: no such UID")) continue;
      expect(from->second.content == to->second.content, cat("I10: transfer ", number, ": pairs"));
      expect(
          names(source, from->second.flags_at(to->second.born - 1)) == names(target, to->second.flags.front().second),
          cat("I10: transfer ", number, ": flags"));
      if (a.kind == Asked::move)
        expect(from->second.died == to->second.born, cat("I10: move ", number, ": in both, or in none"));
      expect(a.uids.contains(a.from[i]), cat("transfer ", number, ": not meant"));
    }
    const std::set<Uid> told(a.from.begin(), a.from.end());
    for (const auto& [uid, m] : source.messages)
      if (a.uids.contains(Uid(uid)) && m.alive_in(a.began, a.ended))
        expect(told.contains(Uid(uid)), cat("transfer ", number, ": UID ", uid, " was left out"));
  }

  // I18: the new one came in the commit in which the old one left, or nothing was done as there was no old one.
  void judge_replace(std::size_t number, const Asked& a, const Did& did) {
    if (a.to.empty()) {
      expect(did.versions.empty(), cat("I18: replace ", number, ": done, and not told"));
      for (const auto& [uid, m] : boxes_.at(a.mailbox).messages)
        if (a.uids.contains(Uid(uid)))
          expect(!m.alive_in(a.began, a.ended), cat("replace ", number, ": the message was there"));
      return;
    }
    const auto uid = a.uids.ranges().front().first.value;
    expect(did.versions.size() == 1, cat("I18: replace ", number, " took ", did.versions.size(), " commits"));
    expect(uids(did.put, a.target) == a.to && did.put.size() == 1, cat("I18: replace ", number, ": UIDs"));
    expect(did.left == std::vector{std::pair(a.mailbox, uid)}, cat("I18: replace ", number, ": what left"));
    expect(a.uidvalidity == validity_of(a.target, a.to.front()), cat("replace ", number, ": UIDVALIDITY"));
  }

  void judge_expunge(std::size_t number, const Asked& a, const Did& did) {
    expect(uids(did.left, a.mailbox) == a.to, cat("expunge ", number, ": told of others than left"));
    for (const auto& [uid, m] : boxes_.at(a.mailbox).messages) {
      if (!a.uids.contains(Uid(uid)) || !m.alive_in(a.began, a.ended)) continue;
      bool all_along = model::Flags{m.flags_at(a.began)}.has(model::k_deleted);
      for (const auto& [since, bits] : m.flags)
        if (since > a.began && since <= a.ended) all_along = all_along && model::Flags{bits}.has(model::k_deleted);
      expect(a.deleted_only && !all_along, cat("expunge ", number, ": UID ", uid, " was left"));
    }
  }

  const Ledger& ledger_;
  const std::uint64_t account_;
  std::vector<std::string>& broken_;
  std::uint64_t version_ = 0, bytes_ = 0, messages_ = 0;
  std::uint32_t last_uidvalidity_ = 0;
  std::map<std::uint32_t, Box> boxes_;
  std::map<std::uint64_t, std::uint64_t> removed_;
  std::map<std::size_t, Did> did_;
};

}  // namespace mailstead::account

#include "imap/server/search_reply.h"

#include <algorithm>

#include "base/ascii.h"

namespace mailstead::imap {
namespace {

bool gives_some(const SearchReturn& give) {
  return (give.min || give.max || give.partial) && !give.all && !give.count;
}

// Of the results those that MIN, MAX and PARTIAL name.
std::vector<std::uint32_t> some_of(const SearchReturn& give, const std::vector<std::uint32_t>& uids) {
  std::vector<std::uint32_t> out;
  if (uids.empty()) return out;
  if (give.min) out.push_back(uids.front());
  if (give.max) out.push_back(uids.back());
  if (give.partial) {
    const auto [from, to] = slice(*give.partial, uids.size());
    out.insert(out.end(), uids.begin() + static_cast<std::ptrdiff_t>(from),
               uids.begin() + static_cast<std::ptrdiff_t>(to));
  }
  return out;
}

// RFC 7162 §3.1.10: of what is told; RFC 4731 §3.2.
std::uint64_t told_modseq(const account::Rows& rows, const SearchReturn& give, const Results& results) {
  if (!gives_some(give)) return results.modseq;
  std::uint64_t highest = 0;
  for (const auto uid : some_of(give, results.uids))
    if (const auto* row = rows.find(uid)) highest = std::max(highest, row->modseq);
  return highest;
}

void print_partial(Printer& p, const PartialRange& range, std::span<const std::uint32_t> all) {
  const auto [from, to] = slice(range, all.size());
  const auto* sign = range.from_end ? "-" : "";
  p.raw(cat(" PARTIAL (", sign, range.a, ':', sign, range.b, ' '));
  p.raw(from == to ? "NIL" : ordered_set(all.subspan(from, to - from))).raw(')');
}

// RFC 4731 §3.1; RFC 5267 §3.1: of SORT, MIN is the first and MAX the last in the order.
void print_items(Printer& p, const account::Rows& rows, const std::vector<std::uint32_t>& all, const SearchReturn& give,
                 const Results& results) {
  if (give.min && !all.empty()) p.raw(" MIN ").number(all.front());
  if (give.max && !all.empty()) p.raw(" MAX ").number(all.back());
  if (give.count) p.raw(" COUNT ").number(all.size());
  if (give.all && !all.empty()) p.raw(" ALL ").raw(ordered_set(all));
  if (give.partial) print_partial(p, *give.partial, all);
  if (give.relevancy && !all.empty()) {  // RFC 6203 §4: in the order of what is told
    const auto [from, to] =
        give.partial ? slice(*give.partial, results.uids.size()) : std::pair(0UZ, results.uids.size());
    p.raw(" RELEVANCY (");
    for (auto i = from; i < to; ++i) {
      if (i != from) p.space();
      p.number(results.scores.at(results.uids[i]));
    }
    p.raw(')');
  }
  if (results.tell_modseq && !all.empty()) p.raw(" MODSEQ ").number(told_modseq(rows, give, results));
  p.crlf();
}

void print_esearch(Session& s, bool uid, const SearchReturn& give, const Results& results) {
  auto p = s.printer();
  p.raw("* ESEARCH (TAG ").string(s.tag).raw(uid ? ") UID" : ")");
  print_items(p, s.selected->rows(), told_numbers(s, results.uids, uid), give, results);
}

void print_plain(Session& s, std::string_view word, bool uid, const Results& results) {
  auto& out = s.connection.out();
  append(out, "* ", word);
  for (const auto n : told_numbers(s, results.uids, uid)) append(out, ' ', n);
  if (results.tell_modseq && !results.uids.empty()) append(out, " (MODSEQ ", results.modseq, ')');
  out += "\r\n";
}

}  // namespace

std::pair<std::size_t, std::size_t> slice(const PartialRange& range, std::size_t count) {
  const std::size_t low = std::min(range.a, range.b), high = std::max(range.a, range.b);
  if (low > count) return {0, 0};
  const auto end = std::min(high, count);
  return range.from_end ? std::pair(count - end, count - low + 1) : std::pair(low - 1, end);
}

UidSet saved_of(const SearchReturn& give, const std::vector<std::uint32_t>& uids) {
  std::vector<Uid> kept;
  for (const auto u : gives_some(give) ? some_of(give, uids) : uids) kept.emplace_back(u);
  return UidSet::of_numbers(kept);
}

std::vector<std::uint32_t> told_numbers(const Session& s, const std::vector<std::uint32_t>& uids, bool uid) {
  if (uid) return uids;
  std::vector<std::uint32_t> out;
  out.reserve(uids.size());
  for (const auto u : uids)
    if (const auto seq = s.selected->view.seq_of(s.selected->rows(), Uid(u))) out.push_back(seq->value);
  return out;
}

std::string ordered_set(std::span<const std::uint32_t> numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    auto last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    append(out, i == 0 ? "" : ",", numbers[i]);
    if (last != i) append(out, ':', numbers[last]);
    i = last + 1;
  }
  return out;
}

void tell_of(Session& s, const account::OpenMailbox& mailbox, const SearchReturn& give, const Results& results) {
  if (results.uids.empty()) return;
  auto p = s.printer();
  p.raw("* ESEARCH (TAG ").string(s.tag).raw(" MAILBOX ").mailbox(s.shown(mailbox.mailbox->name));
  p.raw(" UIDVALIDITY ").number(mailbox.mailbox->uidvalidity).raw(") UID");
  print_items(p, *mailbox.rows, results.uids, give, results);
}

Reply tell(Session& s, std::string_view word, bool uid, const std::optional<SearchReturn>& give,
           const Results& results) {
  const SearchReturn only_save{.save = true};
  if (give && give->save) s.selected->saved = saved_of(*give, results.uids);
  if (give && *give == only_save) return Reply::done("Result saved");
  if (give)
    print_esearch(s, uid, *give, results);
  else if (s.rev2 && word == "SEARCH")  // RFC 9051 §6.4.4: ESEARCH even if nothing asked for it
    print_esearch(s, uid, SearchReturn{.all = true}, results);
  else
    print_plain(s, word, uid, results);
  return Reply::done();
}

}  // namespace mailstead::imap

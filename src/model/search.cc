#include "model/search.h"

#include <algorithm>
#include <utility>

namespace mailstead::model {
namespace key {

bool operator==(const And& a, const And& b) {
  return a.of == b.of;
}
bool operator==(const Or& a, const Or& b) {
  return a.of == b.of;
}
bool operator==(const Not& a, const Not& b) {
  return a.of == b.of;
}
bool operator==(const Fuzzy& a, const Fuzzy& b) {
  return a.of == b.of;
}

}  // namespace key

namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

bool date_is(key::DateIs is, Day a, Day b) {
  switch (is) {
    case key::DateIs::before:
      return a < b;
    case key::DateIs::on:
      return a == b;
    case key::DateIs::since:
      return a >= b;
  }
  std::unreachable();
}

std::optional<bool> date_matches(const key::Date& k, const Subject& s) {
  switch (k.of) {
    case key::DateOf::internal:
      return date_is(k.is, day_of(s.internal_date(), s.internal_zone()), k.day);
    case key::DateOf::saved:
      return date_is(k.is, day_of(s.save_date(), 0), k.day);
    case key::DateOf::sent: {
      const auto sent = s.sent_day();
      if (!sent) return std::nullopt;
      return sent->day && date_is(k.is, *sent->day, k.day);
    }
  }
  std::unreachable();
}

// And (neutral = true) or Or (false): the first that differs decides; otherwise an unknown one leaves it unknown.
std::optional<bool> combine(const std::vector<Query>& of, const Subject& s, bool neutral) {
  bool unknown = false;
  for (const auto& q : of) {
    const auto r = evaluate(q, s);
    if (!r)
      unknown = true;
    else if (*r != neutral)
      return !neutral;
  }
  return unknown ? std::nullopt : std::optional(neutral);
}

template <class Has>
bool any_key(const Query& q, const Has& has) {
  const auto in = [&](const std::vector<Query>& of) {
    return std::any_of(of.begin(), of.end(), [&](const Query& c) { return any_key(c, has); });
  };
  if (const auto* a = std::get_if<key::And>(&q.node)) return in(a->of);
  if (const auto* o = std::get_if<key::Or>(&q.node)) return in(o->of);
  if (const auto* n = std::get_if<key::Not>(&q.node)) return in(n->of);
  if (const auto* f = std::get_if<key::Fuzzy>(&q.node)) return has(q) || in(f->of);
  return has(q);
}

}  // namespace

Day day_of(std::int64_t seconds, int zone_minutes) {
  const auto local = seconds + std::int64_t{zone_minutes} * 60;
  return static_cast<Day>(local >= 0 ? local / 86'400 : -((-local + 86'399) / 86'400));
}

Query both(std::vector<Query> of) {
  if (of.empty()) return {key::All{}};
  if (of.size() == 1) return std::move(of.front());
  return {key::And{std::move(of)}};
}

Query negate(Query q) {
  key::Not out;
  out.of.push_back(std::move(q));
  return {std::move(out)};
}

Cost cost(const Query& q) {
  const auto most = [](const std::vector<Query>& of) {
    Cost c = Cost::row;
    for (const auto& child : of) c = std::max(c, cost(child));
    return c;
  };
  return std::visit(
      Overloaded{[&](const key::And& k) { return most(k.of); }, [&](const key::Or& k) { return most(k.of); },
                 [&](const key::Not& k) { return most(k.of); }, [&](const key::Fuzzy& k) { return most(k.of); },
                 [](const key::Envelope&) { return Cost::header; }, [](const key::Header&) { return Cost::body; },
                 [](const key::ObjectId& k) { return k.thread ? Cost::header : Cost::row; },
                 [](const key::Date& k) { return k.of == key::DateOf::sent ? Cost::header : Cost::row; },
                 [](const key::Body&) { return Cost::body; }, [](const key::Text&) { return Cost::body; },
                 [](const auto&) { return Cost::row; }},
      q.node);
}

void order_by_cost(Query& q) {
  const auto order = [](std::vector<Query>& of) {
    std::vector<Cost> costs;
    for (auto& child : of) {
      order_by_cost(child);
      costs.push_back(cost(child));
    }
    std::vector<Query> sorted;
    sorted.reserve(of.size());
    for (const auto c : {Cost::row, Cost::header, Cost::body})
      for (std::size_t i = 0; i < of.size(); ++i)
        if (costs[i] == c) sorted.push_back(std::move(of[i]));
    of = std::move(sorted);
  };
  if (auto* a = std::get_if<key::And>(&q.node)) order(a->of);
  if (auto* o = std::get_if<key::Or>(&q.node)) order(o->of);
  if (auto* n = std::get_if<key::Not>(&q.node)) order(n->of);
  if (auto* f = std::get_if<key::Fuzzy>(&q.node)) order(f->of);
}

bool needs_modseq(const Query& q) {
  return any_key(q, [](const Query& c) { return std::holds_alternative<key::ModSeqFrom>(c.node); });
}
bool needs_seqs(const Query& q) {
  return any_key(q, [](const Query& c) { return std::holds_alternative<key::Seqs>(c.node); });
}
bool needs_fuzzy(const Query& q) {
  return any_key(q, [](const Query& c) { return std::holds_alternative<key::Fuzzy>(c.node); });
}
Query without_fuzzy(Query q) {
  const auto all = [](std::vector<Query>& of) {
    for (auto& child : of) child = without_fuzzy(std::move(child));
  };
  if (auto* f = std::get_if<key::Fuzzy>(&q.node)) {
    auto child = std::move(f->of.front());
    return without_fuzzy(std::move(child));
  }
  if (auto* a = std::get_if<key::And>(&q.node)) all(a->of);
  if (auto* o = std::get_if<key::Or>(&q.node)) all(o->of);
  if (auto* n = std::get_if<key::Not>(&q.node)) all(n->of);
  return q;
}
bool needs_filter(const Query& q) {
  return any_key(q, [](const Query& c) { return std::holds_alternative<key::Filter>(c.node); });
}
bool needs_annotations(const Query& q) {
  return any_key(q, [](const Query& c) { return std::holds_alternative<key::Annotation>(c.node); });
}
bool needs_saved(const Query& q) {
  return any_key(q, [](const Query& c) { return std::holds_alternative<key::Saved>(c.node); });
}
bool needs_digest(const Query& q) {
  return any_key(q, [](const Query& c) {
    const auto* date = std::get_if<key::Date>(&c.node);
    return std::holds_alternative<key::Envelope>(c.node) || (date != nullptr && date->of == key::DateOf::sent);
  });
}

FlagTest flag_test(const Query& q) {
  FlagTest out{{}, {}, true};
  if (const auto* of = std::get_if<key::System>(&q.node)) {
    (of->set ? out.set : out.clear) = of->flag;
  } else if (const auto* a = std::get_if<key::And>(&q.node)) {
    for (const auto& child : a->of) {
      const auto test = flag_test(child);
      out.set = out.set | test.set;
      out.clear = out.clear | test.clear;
      out.all = out.all && test.all;
    }
  } else {
    out.all = std::holds_alternative<key::All>(q.node);
  }
  return out;
}

std::optional<bool> evaluate(const Query& q, const Subject& s) {
  using R = std::optional<bool>;
  return std::visit(
      Overloaded{[](const key::All&) -> R { return true; },
                 [&](const key::System& k) -> R { return s.flags().has(k.flag) == k.set; },
                 [&](const key::Keyword& k) -> R { return s.has_keyword(k.name) == k.set; },
                 [&](const key::Recent& k) -> R { return s.recent() == k.set; },
                 [&](const key::Seqs& k) -> R { return k.set.contains(s.seq()); },
                 [&](const key::Uids& k) -> R { return k.set.contains(s.uid()); },
                 [&](const key::Saved&) -> R { return s.saved(); },
                 [&](const key::Size& k) -> R { return k.larger ? s.size() > k.octets : s.size() < k.octets; },
                 [&](const key::Date& k) -> R { return date_matches(k, s); },
                 [&](const key::Age& k) -> R {  // RFC 5032 §2: YOUNGER is within the interval, OLDER at least that old
                   const auto limit = s.now() - std::int64_t{k.seconds};
                   return k.older ? s.internal_date() <= limit : s.internal_date() >= limit;
                 },
                 [](const key::SaveDateSupported&) -> R { return true; },
                 [&](const key::ModSeqFrom& k) -> R { return s.modseq() >= k.modseq; },
                 [&](const key::ObjectId& k) -> R {
                   if (!k.thread) return s.email_id() == k.id;
                   const auto id = s.thread_id();
                   return id ? R(*id == k.id) : std::nullopt;
                 },
                 [&](const key::Envelope& k) -> R { return s.envelope_contains(k.field, k.text); },
                 [&](const key::Header& k) -> R { return s.header_contains(k.name, k.text); },
                 [&](const key::Body& k) -> R { return s.body_contains(k.text); },
                 [&](const key::Text& k) -> R { return s.text_contains(k.text); },
                 [](const key::Annotation&) -> R { return false; },
                 [](const key::Filter&) -> R { return false; },
                 [&](const key::And& k) -> R { return combine(k.of, s, true); },
                 [&](const key::Or& k) -> R { return combine(k.of, s, false); },
                 [&](const key::Not& k) -> R {
                   const auto r = evaluate(k.of.front(), s);
                   return r ? R(!*r) : std::nullopt;
                 },
                 [&](const key::Fuzzy& k) -> R {
                   const auto loose = s.fuzzily();
                   return evaluate(k.of.front(), loose ? *loose : s);
                 }},
      q.node);
}

}  // namespace mailstead::model

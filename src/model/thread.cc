#include "model/thread.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/ascii.h"

namespace mailstead::model {
namespace {

using Nodes = std::vector<std::uint32_t>;
constexpr auto k_none = UINT32_MAX;

Threads by_subject(std::span<const ThreadItem> items) {
  Threads out;
  out.nodes.resize(items.size());
  Nodes order(items.size());
  for (std::uint32_t i = 0; i < items.size(); ++i) {
    out.nodes[i].item = i;
    order[i] = i;
  }
  const auto date = [&](std::uint32_t i) { return std::tuple(items[i].sent, i); };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(items[a].subject, date(a)) < std::pair(items[b].subject, date(b));
  });
  for (const auto i : order) {
    if (!out.roots.empty() && items[out.roots.back()].subject == items[i].subject)
      out.nodes[out.roots.back()].children.push_back(i);
    else
      out.roots.push_back(i);
  }
  std::sort(out.roots.begin(), out.roots.end(), [&](std::uint32_t a, std::uint32_t b) { return date(a) < date(b); });
  return out;
}

// RFC 5256 §3 REFERENCES; the numbers are the steps there. REFS goes without (5), and its last order is by the latest
// internal date of each thread. Nodes below items.size() are the messages.
class Referencer {
 public:
  explicit Referencer(std::span<const ThreadItem> items) : items_(items) {}

  Threads run(Threading by) {
    link_all();                                           // (1)
    gather();                                             // (2), (3)
    sort(roots_);                                         // (4)
    if (by == Threading::references) merge_by_subject();  // (5)
    for (auto& c : children_) sort(c);                    // (6)
    if (by == Threading::references)
      sort(roots_);
    else
      sort_by_latest();
    Threads out;
    out.roots = std::move(roots_);
    out.nodes.resize(children_.size());
    for (std::uint32_t n = 0; n < children_.size(); ++n) {
      if (!is_dummy(n)) out.nodes[n].item = n;
      out.nodes[n].children = std::move(children_[n]);
    }
    return out;
  }

 private:
  template <class Of>
  std::uint32_t largest(const Of& of) const {
    std::uint32_t out = 0;
    for (const auto& m : items_) out = std::max(out, of(m));
    return out;
  }
  bool is_dummy(std::uint32_t n) const { return n >= items_.size(); }

  std::uint32_t node_of(std::uint32_t id) {
    if (by_id_[id] == k_none) {
      by_id_[id] = static_cast<std::uint32_t>(parent_.size());
      parent_.push_back(k_none);
      has_children_.push_back(false);
    }
    return by_id_[id];
  }

  bool is_ancestor(std::uint32_t n, std::uint32_t of) const {
    if (n == of) return true;
    if (!has_children_[n]) return false;  // the usual case: no walk, so that long threads cost linear time
    for (auto up = parent_[of]; up != k_none; up = parent_[up])
      if (up == n) return true;
    return false;
  }

  void link(std::uint32_t parent, std::uint32_t child) {
    if (parent_[child] != k_none || is_ancestor(child, parent)) return;
    parent_[child] = parent;
    has_children_[parent] = true;
  }

  void link_all() {
    parent_.assign(items_.size(), k_none);
    has_children_.assign(items_.size(), false);
    by_id_.assign(1 + largest([](const ThreadItem& m) {
                    const auto of =
                        m.references.empty() ? 0 : *std::max_element(m.references.begin(), m.references.end());
                    return std::max(m.message_id, of);
                  }),
                  k_none);
    // The first message with an id has it; others, and those without, are known by none.
    for (std::uint32_t i = 0; i < items_.size(); ++i)
      if (auto& of = by_id_[items_[i].message_id]; items_[i].message_id != 0 && of == k_none) of = i;
    for (std::uint32_t i = 0; i < items_.size(); ++i) {
      auto last = k_none;
      for (const auto id : items_[i].references) {  // (A)
        const auto n = node_of(id);
        if (last != k_none) link(last, n);
        last = n;
      }
      parent_[i] = k_none;  // (B)
      if (last != k_none) link(last, i);
    }
  }

  void gather() {
    children_.resize(parent_.size());
    Nodes tops;
    for (std::uint32_t n = 0; n < parent_.size(); ++n)
      (parent_[n] == k_none ? tops : children_[parent_[n]]).push_back(n);
    Nodes order = tops;  // parents before children
    for (std::size_t at = 0; at < order.size(); ++at)
      order.insert(order.end(), children_[order[at]].begin(), children_[order[at]].end());
    for (auto n = order.rbegin(); n != order.rend(); ++n) {
      Nodes kept;
      for (const auto c : children_[*n]) {
        if (!is_dummy(c)) {
          kept.push_back(c);
        } else {
          kept.insert(kept.end(), children_[c].begin(), children_[c].end());
          children_[c].clear();
        }
      }
      children_[*n] = std::move(kept);
    }
    for (const auto n : tops) {
      if (!is_dummy(n) || children_[n].size() > 1)
        roots_.push_back(n);
      else if (children_[n].size() == 1)
        roots_.push_back(children_[n].front());
    }
  }

  // The message that stands for a node: its own, or its first child's.
  std::uint32_t face(std::uint32_t n) const { return is_dummy(n) ? children_[n].front() : n; }

  void sort(Nodes& siblings) {
    for (const auto n : siblings)
      if (is_dummy(n)) sort_messages(children_[n]);
    const auto date = [&](std::uint32_t n) { return std::tuple(items_[face(n)].sent, face(n)); };
    std::sort(siblings.begin(), siblings.end(), [&](std::uint32_t a, std::uint32_t b) { return date(a) < date(b); });
  }
  void sort_messages(Nodes& siblings) {
    std::sort(siblings.begin(), siblings.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tuple(items_[a].sent, a) < std::tuple(items_[b].sent, b);
    });
  }

  void sort_by_latest() {
    std::vector<std::tuple<std::int64_t, std::uint32_t, std::uint32_t>> order;  // latest date, its message, the root
    for (const auto root : roots_) {
      std::pair<std::int64_t, std::uint32_t> latest{INT64_MIN, 0};
      Nodes open{root};
      while (!open.empty()) {
        const auto n = open.back();
        open.pop_back();
        if (!is_dummy(n)) latest = std::max(latest, {items_[n].received, n});
        open.insert(open.end(), children_[n].begin(), children_[n].end());
      }
      order.emplace_back(latest.first, latest.second, root);
    }
    std::sort(order.begin(), order.end());
    std::transform(order.begin(), order.end(), roots_.begin(), [](const auto& o) { return std::get<2>(o); });
  }

  void merge_by_subject() {
    const auto subject = [&](std::uint32_t n) { return items_[face(n)].subject; };
    const auto is_reply = [&](std::uint32_t n) { return !is_dummy(n) && items_[n].is_reply; };
    Nodes table(1 + largest([](const ThreadItem& m) { return m.subject; }), k_none);
    for (const auto n : roots_) {  // (B)
      if (subject(n) == 0) continue;
      auto& entry = table[subject(n)];
      if (entry == k_none || (!is_dummy(entry) && (is_dummy(n) || (is_reply(entry) && !is_reply(n))))) entry = n;
    }
    std::vector<bool> moved(children_.size());  // no root any more
    Nodes made;
    for (const auto n : roots_) {  // (C)
      if (moved[n] || subject(n) == 0) continue;
      auto& entry = table[subject(n)];
      if (entry == n) continue;
      moved[n] = true;
      if (is_dummy(n) && is_dummy(entry)) {
        auto of = std::move(children_[n]);
        children_[n].clear();
        children_[entry].insert(children_[entry].end(), of.begin(), of.end());
      } else if (is_dummy(entry) || (is_reply(n) && !is_reply(entry))) {
        children_[entry].push_back(n);
      } else {
        const auto both = static_cast<std::uint32_t>(children_.size());
        children_.push_back({entry, n});
        moved[entry] = true;
        moved.push_back(false);
        made.push_back(both);
        entry = both;
      }
    }
    std::erase_if(roots_, [&](std::uint32_t n) { return moved[n]; });
    roots_.insert(roots_.end(), made.begin(), made.end());
  }

  std::span<const ThreadItem> items_;
  Nodes by_id_;  // k_none: no node is known by it
  Nodes parent_;
  std::vector<bool> has_children_;
  std::vector<Nodes> children_;
  Nodes roots_;
};

}  // namespace

std::string_view to_string(Threading by) {
  switch (by) {
    case Threading::ordered_subject:
      return "ORDEREDSUBJECT";
    case Threading::references:
      return "REFERENCES";
    case Threading::refs:
      return "REFS";
  }
  std::unreachable();
}

std::optional<Threading> threading(std::string_view word) {
  if (word == "REFERENCES") return Threading::references;
  if (word == "REFS") return Threading::refs;
  if (word == "ORDEREDSUBJECT") return Threading::ordered_subject;
  return std::nullopt;
}

Threads thread(std::span<const ThreadItem> items, Threading by) {
  if (by == Threading::ordered_subject) return by_subject(items);
  return Referencer(items).run(by);
}

std::string to_string(const Threads& threads, std::span<const std::uint32_t> numbers) {
  std::string out;
  Nodes open(threads.roots.rbegin(), threads.roots.rend());  // k_none: ")"
  while (!open.empty()) {
    auto n = open.back();
    open.pop_back();
    if (n == k_none) {
      out += ')';
      continue;
    }
    out += '(';
    open.push_back(k_none);
    for (;;) {
      const auto& node = threads.nodes[n];
      if (node.item) append(out, numbers[*node.item]);
      if (node.item && !node.children.empty()) out += ' ';
      if (node.children.size() != 1) {
        open.insert(open.end(), node.children.rbegin(), node.children.rend());
        break;
      }
      n = node.children.front();
    }
  }
  return out;
}

}  // namespace mailstead::model

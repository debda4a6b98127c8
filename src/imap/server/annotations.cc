#include "imap/server/annotations.h"

#include <algorithm>

#include "base/ascii.h"
#include "mime/casemap.h"
#include "model/mailbox_name.h"

namespace mailstead::imap {
namespace {

namespace key = model::key;

constexpr std::size_t k_batch_messages = 256;

bool is_pattern(std::string_view entry) {
  return entry.find_first_of("*%") != std::string_view::npos;
}

const std::string* value_of(const std::vector<model::MessageAnnotation>& all, std::string_view entry, bool shared) {
  for (const auto& a : all)
    if (a.shared == shared && a.entry == entry) return &*a.value;
  return nullptr;
}

void print_value(Printer& p, const std::string* value) {
  if (value == nullptr)
    p.raw("NIL");
  else if (value->find('\0') != std::string::npos)
    p.literal(*value, true);
  else
    p.string(*value);
}

// The entries that are asked for, each once: those that are named, those of a pattern that are there.
std::vector<std::string> entries_of(const FetchItem& item, const std::vector<model::MessageAnnotation>& there) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& name) {
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  for (const auto& entry : item.entries) {
    if (!is_pattern(entry)) {
      add(entry);
      continue;
    }
    const model::ListPattern pattern(entry);
    for (const auto& a : there)
      if (pattern.matches(a.entry)) add(a.entry);
  }
  return out;
}

bool names(const std::string& entry, Parts& out) {
  auto part = is_pattern(entry) ? std::vector<std::uint32_t>() : model::part_of(entry);
  if (part.empty()) return false;
  out.push_back(std::move(part));
  return true;
}

bool matches(const key::Annotation& k, const model::ListPattern& pattern, const std::string& folded,
             const std::vector<model::MessageAnnotation>& there) {
  return std::any_of(there.begin(), there.end(), [&](const auto& a) {
    return (a.shared ? k.shared : k.priv) && pattern.matches(a.entry) && mime::contains_folded(*a.value, folded);
  });
}

UidSet uids_with(const key::Annotation& k, const AnnotatedMessages& all) {
  const model::ListPattern pattern(k.entry);
  const auto folded = mime::fold(k.text.value_or(""));
  UidSet out;
  for (const auto& m : all)
    if (matches(k, pattern, folded, m.annotations)) out.insert(Uid(m.uid));
  return out;
}

void replace_keys(model::Query& q, const AnnotatedMessages& all) {
  const auto in = [&](std::vector<model::Query>& of) {
    for (auto& child : of) replace_keys(child, all);
  };
  if (auto* a = std::get_if<key::And>(&q.node)) in(a->of);
  if (auto* o = std::get_if<key::Or>(&q.node)) in(o->of);
  if (auto* n = std::get_if<key::Not>(&q.node)) in(n->of);
  if (auto* f = std::get_if<key::Fuzzy>(&q.node)) in(f->of);
  const auto* k = std::get_if<key::Annotation>(&q.node);
  if (k == nullptr) return;
  model::Query with{key::Uids{uids_with(*k, all)}};
  q = k->text ? std::move(with) : model::negate(std::move(with));
}

}  // namespace

Task<Result<AnnotatedMessages>> annotations_of(Session* s, model::MailboxId mailbox, UidSet uids) {
  auto ask = s->account->message_annotations(mailbox, std::move(uids), s->identity.name);
  co_return co_await std::move(ask);
}

void print_annotations(Printer p, const FetchItem& item, const std::vector<model::MessageAnnotation>& there) {
  const auto entries = entries_of(item, there);
  std::string_view before = "ANNOTATION (";
  for (const auto& entry : entries) {
    p.raw(before).astring(entry);
    before = " ";
    std::string_view gap = " (";
    for (const auto& attribute : item.attributes) {
      const auto base = std::string_view(attribute).substr(0, attribute.find('.'));
      for (const bool shared : {false, true}) {
        if (attribute.ends_with(shared ? ".priv" : ".shared")) continue;
        const auto* value = value_of(there, entry, shared);
        p.raw(gap).raw(base).raw(shared ? ".shared " : ".priv ");
        gap = " ";
        if (base == "value")
          print_value(p, value);
        else
          p.raw('"').number(value == nullptr ? 0 : value->size()).raw('"');
      }
    }
    p.raw(')');
  }
  if (!entries.empty()) p.raw(')');
}

std::string annotations_code(const Session& s) {
  if (s.selected->id() == account::k_past_mailbox) return "ANNOTATIONS NONE";
  return s.selected->examined ? "ANNOTATIONS READ-ONLY" : cat("ANNOTATIONS ", limits::k_annotation_value_bytes);
}

model::Rights rights_to_store(const std::vector<model::MessageAnnotation>& changes) {
  model::Rights out;
  for (const auto& c : changes) out = out | (c.shared ? model::right::annotate : model::right::read);
  return out;
}

Reply reply_of_annotations(const Error& error) {
  if (error.code == Errc::too_big) return Reply::refuse("ANNOTATE TOOBIG", "Too long");
  if (error.code == Errc::full) return Reply::refuse("ANNOTATE TOOMANY", "Too many annotations");
  return reply_of(error);
}

Parts parts_of(const std::vector<std::string>& entries) {
  Parts out;
  for (const auto& entry : entries) names(entry, out);
  return out;
}

Parts parts_of(const std::vector<model::MessageAnnotation>& changes) {
  Parts out;
  for (const auto& c : changes) names(c.entry, out);
  return out;
}

bool has_parts(const mime::Message& message, const Parts& parts) {
  return std::all_of(parts.begin(), parts.end(),
                     [&](const auto& part) { return mime::find_part(message, part).has_value(); });
}

Task<Result<bool>> have_parts(Session* s, std::vector<std::uint32_t> uids, Parts parts) {
  if (parts.empty()) co_return true;
  for (std::size_t at = 0; at < uids.size();) {
    std::vector<model::ContentId> ids;
    for (; at < uids.size() && ids.size() < k_batch_messages; ++at)
      if (const auto* row = s->selected->rows().find(uids[at])) ids.emplace_back(row->content);
    auto ask = s->account->summaries(std::move(ids));
    CO_TRY(const auto summaries, co_await std::move(ask));
    for (const auto& summary : summaries) {
      if (!summary) co_return std::unexpected(summary.error());
      if (!has_parts((*summary)->message, parts)) co_return false;
    }
  }
  co_return true;
}

Task<Result<model::Query>> find_annotated(Session* s, account::MailboxRef mailbox, model::Query query) {
  auto ask = annotations_of(s, mailbox->mailbox->id, UidSet(Uid(1), Uid(UINT32_MAX)));
  CO_TRY(const auto all, co_await std::move(ask));
  auto job = [&query, &all] {
    auto out = query;
    replace_keys(out, all);
    return out;
  };
  co_return co_await offload(s->context.runtime.cpu(), job);
}

Task<Result<std::vector<std::string>>> annotation_texts(Session* s, const model::SortKey* key,
                                                        std::vector<std::uint32_t> uids) {
  UidSet set;
  for (const auto uid : uids) set.insert(Uid(uid));
  auto ask = annotations_of(s, s->selected->id(), std::move(set));
  CO_TRY(const auto all, co_await std::move(ask));
  std::vector<std::string> out(uids.size());
  std::size_t at = 0;
  for (const auto& m : all) {
    while (at < uids.size() && uids[at] < m.uid) ++at;
    const auto* value = value_of(m.annotations, key->entry, key->shared);
    if (at < uids.size() && uids[at] == m.uid && value != nullptr) out[at] = mime::fold(*value);
  }
  co_return out;
}

}  // namespace mailstead::imap

// Commands as they would be sent.
#include <chrono>

#include "base/ascii.h"
#include "base/utf8.h"
#include "imap/wire/command.h"
#include "imap/wire/printer.h"
#include "imap/wire/utf7.h"

namespace mailstead::imap {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

std::string literal(std::string_view s, bool binary = false) {
  return cat(binary ? "~{" : "{", s.size(), s.size() <= limits::k_imap_literal_minus_bytes ? "+}\r\n" : "}\r\n", s);
}

// Quoted where it can be, a literal elsewhere.
std::string text(std::string_view s) {
  if (!is_utf8(s) || s.size() > 1000 || s.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
    return literal(s);
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out += '"';
}

template <class C, class F>
std::string joined(const C& items, F&& f, std::string_view between = " ") {
  std::string out;
  for (const auto& i : items) {
    if (&i != &*std::begin(items)) out += between;
    out += f(i);
  }
  return out;
}

std::string set(const MessageSet& s) {
  return std::visit(Overloaded{[](const SavedResult&) -> std::string { return "$"; },
                               [](const auto& numbers) { return numbers.to_string(); }},
                    s);
}

std::string status_list(const std::vector<StatusItem>& items) {
  return cat('(', joined(items, [](StatusItem i) { return std::string(to_string(i)); }), ')');
}

std::string annotation_changes(const std::vector<model::MessageAnnotation>& changes) {
  return cat("ANNOTATION (",
             joined(changes,
                    [](const auto& a) {
                      return cat(text(a.entry), a.shared ? " (value.shared " : " (value.priv ",
                                 !a.value ? "NIL" : literal(*a.value, a.value->find('\0') != std::string::npos), ')');
                    }),
             ')');
}

std::string fetch_item(const FetchItem& i) {
  using enum FetchAttr;
  const auto partial = i.partial ? cat('<', i.partial->first, '.', i.partial->second, '>') : std::string();
  switch (i.attr) {
    case body:
      return cat(i.peek ? "BODY.PEEK" : "BODY", section_text(i.section), partial);
    case binary:
      return cat(i.peek ? "BINARY.PEEK" : "BINARY", section_text(i.section), partial);
    case binary_size:
      return cat("BINARY.SIZE", section_text(i.section));
    case rfc822:
      return i.peek ? "RFC822.PEEK" : "RFC822";
    case annotation:
      return cat("ANNOTATION ((", joined(i.entries, text), ") (", joined(i.attributes, text), "))");
    case preview:
      return i.lazy ? "PREVIEW (LAZY)" : "PREVIEW";
    default:
      return std::string(fetch_word(i.attr));
  }
}

std::string partial_text(const PartialRange& p) {
  const auto* sign = p.from_end ? "-" : "";
  return cat("PARTIAL ", sign, p.a, ':', sign, p.b);
}

std::string returns(const std::optional<SearchReturn>& give) {
  if (!give) return {};
  std::vector<std::string> out;
  if (give->min) out.emplace_back("MIN");
  if (give->max) out.emplace_back("MAX");
  if (give->all) out.emplace_back("ALL");
  if (give->count) out.emplace_back("COUNT");
  if (give->save) out.emplace_back("SAVE");
  if (give->partial) out.push_back(partial_text(*give->partial));
  if (give->relevancy) out.emplace_back("RELEVANCY");
  if (give->context) out.emplace_back("CONTEXT");
  if (give->update)
    out.push_back(give->update->empty() ? "UPDATE" : cat("UPDATE (", joined(*give->update, fetch_item), ')'));
  return cat("RETURN (", joined(out, [](const auto& s) { return s; }), ") ");
}

std::string sort_key(const model::SortKey& k) {
  const auto of =
      k.by != model::SortBy::annotation ? "" : cat(' ', text(k.entry), k.shared ? " value.shared" : " value.priv");
  return cat(k.reverse ? "REVERSE " : "", model::to_string(k.by), of);
}

struct Print {
  const ParseContext& context;

  std::string mailbox(const std::string& name) const { return text(context.utf8 ? name : utf7_encode(name)); }
  std::string uid(bool on) const { return on ? "UID " : ""; }

  std::string operator()(const Id& c) const {
    if (!c.fields) return "ID NIL";
    return cat(
        "ID (",
        joined(*c.fields, [](const auto& f) { return cat(text(f.first), ' ', f.second ? text(*f.second) : "NIL"); }),
        ')');
  }
  std::string operator()(const Authenticate& c) const {
    if (!c.initial) return cat("AUTHENTICATE ", c.mechanism);
    return cat("AUTHENTICATE ", c.mechanism, ' ', c.initial->empty() ? "=" : *c.initial);
  }
  std::string operator()(const Login& c) const { return cat("LOGIN ", text(c.user), ' ', text(c.password)); }
  std::string operator()(const Enable& c) const {
    return cat("ENABLE ", joined(c.capabilities, [](const auto& s) { return s; }));
  }
  std::string operator()(const Compress& c) const { return cat("COMPRESS ", c.mechanism); }
  std::string operator()(const Select& c) const {
    std::string params = c.condstore ? "CONDSTORE" : "";
    if (c.annotate) append(params, params.empty() ? "" : " ", "ANNOTATE");
    if (c.qresync) {
      const auto& q = *c.qresync;
      append(params, params.empty() ? "" : " ", "QRESYNC (", q.uidvalidity, ' ', q.modseq.value);
      if (q.known_uids) append(params, ' ', q.known_uids->to_string());
      if (q.match) append(params, " (", q.match->first.to_string(), ' ', q.match->second.to_string(), ')');
      params += ')';
    }
    return cat(c.examine ? "EXAMINE " : "SELECT ", mailbox(c.mailbox), params.empty() ? "" : cat(" (", params, ')'));
  }
  std::string operator()(const Create& c) const {
    auto out = cat("CREATE ", mailbox(c.mailbox));
    if (c.uses.empty() && !c.unknown_use) return out;
    const auto* other = !c.unknown_use ? "" : c.uses.empty() ? "\\Unknown" : " \\Unknown";
    return cat(out, " (USE (", joined(c.uses, [](auto u) { return std::string(model::to_string(u)); }), other, "))");
  }
  std::string operator()(const Delete& c) const { return cat("DELETE ", mailbox(c.mailbox)); }
  std::string operator()(const Rename& c) const { return cat("RENAME ", mailbox(c.from), ' ', mailbox(c.to)); }
  std::string operator()(const Subscribe& c) const {
    return cat(c.on ? "SUBSCRIBE " : "UNSUBSCRIBE ", mailbox(c.mailbox));
  }
  std::string operator()(const Status& c) const {
    return cat("STATUS ", mailbox(c.mailbox), ' ', status_list(c.items));
  }
  std::string operator()(const List& c) const {
    if (!c.extended) return cat("LIST ", mailbox(c.reference), ' ', mailbox(c.patterns.front()));
    std::vector<std::string> select, give;
    if (c.select.subscribed) select.emplace_back("SUBSCRIBED");
    if (c.select.remote) select.emplace_back("REMOTE");
    if (c.select.recursive_match) select.emplace_back("RECURSIVEMATCH");
    if (c.select.special_use) select.emplace_back("SPECIAL-USE");
    if (c.give.subscribed) give.emplace_back("SUBSCRIBED");
    if (c.give.children) give.emplace_back("CHILDREN");
    if (c.give.special_use) give.emplace_back("SPECIAL-USE");
    if (c.give.my_rights) give.emplace_back("MYRIGHTS");
    if (!c.give.metadata.empty()) give.push_back(cat("METADATA (", joined(c.give.metadata, text), ')'));
    if (!c.give.status.empty()) give.push_back(cat("STATUS ", status_list(c.give.status)));
    const auto same = [](const auto& s) { return s; };
    return cat("LIST (", joined(select, same), ") ", mailbox(c.reference), " (",
               joined(c.patterns, [&](const auto& p) { return mailbox(p); }), ") RETURN (", joined(give, same), ')');
  }
  std::string operator()(const Lsub& c) const { return cat("LSUB ", mailbox(c.reference), ' ', mailbox(c.pattern)); }
  std::string append_message(const AppendMessage& m) const {
    auto out = cat(" (", joined(m.flags, [](const auto& f) { return f; }), ')');
    if (m.date) append(out, " \"", date_time(m.date->first, m.date->second), '"');
    if (!m.annotations.empty()) append(out, ' ', annotation_changes(m.annotations));
    if (m.parts.empty()) return cat(out, m.utf8 ? " UTF8 (" : " ", literal(m.content, m.binary), m.utf8 ? ")" : "");
    const auto part = [](const CatPart& p) {
      return p.url ? cat("URL ", text(p.text)) : cat("TEXT ", literal(p.text));
    };
    return cat(out, " CATENATE (", joined(m.parts, part), ')');
  }
  std::string operator()(const Append& c) const {
    auto out = cat("APPEND ", mailbox(c.mailbox));
    for (const auto& m : c.messages) out += append_message(m);
    return out;
  }
  std::string operator()(const Replace& c) const {
    return cat(uid(c.uid), "REPLACE ", set(c.message), ' ', mailbox(c.mailbox), append_message(c.with));
  }
  std::string operator()(const Expunge& c) const { return c.uids ? cat("UID EXPUNGE ", set(*c.uids)) : "EXPUNGE"; }
  std::string operator()(const Search& c) const {
    return cat(uid(c.uid), "SEARCH ", returns(c.give), model::to_string(c.query));
  }
  std::string filter(const MailboxFilter& f) const {
    static constexpr std::string_view words[] = {"SELECTED", "INBOXES",     "PERSONAL", "SUBSCRIBED",
                                                 "SUBTREE",  "SUBTREE-ONE", "MAILBOXES"};
    const auto word = words[static_cast<std::size_t>(f.kind)];
    if (f.names.empty()) return std::string(word);
    return cat(word, " (", joined(f.names, [&](const auto& n) { return mailbox(n); }), ')');
  }
  std::string operator()(const Esearch& c) const {
    const auto in = c.in.empty() ? "" : cat("IN (", joined(c.in, [&](const auto& f) { return filter(f); }), ") ");
    return cat("ESEARCH ", in, returns(c.give), model::to_string(c.query));
  }
  std::string operator()(const CancelUpdate& c) const { return cat("CANCELUPDATE ", joined(c.tags, text)); }
  std::string operator()(const Sort& c) const {
    return cat(uid(c.uid), "SORT ", returns(c.give), '(', joined(c.keys, sort_key), ") UTF-8 ",
               model::to_string(c.query));
  }
  std::string operator()(const Thread& c) const {
    return cat(uid(c.uid), "THREAD ", model::to_string(c.by), " UTF-8 ", model::to_string(c.query));
  }
  std::string operator()(const Language& c) const {
    return c.tags.empty() ? "LANGUAGE" : cat("LANGUAGE ", joined(c.tags, text));
  }
  std::string operator()(const Comparator& c) const {
    return c.names.empty() ? "COMPARATOR" : cat("COMPARATOR ", joined(c.names, text));
  }
  std::string operator()(const Fetch& c) const {
    auto out = cat(uid(c.uid), "FETCH ", set(c.set), " (", joined(c.items, fetch_item), ')');
    std::vector<std::string> modifiers;
    if (c.changed_since) modifiers.push_back(cat("CHANGEDSINCE ", c.changed_since->value));
    if (c.vanished) modifiers.emplace_back("VANISHED");
    if (c.partial) modifiers.push_back(partial_text(*c.partial));
    if (!modifiers.empty()) append(out, " (", joined(modifiers, [](const auto& m) { return m; }), ')');
    return out;
  }
  std::string operator()(const Notify& c) const {
    static constexpr std::string_view words[] = {"MessageNew",          "MessageExpunge",     "FlagChange",
                                                 "MailboxName",         "SubscriptionChange", "MailboxMetadataChange",
                                                 "ServerMetadataChange"};
    if (c.groups.empty()) return "NOTIFY NONE";
    std::string out = c.status ? "NOTIFY SET STATUS" : "NOTIFY SET";
    for (const auto& g : c.groups) {
      append(out, " (", filter(g.of), g.delayed ? "-DELAYED " : " ");
      std::vector<std::string> events;
      for (const auto e : g.events) {
        events.emplace_back(words[static_cast<std::size_t>(e)]);
        if (e == NotifyEvent::message_new && !g.items.empty())
          append(events.back(), " (", joined(g.items, fetch_item), ')');
      }
      events.insert(events.end(), g.unsupported.begin(), g.unsupported.end());
      append(out, events.empty() ? "NONE" : cat('(', joined(events, [](const auto& e) { return e; }), ')'), ')');
    }
    return out;
  }
  std::string operator()(const Store& c) const {
    static constexpr std::string_view sign[] = {"", "+", "-"};
    const auto modifier = c.unchanged_since ? cat("(UNCHANGEDSINCE ", c.unchanged_since->value, ')') : std::string();
    if (!c.annotations.empty())
      return cat(uid(c.uid), "STORE ", set(c.set), ' ', modifier.empty() ? "" : modifier + ' ',
                 annotation_changes(c.annotations));
    return cat(uid(c.uid), "STORE ", set(c.set), ' ', c.unchanged_since && !c.modifier_last ? modifier + ' ' : "",
               sign[static_cast<std::size_t>(c.change)], c.silent ? "FLAGS.SILENT (" : "FLAGS (",
               joined(c.flags, [](const auto& f) { return f; }), ')', c.modifier_last ? ' ' + modifier : "");
  }
  std::string operator()(const UidBatches& c) const {
    return cat("UIDBATCHES ", c.size, c.wanted ? cat(' ', c.wanted->first, ':', c.wanted->second) : "");
  }
  std::string operator()(const Copy& c) const {
    return cat(uid(c.uid), c.move ? "MOVE " : "COPY ", set(c.set), ' ', mailbox(c.mailbox));
  }
  std::string metadata_mailbox(const std::string& name) const { return name.empty() ? "\"\"" : mailbox(name); }
  std::string operator()(const GetMetadata& c) const {
    std::vector<std::string> options;
    if (c.max_size) options.push_back(cat("MAXSIZE ", *c.max_size));
    if (c.depth != 0) options.emplace_back(c.depth == 1 ? "DEPTH 1" : "DEPTH INFINITY");
    return cat("GETMETADATA ", options.empty() ? "" : cat('(', joined(options, [](const auto& o) { return o; }), ") "),
               metadata_mailbox(c.mailbox), " (", joined(c.entries, text), ')');
  }
  std::string operator()(const SetMetadata& c) const {
    const auto one = [](const auto& e) {
      return cat(text(e.first), ' ', !e.second ? "NIL" : literal(*e.second, e.second->find('\0') != std::string::npos));
    };
    return cat("SETMETADATA ", metadata_mailbox(c.mailbox), " (", joined(c.entries, one), ')');
  }
  std::string operator()(const GetQuota& c) const { return cat("GETQUOTA ", text(c.root)); }
  std::string operator()(const GetQuotaRoot& c) const { return cat("GETQUOTAROOT ", mailbox(c.mailbox)); }
  std::string operator()(const SetQuota& c) const {
    return cat("SETQUOTA ", text(c.root), " (",
               joined(c.limits, [](const auto& l) { return cat(l.first, ' ', l.second); }), ')');
  }
  std::string operator()(const SetAcl& c) const {
    return cat("SETACL ", mailbox(c.mailbox), ' ', text(c.identifier), " \"", c.change.to_string(), '"');
  }
  std::string operator()(const DeleteAcl& c) const {
    return cat("DELETEACL ", mailbox(c.mailbox), ' ', text(c.identifier));
  }
  std::string operator()(const GetAcl& c) const { return cat("GETACL ", mailbox(c.mailbox)); }
  std::string operator()(const ListRights& c) const {
    return cat("LISTRIGHTS ", mailbox(c.mailbox), ' ', text(c.identifier));
  }
  std::string operator()(const MyRights& c) const { return cat("MYRIGHTS ", mailbox(c.mailbox)); }
  std::string operator()(const GenUrlAuth& c) const {
    return cat("GENURLAUTH ", joined(c.urls, [](const auto& u) { return cat(text(u.first), ' ', u.second); }));
  }
  std::string operator()(const UrlFetch& c) const { return cat("URLFETCH ", joined(c.urls, text)); }
  std::string operator()(const ResetKey& c) const {
    std::string out = "RESETKEY";
    if (!c.mailbox.empty()) append(out, ' ', mailbox(c.mailbox));
    for (const auto& m : c.mechanisms) append(out, ' ', m);
    return out;
  }
  template <class C>
  std::string operator()(const C& c) const {  // without arguments
    return std::string(name_of(Command(c)));
  }
};

}  // namespace

std::string to_string(const Command& command, const ParseContext& context) {
  return std::visit(Print{context}, command);
}

std::string_view name_of(const Command& command) {
  return std::visit(
      Overloaded{[](const Noop&) -> std::string_view { return "NOOP"; },
                 [](const Capability&) -> std::string_view { return "CAPABILITY"; },
                 [](const Logout&) -> std::string_view { return "LOGOUT"; },
                 [](const StartTls&) -> std::string_view { return "STARTTLS"; },
                 [](const Namespace&) -> std::string_view { return "NAMESPACE"; },
                 [](const Idle&) -> std::string_view { return "IDLE"; },
                 [](const Check&) -> std::string_view { return "CHECK"; },
                 [](const Close&) -> std::string_view { return "CLOSE"; },
                 [](const Unauthenticate&) -> std::string_view { return "UNAUTHENTICATE"; },
                 [](const Unselect&) -> std::string_view { return "UNSELECT"; },
                 [](const Id&) -> std::string_view { return "ID"; },
                 [](const Authenticate&) -> std::string_view { return "AUTHENTICATE"; },
                 [](const Login&) -> std::string_view { return "LOGIN"; },
                 [](const Enable&) -> std::string_view { return "ENABLE"; },
                 [](const Compress&) -> std::string_view { return "COMPRESS"; },
                 [](const Select& c) -> std::string_view { return c.examine ? "EXAMINE" : "SELECT"; },
                 [](const Create&) -> std::string_view { return "CREATE"; },
                 [](const Delete&) -> std::string_view { return "DELETE"; },
                 [](const Rename&) -> std::string_view { return "RENAME"; },
                 [](const Subscribe& c) -> std::string_view { return c.on ? "SUBSCRIBE" : "UNSUBSCRIBE"; },
                 [](const Status&) -> std::string_view { return "STATUS"; },
                 [](const List&) -> std::string_view { return "LIST"; },
                 [](const Lsub&) -> std::string_view { return "LSUB"; },
                 [](const Append&) -> std::string_view { return "APPEND"; },
                 [](const Replace& c) -> std::string_view { return c.uid ? "UID REPLACE" : "REPLACE"; },
                 [](const Expunge& c) -> std::string_view { return c.uids ? "UID EXPUNGE" : "EXPUNGE"; },
                 [](const Search& c) -> std::string_view { return c.uid ? "UID SEARCH" : "SEARCH"; },
                 [](const Esearch&) -> std::string_view { return "ESEARCH"; },
                 [](const CancelUpdate&) -> std::string_view { return "CANCELUPDATE"; },
                 [](const Sort& c) -> std::string_view { return c.uid ? "UID SORT" : "SORT"; },
                 [](const Thread& c) -> std::string_view { return c.uid ? "UID THREAD" : "THREAD"; },
                 [](const Language&) -> std::string_view { return "LANGUAGE"; },
                 [](const Comparator&) -> std::string_view { return "COMPARATOR"; },
                 [](const Fetch& c) -> std::string_view { return c.uid ? "UID FETCH" : "FETCH"; },
                 [](const Notify&) -> std::string_view { return "NOTIFY"; },
                 [](const Store& c) -> std::string_view { return c.uid ? "UID STORE" : "STORE"; },
                 [](const Copy& c) -> std::string_view {
                   return c.move ? (c.uid ? "UID MOVE" : "MOVE") : (c.uid ? "UID COPY" : "COPY");
                 },
                 [](const UidBatches&) -> std::string_view { return "UIDBATCHES"; },
                 [](const GetMetadata&) -> std::string_view { return "GETMETADATA"; },
                 [](const SetMetadata&) -> std::string_view { return "SETMETADATA"; },
                 [](const GetQuota&) -> std::string_view { return "GETQUOTA"; },
                 [](const GetQuotaRoot&) -> std::string_view { return "GETQUOTAROOT"; },
                 [](const SetQuota&) -> std::string_view { return "SETQUOTA"; },
                 [](const SetAcl&) -> std::string_view { return "SETACL"; },
                 [](const DeleteAcl&) -> std::string_view { return "DELETEACL"; },
                 [](const GetAcl&) -> std::string_view { return "GETACL"; },
                 [](const ListRights&) -> std::string_view { return "LISTRIGHTS"; },
                 [](const MyRights&) -> std::string_view { return "MYRIGHTS"; },
                 [](const GenUrlAuth&) -> std::string_view { return "GENURLAUTH"; },
                 [](const UrlFetch&) -> std::string_view { return "URLFETCH"; },
                 [](const ResetKey&) -> std::string_view { return "RESETKEY"; }},
      command);
}

}  // namespace mailstead::imap

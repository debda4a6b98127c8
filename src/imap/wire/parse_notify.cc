// NOTIFY (RFC 5465 §8).
#include <algorithm>

#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

using Kind = MailboxFilter::Kind;

constexpr std::size_t k_groups_max = 100;  // each is asked about each mailbox that changes
constexpr std::size_t k_events_max = 100;

std::optional<NotifyEvent> event_of(std::string_view word) {
  static constexpr std::string_view words[] = {"MESSAGENEW",          "MESSAGEEXPUNGE",     "FLAGCHANGE",
                                               "MAILBOXNAME",         "SUBSCRIPTIONCHANGE", "MAILBOXMETADATACHANGE",
                                               "SERVERMETADATACHANGE"};
  const auto* at = std::find(std::begin(words), std::end(words), word);
  if (at == std::end(words)) return std::nullopt;
  return static_cast<NotifyEvent>(at - std::begin(words));
}

Result<> event(Scanner& in, NotifyGroup& out) {
  if (out.events.size() + out.unsupported.size() >= k_events_max) return fail(Errc::too_big, "too many events");
  TRY(auto word, in.word());
  const auto known = event_of(word);
  if (!known) {
    out.unsupported.push_back(std::move(word));
    return {};
  }
  if (std::find(out.events.begin(), out.events.end(), *known) == out.events.end()) out.events.push_back(*known);
  if (known != NotifyEvent::message_new || in.peek() != ' ' || in.peek(1) != '(') return {};
  TRY_VOID(in.space());
  return fetch_items(in, out.items);
}

Result<NotifyGroup> group(Scanner& in) {
  NotifyGroup out;
  TRY_VOID(in.expect('('));
  out.delayed = in.accept_word("SELECTED-DELAYED");
  if (!out.delayed) {
    TRY(out.of, mailbox_filter(in));
  }
  TRY_VOID(in.space());
  const auto one = [&] { return event(in, out); };
  if (in.peek() == '(') {
    TRY_VOID(in.list(one));
  } else if (!in.accept_word("NONE")) {
    do {  // without parentheses, as the example of §3.1 has them
      TRY_VOID(one());
    } while (in.accept(' '));
  }
  TRY_VOID(in.expect(')'));

  const auto asks = [&](NotifyEvent e) {
    return std::find(out.events.begin(), out.events.end(), e) != out.events.end();
  };
  // §5: one of the two alone leaves a client out of step.
  if (asks(NotifyEvent::message_new) != asks(NotifyEvent::message_expunge))
    return fail(Errc::syntax, "MessageNew and MessageExpunge go together");
  if (asks(NotifyEvent::flag_change) && !asks(NotifyEvent::message_new))
    return fail(Errc::syntax, "FlagChange needs MessageNew and MessageExpunge");
  const bool of_selected = out.of.kind == Kind::selected;
  const auto of_others = [](NotifyEvent e) { return e >= NotifyEvent::mailbox_name; };
  if (of_selected && std::any_of(out.events.begin(), out.events.end(), of_others))
    return fail(Errc::syntax, "only message events for the selected mailbox");  // §6.1
  if (!of_selected && !out.items.empty()) return fail(Errc::syntax, "FETCH items only for the selected mailbox");
  return out;
}

}  // namespace

Result<Command> parse_notify(Scanner& in, bool) {
  Notify out;
  TRY_VOID(in.space());
  if (in.accept_word("NONE")) return Command(std::move(out));
  if (!in.accept_word("SET")) return fail(Errc::syntax, "SET or NONE expected");
  TRY_VOID(in.space());
  if (in.accept_word("STATUS")) {
    out.status = true;
    TRY_VOID(in.space());
  }
  const auto of_selected = [](const NotifyGroup& g) { return g.of.kind == Kind::selected; };
  do {
    if (out.groups.size() >= k_groups_max) return fail(Errc::too_big, "too many event groups");
    TRY(auto one, group(in));
    if (of_selected(one) && std::any_of(out.groups.begin(), out.groups.end(), of_selected))
      return fail(Errc::syntax, "the selected mailbox twice");  // §6.1
    out.groups.push_back(std::move(one));
  } while (in.accept(' '));
  return Command(std::move(out));
}

}  // namespace mailstead::imap

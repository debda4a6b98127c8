// ESEARCH, the command (RFC 7377 §4).
#include <algorithm>

#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_names_max = 1000;  // of one filter: each is compared with each mailbox

}  // namespace

// RFC 5465 §8 filter-mailboxes, without "selected-delayed".
Result<MailboxFilter> mailbox_filter(Scanner& in) {
  using enum MailboxFilter::Kind;
  static constexpr std::pair<std::string_view, MailboxFilter::Kind> words[] = {
      {"SELECTED", selected}, {"INBOXES", inboxes},         {"PERSONAL", personal},   {"SUBSCRIBED", subscribed},
      {"SUBTREE", subtree},   {"SUBTREE-ONE", subtree_one}, {"MAILBOXES", mailboxes},
  };
  TRY(const auto word, in.word());
  const auto* at = std::find_if(std::begin(words), std::end(words), [&](const auto& w) { return w.first == word; });
  if (at == std::end(words)) return fail(Errc::syntax, "unknown mailbox filter");
  MailboxFilter out{at->second, {}};
  if (out.kind < subtree) return out;
  TRY_VOID(in.space());
  const auto one = [&]() -> Result<> {
    if (out.names.size() >= k_names_max) return fail(Errc::too_big, "too many mailboxes");
    TRY(auto name, in.mailbox());
    out.names.push_back(std::move(name));
    return {};
  };
  if (in.peek() == '(') {
    TRY_VOID(in.list(one));
  } else {
    TRY_VOID(one());
  }
  return out;
}

Result<Command> parse_esearch(Scanner& in, bool) {
  Esearch out;
  TRY_VOID(in.space());
  if (in.accept_word("IN")) {
    TRY_VOID(in.space());
    TRY_VOID(in.list([&]() -> Result<> {
      TRY(auto filter, mailbox_filter(in));
      out.in.push_back(std::move(filter));
      return {};
    }));
    TRY_VOID(in.space());
  }
  TRY_VOID(search_program(in, out.give, out.query));
  return Command(std::move(out));
}

}  // namespace mailstead::imap

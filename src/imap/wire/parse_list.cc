// LIST with its extensions (RFC 9051 §6.3.9, RFC 5258, 5819, 6154, 9590) and LSUB.
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

Result<> selection(Scanner& in, List& out) {
  TRY_VOID(in.list(
      [&]() -> Result<> {
        TRY(const auto word, in.word());
        if (word == "SUBSCRIBED")
          out.select.subscribed = true;
        else if (word == "REMOTE")
          out.select.remote = true;
        else if (word == "RECURSIVEMATCH")
          out.select.recursive_match = true;
        else if (word == "SPECIAL-USE")
          out.select.special_use = true;
        else
          return fail(Errc::syntax, "unknown LIST selection option");
        return {};
      },
      true));
  // RFC 5258 §3: alone, or with REMOTE only, it has nothing to recurse on.
  if (out.select.recursive_match && !out.select.subscribed && !out.select.special_use)
    return fail(Errc::syntax, "RECURSIVEMATCH needs another option");
  return {};
}

Result<> returns(Scanner& in, List& out) {
  return in.list(
      [&]() -> Result<> {
        TRY(const auto word, in.word());
        if (word == "SUBSCRIBED") {
          out.give.subscribed = true;
        } else if (word == "CHILDREN") {
          out.give.children = true;
        } else if (word == "SPECIAL-USE") {
          out.give.special_use = true;
        } else if (word == "MYRIGHTS") {
          out.give.my_rights = true;
        } else if (word == "METADATA") {
          TRY_VOID(in.space());
          TRY(out.give.metadata, metadata_entries(in));
        } else if (word == "STATUS") {
          TRY_VOID(in.space());
          TRY(out.give.status, status_items(in));
        } else {
          return fail(Errc::syntax, "unknown LIST return option");
        }
        return {};
      },
      true);
}

}  // namespace

Result<Command> parse_list(Scanner& in, bool) {
  List out;
  TRY_VOID(in.space());
  if (in.peek() == '(') {
    out.extended = true;
    TRY_VOID(selection(in, out));
    TRY_VOID(in.space());
  }
  TRY(out.reference, in.list_mailbox());
  TRY_VOID(in.space());
  if (in.peek() == '(') {
    out.extended = true;
    TRY_VOID(in.list([&]() -> Result<> {
      TRY(auto pattern, in.list_mailbox());
      if (out.patterns.size() >= 100)
        return fail(Errc::too_big, "too many patterns");  // each is matched with each name
      out.patterns.push_back(std::move(pattern));
      return {};
    }));
  } else {
    TRY(auto pattern, in.list_mailbox());
    out.patterns.push_back(std::move(pattern));
  }
  if (in.accept(' ')) {
    out.extended = true;
    if (!in.accept_word("RETURN")) return fail(Errc::syntax, "RETURN expected");
    TRY_VOID(in.space());
    TRY_VOID(returns(in, out));
  }
  return Command(std::move(out));
}

Result<Command> parse_lsub(Scanner& in, bool) {
  Lsub out;
  TRY_VOID(in.space());
  TRY(out.reference, in.list_mailbox());
  TRY_VOID(in.space());
  TRY(out.pattern, in.list_mailbox());
  return Command(std::move(out));
}

}  // namespace mailstead::imap

// GENURLAUTH, URLFETCH, RESETKEY (RFC 4467 §9).
#include "imap/wire/parsers.h"

namespace mailstead::imap {

Result<Command> parse_genurlauth(Scanner& in, bool) {
  GenUrlAuth out;
  do {
    if (out.urls.size() == limits::k_urls) return fail(Errc::too_big, "too many URLs");
    TRY_VOID(in.space());
    TRY(auto rump, in.astring());
    TRY_VOID(in.space());
    TRY(auto mechanism, in.word());
    out.urls.emplace_back(std::move(rump), std::move(mechanism));
  } while (!in.at_end());
  return Command(std::move(out));
}

Result<Command> parse_urlfetch(Scanner& in, bool) {
  UrlFetch out;
  do {
    if (out.urls.size() == limits::k_urls) return fail(Errc::too_big, "too many URLs");
    TRY_VOID(in.space());
    TRY(auto url, in.astring());
    out.urls.push_back(std::move(url));
  } while (!in.at_end());
  return Command(std::move(out));
}

Result<Command> parse_resetkey(Scanner& in, bool) {
  ResetKey out;
  if (in.at_end()) return Command(std::move(out));
  TRY_VOID(in.space());
  TRY(out.mailbox, in.mailbox());
  while (!in.at_end()) {
    if (out.mechanisms.size() == limits::k_urls) return fail(Errc::too_big, "too many mechanisms");
    TRY_VOID(in.space());
    TRY(auto mechanism, in.word());
    out.mechanisms.push_back(std::move(mechanism));
  }
  return Command(std::move(out));
}

}  // namespace mailstead::imap

#include "imap/server/reply.h"

#include <utility>

namespace mailstead::imap {
namespace {

struct Words {
  Reply::Kind kind;
  std::string_view code, text;
};

Words words(Errc e) {
  switch (e) {
    case Errc::syntax:
      return {Reply::bad, "", "Syntax error"};
    case Errc::invalid:
      return {Reply::no, "CANNOT", "Not possible"};
    case Errc::too_big:
      return {Reply::no, "LIMIT", "Over a limit of this server"};
    case Errc::not_found:
      return {Reply::no, "NONEXISTENT", "No such mailbox"};
    case Errc::exists:
      return {Reply::no, "ALREADYEXISTS", "It exists already"};
    case Errc::no_permission:
      return {Reply::no, "NOPERM", "Not allowed"};
    case Errc::over_quota:
      return {Reply::no, "OVERQUOTA", "The mailbox is full"};
    case Errc::auth_failed:
      return {Reply::no, "AUTHENTICATIONFAILED", "Wrong user name or password"};
    case Errc::expired:
      return {Reply::no, "EXPIRED", "These credentials have expired"};
    case Errc::throttled:
      return {Reply::no, "UNAVAILABLE", "Too many tries; come again in a minute"};
    case Errc::in_use:
      return {Reply::no, "INUSE", "In use"};
    case Errc::unavailable:
    case Errc::closed:
      return {Reply::no, "UNAVAILABLE", "Temporary failure, please try again"};
    case Errc::full:
      return {Reply::no, "UNAVAILABLE", "The server's disk is full, please try again later"};
    case Errc::unknown:
      return {Reply::no, "UNAVAILABLE", "The outcome is not known, please look again"};
    case Errc::corrupt:
      return {Reply::no, "CORRUPTION", "Stored data is damaged; the administrator has been told"};
    case Errc::unsupported:
      return {Reply::no, "CANNOT", "Not supported"};
  }
  std::unreachable();
}

}  // namespace

Reply reply_of(const Error& error) {
  const auto w = words(error.code);
  return {w.kind, std::string(w.code), error.detail.empty() ? std::string(w.text) : error.detail};
}

Reply reply_of_target(const Error& error) {
  if (error.code == Errc::not_found) return Reply::refuse("TRYCREATE", "No such mailbox");
  return reply_of(error);
}

}  // namespace mailstead::imap

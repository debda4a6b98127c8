// CAPABILITY, NOOP, CHECK, LOGOUT, ID, ENABLE, NAMESPACE (RFC 9051 §6.1, §6.3.1, §6.3.10, RFC 2971).
#include <algorithm>

#include "base/ascii.h"
#include "base/log.h"
#include "imap/server/readonly.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, Capability) {
  s.untagged(cat("CAPABILITY ", capabilities(s)));
  co_return Reply::done();
}

Task<Reply> run(Session&, Noop) {
  co_return Reply::done();
}

Task<Reply> run(Session&, Check) {  // RFC 3501 §6.4.1: everything is durable already
  co_return Reply::done();
}

Task<Reply> run(Session& s, Logout) {
  s.untagged("BYE See you");
  s.unselect();  // no updates behind BYE
  s.over = true;
  co_return Reply::done();
}

// RFC 2971 §3.2. What a client says of itself helps to explain its behaviour: logged, and known bugs are worked around
// (profile.h); nothing is allowed or refused by it.
Task<Reply> run(Session& s, Id command) {
  std::string client;
  if (command.fields)
    for (const auto& [name, value] : *command.fields)
      if (value && (iequals(name, "name") || iequals(name, "version")))
        append(client, client.empty() ? "" : " ", *value);
  s.client = std::move(command);
  if (s.account) co_await s.go_home();  // what is set for the user's account
  s.profile_changed();
  if (!client.empty())
    log::info("imap.client", {{"account", s.identity.name}, {"client", client}, {"quirks", s.profile.names()}});
  s.untagged("ID (\"name\" \"Mailstead\")");
  co_return Reply::done();
}

Task<Reply> run(Session& s, Enable command) {
  std::string enabled;
  for (const auto& name : command.capabilities) {
    if (!s.profile.offers(name)) continue;
    if (name == "IMAP4REV2" && !s.rev2) {
      s.rev2 = true;
      enabled += " IMAP4rev2";
    } else if (name == "UTF8=ACCEPT" && !s.utf8_accept) {  // RFC 6855 §3
      s.utf8_accept = true;
      enabled += " UTF8=ACCEPT";
    } else if (name == "UIDONLY" && !s.uidonly) {  // RFC 9586 §3.1
      s.uidonly = true;
      enabled += " UIDONLY";
    } else if (name == "METADATA" && !s.metadata) {  // RFC 5464 §4.1
      s.metadata = true;
      enabled += " METADATA";
    } else if (name == "CONDSTORE" && !s.condstore) {  // RFC 7162 §3.1
      s.enable_condstore();
      enabled += " CONDSTORE";
    } else if (name == "QRESYNC" && !s.qresync) {  // RFC 7162 §3.2.3
      s.qresync = true;
      s.enable_condstore();
      enabled += " QRESYNC";
    }
  }
  s.untagged(cat("ENABLED", enabled));
  co_return Reply::done();
}

Task<Reply> run(Session& s, Namespace) {  // RFC 2342 §5: personal, other users', shared
  co_await s.go_home();
  const auto shared = s.account->options().show_past ? cat("((\"", k_past_prefix, "\" \"/\"))") : "NIL";
  const auto others = s.profile.offers("ACL") ? cat("((\"", model::k_other_users, "\" \"/\"))") : "NIL";
  s.untagged(cat("NAMESPACE ((\"\" \"/\")) ", others, ' ', shared));
  co_return Reply::done();
}

}  // namespace mailstead::imap

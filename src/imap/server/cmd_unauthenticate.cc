// UNAUTHENTICATE (RFC 8437): the connection goes on as if nobody had logged in. What was enabled is off again (§2).
#include "base/ascii.h"
#include "base/log.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::string_view k_done = "Logged out; the connection stays";

// §2: both sides end their compression, we behind our OK, the client behind its command.
Task<Reply> end_compression(Session& s) {
  auto& c = s.connection;
  if (c.has_input()) {
    s.untagged("BYE Nothing may follow UNAUTHENTICATE within compression");
    s.over = true;
    co_return Reply{Reply::none, {}, {}};
  }
  co_await c.flush();
  const auto reply = cat(s.tag, " OK ", k_done, "\r\n");
  co_await s.deflate->end_output(reply);
  std::string input;
  auto below = s.deflate->take_inner(input);
  s.deflate = nullptr;
  c.set_stream(std::move(below), std::move(input));
  co_return Reply{Reply::none, {}, {}};
}

}  // namespace

Task<Reply> run(Session& s, Unauthenticate) {
  log::info("imap.unauthenticate", {{"account", s.identity.name}});
  s.log_out();
  if (s.deflate != nullptr) {
    auto end = end_compression(s);
    co_return co_await std::move(end);
  }
  co_return Reply::done(std::string(k_done));
}

}  // namespace mailstead::imap

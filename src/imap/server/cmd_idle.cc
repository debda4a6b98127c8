// IDLE (RFC 9051 §6.3.13, RFC 2177): changes are told as they happen, until DONE.
#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_done_line_bytes = 64;

}  // namespace

Task<Reply> run(Session& s, Idle) {
  s.connection.write("+ idling\r\n");
  const Idling idling(s.idling);
  while (!s.over) {
    if (s.selected || s.notifier || s.metadata) co_await s.update(s.wants_messages());  // RFC 5465 §4
    co_await s.connection.flush();
    if (s.over) break;
    if (!s.connection.has_input() && !co_await s.connection.stream().wait_input()) continue;
    const auto line = co_await s.read_line(k_done_line_bytes);
    if (!line) co_return Reply{Reply::none, {}, {}};
    if (iequals(*line, "DONE")) co_return Reply::done("Idle ended");
    co_return Reply::wrong("DONE expected");
  }
  co_return Reply{Reply::none, {}, {}};
}

}  // namespace mailstead::imap

// IDLE (RFC 9051 §6.3.13, RFC 2177): changes are told as they happen, until DONE.
#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_done_line_bytes = 64;

// Whoever leaves IDLE, by whatever way, is not woken any more.
class Idling {
 public:
  explicit Idling(Session& s) : session_(s) { session_.idling = true; }
  Idling(const Idling&) = delete;
  ~Idling() { session_.idling = false; }

 private:
  Session& session_;
};

}  // namespace

Task<Reply> run(Session& s, Idle) {
  s.connection.write("+ idling\r\n");
  const Idling idling(s);
  while (!s.over) {
    if (s.selected) co_await s.update(true);
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

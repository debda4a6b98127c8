// UIDBATCHES (RFC 10022): ranges of UIDs with equally many messages each, the newest first. Together they leave nothing
// out down to UID 1.
#include <algorithm>
#include <limits>

#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::uint32_t k_size_min = 500;

}  // namespace

Task<Reply> run(Session& s, UidBatches command) {
  if (command.size < k_size_min) co_return Reply::refuse("TOOFEW", cat("A batch has at least ", k_size_min));
  if (command.wanted && command.wanted->first > command.wanted->second)
    co_return Reply{Reply::bad, "CLIENTBUG", "The first batch is behind the last"};
  const std::size_t size = command.size;
  const auto& rows = s.selected->rows();
  const auto last = s.selected->view.last_uid().value;  // what has come since is not known to this client
  const auto count = last == std::numeric_limits<std::uint32_t>::max() ? rows.size() : rows.rank(last + 1);
  const auto batches = (count + size - 1) / size;
  const std::size_t from = command.wanted ? command.wanted->first : 1;
  const std::size_t to = command.wanted ? std::min<std::size_t>(command.wanted->second, batches) : batches;
  auto& out = s.connection.out();
  append(out, "* UIDBATCHES (TAG \"", s.tag, "\")");
  for (auto n = from; n <= to; ++n) {
    // One below the lowest of the batch before; the last one takes all that is left.
    const auto high = n == 1 ? rows.uid_at(count - 1) : rows.uid_at(count - (n - 1) * size) - 1;
    const auto low = n == batches ? 1 : rows.uid_at(count - n * size);
    append(out, n == from ? " " : ",", high);
    if (low != high) append(out, ':', low);
    co_await s.connection.flush_if_full();
  }
  out += "\r\n";
  co_return Reply::done();
}

}  // namespace mailstead::imap

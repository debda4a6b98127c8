// Bugs planted on purpose: each must be caught by the model checker (tests/model, `./dev model --planted`). In all
// builds but the preset "planted" (CMake's MAILSTEAD_PLANTED) planted() is constant false and costs nothing; there the
// environment variable MAILSTEAD_PLANTED names the one that is alive, read once.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace mailstead {

enum class Planted : std::uint8_t {
  vanished_misses_one,    // QRESYNC's history leaves out the last that went
  uidnext_goes_back,      // the UID of the highest message is used again when it is expunged
  modified_not_listed,    // STORE (UNCHANGEDSINCE) does not say whom it left alone
  expunge_during_fetch,   // EXPUNGE is sent while FETCH is in progress
  silent_hides_others,    // STORE .SILENT swallows what others have changed meanwhile
  copy_drops_flag,        // \Flagged does not go along with COPY and MOVE
  pop3_no_snapshot,       // a POP3 session's list follows the mailbox
  dele_without_quit,      // DELE is done when the connection breaks
  quota_not_decreased,    // a removed message still counts
  multiappend_in_parts,   // a refused MULTIAPPEND leaves the messages before the bad one
  notify_misses_mailbox,  // NOTIFY says nothing of some mailboxes
  ack_before_durable,     // a commit is acknowledged before it would survive a kill
  device_forgets,         // a POP3 device sees again what it has removed from its view
};

#ifdef MAILSTEAD_PLANTED
inline bool planted(Planted bug) {
  static constexpr std::array<std::string_view, 13> k_names{
      "vanished_misses_one", "uidnext_goes_back",    "modified_not_listed",   "expunge_during_fetch",
      "silent_hides_others", "copy_drops_flag",      "pop3_no_snapshot",      "dele_without_quit",
      "quota_not_decreased", "multiappend_in_parts", "notify_misses_mailbox", "ack_before_durable",
      "device_forgets"};
  static const std::size_t chosen = [] {
    const char* name = std::getenv("MAILSTEAD_PLANTED");  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return static_cast<std::size_t>(std::find(k_names.begin(), k_names.end(), name == nullptr ? "" : name) -
                                    k_names.begin());
  }();
  return static_cast<std::size_t>(bug) == chosen;
}
#else
constexpr bool planted(Planted /*bug*/) {
  return false;
}
#endif

}  // namespace mailstead

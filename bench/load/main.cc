// load: drives a mail server by LMTP, IMAP or POP3 and verifies what it answers. One mode a run:
//   load lmtp host=… port=… connections=8 count=10000 accounts=100 size=8192
// Modes stand in modes.h, common options in target.h, a mode's own at the head of its file.
#include <signal.h>

#include <array>

#include "load/modes.h"

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  const load::Options options(argc, argv);
  struct Mode {
    std::string_view name;
    int (*run)(const load::Options&);
  };
  constexpr std::array modes = {
      Mode{"lmtp", load::lmtp_deliver},
      Mode{"imap", load::imap_run},
      Mode{"imap-login", load::imap_login},
      Mode{"imap-append", load::imap_append},
      Mode{"imap-pipeline", load::imap_pipeline},
      Mode{"imap-idle", load::imap_idle},
      Mode{"imap-mix", load::imap_mix},
      Mode{"imap-notify", load::imap_notify},
      Mode{"pop3-poll", load::pop3_poll},
      Mode{"pop3-get", load::pop3_get},
      Mode{"raw-log", load::raw_log},
      Mode{"memory-server", load::memory_server},
  };
  for (const auto& m : modes)
    if (m.name == options.mode()) return m.run(options);
  load::die("unknown mode");
}

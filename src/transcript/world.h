// The servers a transcript talks to, in this process: all protocols over one store that can be made to fail, be closed
// and opened again, or be dropped as by a crash.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "account/registry.h"
#include "auth/authenticator.h"
#include "base/clock.h"
#include "delivery/pipeline.h"
#include "imap/server/session.h"
#include "pop3/session.h"
#include "runtime/home.h"
#include "smtp/server/session.h"
#include "store/fault_store.h"
#include "store/mem/mem_store.h"
#include "store/rocks/rocks_store.h"
#include "transcript/wire.h"

namespace mailstead::transcript {

inline constexpr std::string_view k_password = "secret";  // of every account

struct Settings {
  bool plain_without_tls = true, starttls = false;
  pop3::Policy pop3_policy = pop3::Policy::automatic;
  std::int64_t login_delay_s = 0;
  bool pipelining = false;
  std::size_t message_size_max = 1024 * 1024;
  std::vector<std::string> imap_without, imap_quirks;
  std::uint32_t message_limit = 0, save_limit = 0;
};

struct Mail {
  std::string account, mailbox, content;
  std::vector<std::string> flags;
  std::int64_t date = 0;  // Unix seconds; 0: now
  std::int16_t zone = 0;
};

class World {
 public:
  World(Settings settings, bool rocks, Split split, std::uint64_t seed);
  ~World();

  // imap, pop3, smtp, submission, lmtp; null for another word.
  std::shared_ptr<Wire> connect(std::string_view protocol, bool tls);
  // Ends all sessions and takes the servers down. With `crash` the store is not closed: what it has on disk at this
  // moment is what is found when it starts again. (The memory store keeps all.)
  void stop(bool crash);
  void start();

  Result<> add_account(std::string address);
  Result<std::string> add_device(std::string account, std::string device);
  Result<> deliver(Mail mail);
  // "removed", "past": what IMAP clients of the account can look at.
  Result<> show(std::string account, std::string what);
  // A capability's name: the account's sessions do not have it. "QUIRK=on", "QUIRK=off": for all of its sessions.
  Result<> without(std::string account, std::string capability);
  Result<> set_quirk(std::string account, std::string word);
  Result<> set_quota(std::string account, std::uint64_t bytes, std::uint64_t messages);

  Hub hub;
  ManualClock clock;
  store::FaultStore& faults() { return *faults_; }

 private:
  template <class T>
  T run(Task<T> task);

  const Settings settings_;
  const bool rocks_;
  std::string scratch_, path_;
  unsigned crashes_ = 0;
  store::MemStore memory_{clock};
  // In the order of construction.
  std::unique_ptr<Runtime> runtime_;
  std::unique_ptr<store::RocksStore> disk_;
  std::unique_ptr<store::FaultStore> faults_;
  std::unique_ptr<account::Registry> accounts_;
  std::unique_ptr<auth::Directory> directory_;
  std::unique_ptr<auth::Authenticator> authenticator_;
  std::unique_ptr<delivery::Pipeline> pipeline_;
  std::unique_ptr<imap::Context> imap_;
  std::unique_ptr<pop3::Context> pop3_;
  std::unique_ptr<smtp::Context> smtp_;
  std::vector<std::shared_ptr<Wire>> wires_;
  std::unique_ptr<Group> sessions_;
};

}  // namespace mailstead::transcript

// Who changes an account: written into every change record.
#pragma once

#include <cstdint>
#include <string>

#include "model/ids.h"

namespace mailstead::account {

struct Actor {
  std::string device;    // the device's name; "default" for the account password, "" for the server itself; of
                         // another user, by rights that were given: "user device"
  std::string protocol;  // "imap", "pop3", "lmtp", "smtp", "admin", …
  std::string address;   // the peer's, or ""
};

}  // namespace mailstead::account

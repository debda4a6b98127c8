// sd_notify(3) without the library: one datagram to $NOTIFY_SOCKET. Does nothing outside systemd.
#pragma once

#include <string_view>

namespace mailstead::app {

void sd_notify(std::string_view state);  // "READY=1", "RELOADING=1", "STOPPING=1"

}  // namespace mailstead::app

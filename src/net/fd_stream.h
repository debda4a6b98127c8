// Stream over a socket's descriptor, plain or with OpenSSL directly on it: 15 KiB an idle TLS connection, where a
// stream with its own record buffers costs 72 KiB.
#pragma once

#include <functional>
#include <memory>

#include "net/stream.h"

namespace mailstead::net {

// Takes over `fd` (a connected socket). Call on the home where it is to live. `on_move` is told of each new home.
class FdStream;
std::unique_ptr<Stream> make_fd_stream(int fd, Peer peer, std::uint16_t local_port,
                                       std::function<void(Stream*, Home*)> on_home = nullptr);

}  // namespace mailstead::net

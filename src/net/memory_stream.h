// A Stream without a socket, for tests of sessions: bytes are given and taken by the test on the same home.
#pragma once

#include <memory>
#include <utility>

#include "net/stream.h"

namespace mailstead::net {

// Two ends of one pipe: what is written to one is read from the other.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_pipe();

}  // namespace mailstead::net

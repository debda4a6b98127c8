// The metrics page: HTTP/1.1, GET /metrics only, one request a connection. Loopback only (config).
#pragma once

#include <memory>

#include "net/stream.h"
#include "runtime/task.h"

namespace mailstead::web {

Task<void> serve_metrics(std::unique_ptr<net::Stream> stream);

}  // namespace mailstead::web

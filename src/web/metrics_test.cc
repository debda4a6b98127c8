#include "web/metrics.h"

#include <gtest/gtest.h>

#include "net/connection.h"
#include "net/memory_stream.h"
#include "runtime/group.h"

namespace mailstead::web {
namespace {

Task<std::string> ask(std::string request) {
  auto [client, server] = net::memory_pipe();
  Group group;
  group.spawn(serve_metrics(std::move(server)));
  for (const char c : request) co_await client->write(std::string_view(&c, 1));
  net::Connection connection(std::move(client));
  std::string got;
  while (co_await connection.fill()) {
    got += connection.input();
    connection.consume(connection.input().size());
  }
  co_await group.wait();
  co_return got;
}

struct Metrics : testing::Test {
  Runtime rt{1, 1, 1};
  std::string get(const char* request) { return block_on(rt.home(0), ask(request)); }
};

TEST_F(Metrics, PageIsServedByteByByte) {
  const auto page = get("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(page.starts_with("HTTP/1.1 200 OK\r\n")) << page;
}

TEST_F(Metrics, OtherRequestsAreRefused) {
  EXPECT_TRUE(get("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(get("PUT /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").starts_with("HTTP/1.1 405"));
  EXPECT_TRUE(get("\x16\x03\x01 nonsense\r\n\r\n").starts_with("HTTP/1.1 400"));
}

}  // namespace
}  // namespace mailstead::web

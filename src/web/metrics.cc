#include "web/metrics.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "base/ascii.h"
#include "base/metrics.h"
#include "net/connection.h"

namespace mailstead::web {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t k_request_bytes = 8 * 1024;
constexpr std::int64_t k_request_ms = 10'000;

std::string reply(std::string_view status, std::string_view body) {
  return cat("HTTP/1.1 ", status,
             "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: ", body.size(),
             "\r\nConnection: close\r\n\r\n", body);
}

}  // namespace

Task<void> serve_metrics(std::unique_ptr<net::Stream> stream) {
  net::Connection connection(std::move(stream));
  connection.stream().set_deadline(k_request_ms);
  http::request_parser<http::empty_body> parser;
  parser.header_limit(k_request_bytes);
  while (!parser.is_header_done()) {
    if (!co_await connection.fill()) co_return;
    const auto input = connection.input();
    boost::system::error_code ec;
    const auto used = parser.put(boost::asio::buffer(input.data(), input.size()), ec);
    connection.consume(used);
    if (ec && ec != http::error::need_more) {
      connection.write(reply("400 Bad Request", "bad request\n"));
      co_await connection.flush();
      co_return;
    }
    if (connection.input().size() > k_request_bytes) co_return;
  }
  const auto& request = parser.get();
  const std::string_view target(request.target().data(), request.target().size());
  if (request.method() != http::verb::get)
    connection.write(reply("405 Method Not Allowed", "GET only\n"));
  else if (target != "/metrics")
    connection.write(reply("404 Not Found", "see /metrics\n"));
  else
    connection.write(reply("200 OK", metrics::exposition()));
  co_await connection.flush();
}

}  // namespace mailstead::web

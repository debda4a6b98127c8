#include "admin/server.h"

#include "admin/handlers.h"
#include "admin/transfer.h"
#include "admin/wire.h"
#include "base/ascii.h"
#include "base/log.h"
#include "net/connection.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

using Words = std::vector<std::string>;
constexpr std::int64_t k_idle_ms = 5 * 60'000;  // a client that reads slow disks between two frames

Handler handler_of(std::string_view name) {
  for (const auto entries : {directory_handlers(), account_handlers(), removed_handlers(), history_handlers(),
                             pop3_handlers(), past_handlers(), usage_handlers(), index_handlers(), share_handlers()})
    for (const auto& e : entries)
      if (e.name == name) return e.handler;
  return nullptr;
}

Task<Result<Words>> run(Context& c, Words words) {
  CO_TRY(auto call, parse(std::move(words), true));
  const auto name = call.command->name();
  const auto handler = handler_of(name);
  if (handler == nullptr) co_return fail(Errc::unsupported, "not a command of the socket");
  std::string on_what = call.arguments.empty() ? "" : call[0];
  const bool json = call.has("--json");
  const auto output = co_await handler(c, std::move(call));
  log::info("admin", {{"command", name}, {"on", on_what}, {"result", output ? "ok" : to_string(output.error().code)}});
  if (!output) co_return std::unexpected(output.error());
  co_return Words{json ? output->to_json() : output->to_text()};
}

Task<std::optional<Words>> read_frame(net::Connection& c) {
  std::size_t length = 0;
  for (;;) {
    if (length == 0 && c.input().size() >= 4) {
      length = Reader(c.input()).u32be();
      if (length == 0 || length > k_frame_max) co_return std::nullopt;
    }
    if (length != 0 && c.input().size() >= 4 + length) break;
    if (!co_await c.fill()) co_return std::nullopt;
  }
  auto words = decode_frame(c.input().substr(4, length));
  c.consume(4 + length);
  co_return words;
}

// The connection goes to the account's home, and stays there.
Task<Result<Words>> begin_transfer(Context& c, net::Connection& connection, std::string name,
                                   std::unique_ptr<Transfer>& transfer) {
  CO_TRY(const auto info, co_await c.directory.account(std::move(name)));
  co_await connection.stream().move_to(c.accounts.runtime().home_of(info.id.value));
  CO_TRY(auto account, co_await c.accounts.open(info.id));
  log::info("admin", {{"command", "transfer"}, {"on", info.name}});
  transfer = std::make_unique<Transfer>(std::move(account), c.message_size_max);
  co_return Words();
}

}  // namespace

Task<void> serve(std::unique_ptr<net::Stream> stream, Context& context) {
  net::Connection c(std::move(stream));
  std::unique_ptr<Transfer> transfer;
  for (;;) {
    c.stream().set_deadline(k_idle_ms);
    auto words = co_await read_frame(c);
    if (!words || words->empty()) co_return;
    Result<Words> reply = Words();
    if (!transfer && (*words)[0] == k_transfer && words->size() == 2)
      reply = co_await begin_transfer(context, c, (*words)[1], transfer);
    else if (transfer)
      reply = co_await transfer->step(*std::move(words));
    else
      reply = co_await run(context, *std::move(words));
    Words out;
    if (reply) {
      out = *std::move(reply);
      out.insert(out.begin(), "ok");
    } else {
      out = {"error", std::string(to_string(reply.error().code)), reply.error().detail};
    }
    c.write(encode_frame(out));
    co_await c.flush();
  }
}

}  // namespace mailstead::admin

// COMPRESS=DEFLATE (RFC 4978): compression above TLS, from the reply's CRLF on.
#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

Task<Reply> run(Session& s, Compress command) {
  if (!iequals(command.mechanism, "DEFLATE")) co_return Reply::wrong("This compression is not known");
  if (s.deflate != nullptr) co_return Reply::wrong("Compression is active already");
  auto& c = s.connection;
  append(c.out(), s.tag, " OK DEFLATE active\r\n");
  co_await c.flush();
  // What has come behind the command is compressed, or the end of this connection.
  auto input = c.take_input();
  auto stream = std::make_unique<net::DeflateStream>(c.take_stream(), std::move(input));
  s.deflate = stream.get();
  c.set_stream(std::move(stream));
  co_return Reply{Reply::none, {}, {}};
}

}  // namespace mailstead::imap

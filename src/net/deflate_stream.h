// RFC 4978 COMPRESS=DEFLATE: a Stream on top of another, whose bytes are one raw deflate stream in each direction.
// Every write ends with a sync flush, so that the peer can read all of it at once. Windows are small, and while nothing
// goes either way the memory is given back: the compressor whole (what follows does not refer to what was before), of
// the decompressor all but what the peer may still refer to.
#pragma once

#include <memory>
#include <string>

#include "net/stream.h"
#include "runtime/timer.h"

namespace mailstead::net {

class DeflateStream final : public Stream {
 public:
  // `input`: bytes already read from `inner`, compressed.
  DeflateStream(std::unique_ptr<Stream> inner, std::string input);
  ~DeflateStream() override;

  Task<std::size_t> read_some(std::span<char> into) override;
  Task<void> write(std::string_view bytes) override;
  Task<bool> wait_input() override;
  void interrupt() override { inner_->interrupt(); }
  void set_deadline(std::int64_t ms_from_now) override { inner_->set_deadline(ms_from_now); }
  Task<void> start_tls(std::shared_ptr<TlsContext> context) override;  // refused: TLS is below (RFC 4978 §3)
  bool is_tls() const override { return inner_->is_tls(); }
  std::string tls_version() const override { return inner_->tls_version(); }
  std::string tls_exporter() const override { return inner_->tls_exporter(); }
  Task<void> move_to(Home& home) override;
  void close() override { inner_->close(); }
  const Peer& peer() const override { return inner_->peer(); }
  std::uint16_t local_port() const override { return inner_->local_port(); }

  // RFC 8437 §2: `last` is the last that we send compressed. Then take_inner() gives the stream below, and in `input`
  // what was read from it behind the end of the peer's deflate stream.
  Task<void> end_output(std::string_view last);
  std::unique_ptr<Stream> take_inner(std::string& input);

  // Bytes of working memory now, about: what an idle session costs.
  std::size_t memory() const;

 private:
  struct Deflater;
  struct Inflater;

  // Decompresses what is at hand; may give nothing.
  std::size_t inflate_some(std::span<char> into);
  // Reads compressed bytes; false at the end of input.
  Task<bool> fill();
  Task<void> deflate_all(std::string_view bytes, int last_flush);
  void give_memory_back();

  std::unique_ptr<Stream> inner_;
  std::string in_;  // compressed, not yet looked at from in_at_ on
  std::size_t in_at_ = 0;
  std::string ready_;  // a few bytes that wait_input() had to decompress to know that there are any
  bool ended_ = false;
  std::unique_ptr<Deflater> deflater_;
  std::unique_ptr<Inflater> inflater_;
  std::unique_ptr<Timer> idle_;
};

}  // namespace mailstead::net

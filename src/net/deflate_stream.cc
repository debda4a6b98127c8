#include "net/deflate_stream.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "base/check.h"

namespace mailstead::net {
namespace {

constexpr int k_window_bits = 12;  // 4 KiB of what was sent before: IMAP repeats itself soon
constexpr int k_mem_level = 5;     // with these the compressor takes 32 KiB
constexpr int k_level = 4;
constexpr int k_peer_window_bits = 15;  // what RFC 1951 allows the peer
constexpr std::size_t k_in_bytes = 4096;
constexpr std::size_t k_ready_bytes = 256;
constexpr std::size_t k_step_bytes = 16 * 1024;  // compressed in one go; then others of this home have their chance
constexpr std::int64_t k_idle_ms = 5000;
constexpr std::size_t k_deflater_bytes = (1U << (k_window_bits + 2)) + (1U << (k_mem_level + 9)) + 6 * 1024;
constexpr std::size_t k_inflater_bytes = (1U << k_peer_window_bits) + 7 * 1024;

Bytef* bytes_of(const char* p) {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(p));
}

}  // namespace

struct DeflateStream::Deflater {
  z_stream z{};
  Deflater() {
    if (deflateInit2(&z, k_level, Z_DEFLATED, -k_window_bits, k_mem_level, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc();
  }
  Deflater(const Deflater&) = delete;
  ~Deflater() { deflateEnd(&z); }
};

struct DeflateStream::Inflater {
  z_stream z{};
  bool open = false;
  bool more = false;    // the output was full: there may be more of what was read
  std::string history;  // while not open

  void start() {
    if (open) return;
    z = {};
    if (inflateInit2(&z, -k_peer_window_bits) != Z_OK) throw std::bad_alloc();
    open = true;
    if (!history.empty()) {
      const auto set = inflateSetDictionary(&z, bytes_of(history.data()), static_cast<uInt>(history.size()));
      CHECK(set == Z_OK);
    }
    history = std::string();
  }
  void stop() {
    if (open) inflateEnd(&z);
    open = more = false;
  }
  // Only between two blocks and on a byte's edge (zlib: data_type 128, and no bits left over) is the history all there
  // is; a peer that flushes after each command is there whenever it waits for us.
  void shrink() {
    if (!open || more || (z.data_type & 128) == 0 || (z.data_type & 127) != 0) return;
    uInt size = 0;
    if (inflateGetDictionary(&z, nullptr, &size) != Z_OK) return;
    std::string kept(size, '\0');
    if (size != 0 && inflateGetDictionary(&z, bytes_of(kept.data()), &size) != Z_OK) return;
    stop();
    history = std::move(kept);
  }
  Inflater() = default;
  Inflater(const Inflater&) = delete;
  ~Inflater() { stop(); }
};

DeflateStream::DeflateStream(std::unique_ptr<Stream> inner, std::string input)
    : inner_(std::move(inner)), in_(std::move(input)), inflater_(std::make_unique<Inflater>()) {}

DeflateStream::~DeflateStream() = default;

std::size_t DeflateStream::inflate_some(std::span<char> into) {
  if (ended_ || (in_at_ == in_.size() && !inflater_->more)) return 0;
  inflater_->start();
  auto& z = inflater_->z;
  z.next_in = bytes_of(in_.data() + in_at_);
  z.avail_in = static_cast<uInt>(in_.size() - in_at_);
  z.next_out = bytes_of(into.data());
  z.avail_out = static_cast<uInt>(std::min(into.size(), k_step_bytes));
  const auto room = z.avail_out;
  const auto result = inflate(&z, Z_SYNC_FLUSH);
  if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) throw ConnectionOver("not a deflate stream");
  in_at_ = in_.size() - z.avail_in;
  inflater_->more = z.avail_out == 0;
  ended_ = result == Z_STREAM_END;
  if (in_at_ == in_.size()) {
    in_ = std::string();
    in_at_ = 0;
  }
  return room - z.avail_out;
}

Task<bool> DeflateStream::fill() {
  std::array<char, k_in_bytes> buffer;
  const auto got = co_await inner_->read_some(buffer);
  in_.assign(buffer.data(), got);
  in_at_ = 0;
  co_return got > 0;
}

Task<std::size_t> DeflateStream::read_some(std::span<char> into) {
  if (!ready_.empty()) {
    const auto n = std::min(into.size(), ready_.size());
    std::copy_n(ready_.data(), n, into.data());
    ready_.erase(0, n);
    if (ready_.empty()) ready_ = std::string();
    co_return n;
  }
  for (;;) {
    if (const auto n = inflate_some(into); n > 0) co_return n;
    if (ended_) co_return 0;
    if (in_at_ < in_.size()) continue;
    if (!co_await fill()) co_return 0;
  }
}

// There may be compressed bytes and yet nothing to read: so a little is decompressed here.
Task<bool> DeflateStream::wait_input() {
  for (;;) {
    if (!ready_.empty() || ended_) co_return true;
    std::array<char, k_ready_bytes> some;
    if (const auto n = inflate_some(some); n > 0) {
      ready_.assign(some.data(), n);
      co_return true;
    }
    if (ended_) co_return true;
    if (in_at_ < in_.size()) continue;
    if (!idle_) idle_ = std::make_unique<Timer>();
    idle_->start(k_idle_ms, [this] { give_memory_back(); });
    bool there = false;
    try {
      there = co_await inner_->wait_input();
    } catch (...) {
      idle_->cancel();
      throw;
    }
    idle_->cancel();
    if (!there) co_return false;
    if (!co_await fill()) {
      ended_ = true;
      co_return true;
    }
  }
}

Task<void> DeflateStream::deflate_all(std::string_view bytes, int last_flush) {
  if (!deflater_) deflater_ = std::make_unique<Deflater>();
  std::string out;
  do {
    const auto step = bytes.substr(0, k_step_bytes);
    bytes.remove_prefix(step.size());
    auto& z = deflater_->z;
    z.next_in = bytes_of(step.data());
    z.avail_in = static_cast<uInt>(step.size());
    do {
      const auto had = out.size();
      out.resize(had + std::max<std::size_t>(step.size() / 2, 256));
      z.next_out = bytes_of(out.data() + had);
      z.avail_out = static_cast<uInt>(out.size() - had);
      const auto result = deflate(&z, bytes.empty() ? last_flush : Z_NO_FLUSH);
      CHECK(result == Z_OK || result == Z_BUF_ERROR || result == Z_STREAM_END);
      out.resize(out.size() - z.avail_out);
      if (result == Z_STREAM_END) break;
    } while (z.avail_out == 0);
    if (out.size() < k_step_bytes && !bytes.empty()) continue;
    co_await inner_->write(out);
    out.clear();
  } while (!bytes.empty());
}

Task<void> DeflateStream::write(std::string_view bytes) {
  if (bytes.empty()) co_return;
  co_await deflate_all(bytes, Z_SYNC_FLUSH);
}

Task<void> DeflateStream::end_output(std::string_view last) {
  co_await deflate_all(last, Z_FINISH);
  deflater_.reset();
}

std::unique_ptr<Stream> DeflateStream::take_inner(std::string& input) {
  // What ends the peer's deflate stream may lie behind what it has said.
  std::array<char, k_ready_bytes> nothing;
  while (!ended_ && in_at_ < in_.size())
    if (inflate_some(nothing) > 0) throw ConnectionOver("bytes behind the end of compression");
  input = in_.substr(std::min(in_at_, in_.size()));
  return std::move(inner_);
}

// A fresh compressor needs none of what the old one has sent, since that ended in a flush.
void DeflateStream::give_memory_back() {
  deflater_.reset();
  inflater_->shrink();
}

std::size_t DeflateStream::memory() const {
  return sizeof(*this) + in_.capacity() + ready_.capacity() + (deflater_ ? k_deflater_bytes : 0) +
         (inflater_->open ? k_inflater_bytes : inflater_->history.capacity());
}

Task<void> DeflateStream::start_tls(std::shared_ptr<TlsContext>) {
  throw ConnectionOver("TLS above compression");
  co_return;
}

// The timer is of the old home.
Task<void> DeflateStream::move_to(Home& home) {
  idle_.reset();
  co_await inner_->move_to(home);
}

}  // namespace mailstead::net

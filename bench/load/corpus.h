// Seeded messages that look like mail: header blocks of a usual length, threads, text that compresses as text does,
// HTML alternatives, base64 attachments. Each carries a checksum of its body, so that whoever reads it back can verify
// it.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace load {

class Corpus {
 public:
  // `size`: octets of every message ("8192"), or "real": lognormal, median 6 KiB, mean about 14 KiB, up to 2 MiB.
  Corpus(std::uint64_t seed, const std::string& size);

  // The next message, CRLF lines, no line beginning with a dot; valid until the next call.
  std::string_view next();

  // Whether a message, perhaps with a server's header lines before it, has the body it was made with.
  static bool intact(std::string_view message);

 private:
  std::size_t draw_size();
  void add_headers(std::string_view type);
  void add_slice(const std::string& pool, std::size_t n);
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::mt19937_64 random_;
  std::size_t fixed_ = 0;
  std::uint64_t serial_ = 0, seed_;
  std::string text_, html_, base64_;  // long pools; a body is a slice from a random line on
  std::string body_, message_;
};

}  // namespace load

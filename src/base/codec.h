// Bytes of stored keys and records: big-endian fixed integers (keys: they sort), LEB128 varints and length-prefixed
// strings (values). The reader never reads past its input: after any failure it is "bad" and returns zeros.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mailstead {

class Writer {
 public:
  Writer& u8(std::uint8_t v) { return out_ += static_cast<char>(v), *this; }
  Writer& u32be(std::uint32_t v) { return be(v, 4); }
  Writer& u64be(std::uint64_t v) { return be(v, 8); }
  Writer& varint(std::uint64_t v) {
    if (v < 0x80) return u8(static_cast<std::uint8_t>(v));
    char bytes[10];
    std::size_t n = 0;
    for (; v >= 0x80; v >>= 7) bytes[n++] = static_cast<char>(0x80 | (v & 0x7F));
    bytes[n++] = static_cast<char>(v);
    return out_.append(bytes, n), *this;
  }
  // Signed numbers near zero stay short (zigzag).
  Writer& svarint(std::int64_t v) {
    return varint((static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
  }
  Writer& str(std::string_view s) { return varint(s.size()).raw(s); }
  Writer& raw(std::string_view s) { return out_ += s, *this; }
  Writer& reserve(std::size_t bytes) { return out_.reserve(bytes), *this; }  // for what is written often
  std::size_t size() const { return out_.size(); }
  std::string take() { return std::move(out_); }
  std::string_view view() const { return out_; }

 private:
  Writer& be(std::uint64_t v, int bytes) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out_ += static_cast<char>((v >> shift) & 0xFF);
    return *this;
  }
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}  // views `in`
  std::uint8_t u8() { return static_cast<std::uint8_t>(be(1)); }
  std::uint32_t u32be() { return static_cast<std::uint32_t>(be(4)); }
  std::uint64_t u64be() { return be(8); }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto b = u8();
      v |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if ((b & 0x80) == 0) return v;
    }
    bad_ = true;
    return 0;
  }
  std::int64_t svarint() {
    const auto v = varint();
    return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
  }
  std::string_view str() { return raw(varint()); }
  std::string_view raw(std::uint64_t n) {
    if (bad_ || n > in_.size()) return bad_ = true, std::string_view{};
    const auto s = in_.substr(0, n);
    in_.remove_prefix(n);
    return s;
  }
  bool bad() const { return bad_; }
  bool done() const { return !bad_ && in_.empty(); }  // all of it read, and well
  std::string_view rest() const { return in_; }

 private:
  std::uint64_t be(std::size_t bytes) {
    const auto s = raw(bytes);
    std::uint64_t v = 0;
    for (unsigned char c : s) v = v << 8 | c;
    return v;
  }
  std::string_view in_;
  bool bad_ = false;
};

}  // namespace mailstead

#include "load/corpus.h"

#include <xxhash.h>

#include <array>
#include <cmath>

#include "base/ascii.h"
#include "load/options.h"

namespace load {
namespace {

using mailstead::append;
using mailstead::cat;

constexpr std::size_t k_pool_bytes = 4 << 20;
constexpr std::size_t k_largest = 2 << 20;
constexpr std::string_view k_sum = "X-Body-Sum: ";

constexpr std::array<std::string_view, 16> k_names = {"Alice Martin", "Bela Nagy",     "Chiara Rossi", "David Cohen",
                                                      "Eva Novakova", "Farid Haddad",  "Grace Hopper", "Hiro Tanaka",
                                                      "Ines Silva",   "Jan Kowalski",  "Kim Seo-yun",  "Lars Nilsson",
                                                      "Maria Lopez",  "Nadia Petrova", "Omar Farouk",  "Paula Weiss"};
constexpr std::array<std::string_view, 12> k_subjects = {"Minutes of Tuesday's meeting",
                                                         "Invoice 2026-1187",
                                                         "Your order has shipped",
                                                         "=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_M=C3=BCnchen?=",
                                                         "Weekly report, build and release",
                                                         "lunch?",
                                                         "[list] Question about the new release and its settings",
                                                         "=?utf-8?b?5pel5pys6Kqe44Gu5Lu25ZCN?=",
                                                         "Security notice for your account",
                                                         "Draft of the contract, second version",
                                                         "Photos of the trip",
                                                         "Newsletter: what is new in November"};

// Words whose frequencies fall as a language's do: the n-th is drawn in proportion to 1/n.
class Words {
 public:
  explicit Words(std::mt19937_64& random) : random_(random) {
    for (auto& w : words_) {
      const auto n = 2 + random() % 9;
      for (std::uint64_t i = 0; i < n; ++i) w += "etaoinshrdlucmfwypvbgk"[random() % 22];
    }
  }
  const std::string& next() {
    const double u = static_cast<double>(random_() >> 11) / static_cast<double>(1ULL << 53);
    return words_[static_cast<std::size_t>(std::pow(static_cast<double>(words_.size()), u)) % words_.size()];
  }

 private:
  std::mt19937_64& random_;
  std::array<std::string, 4096> words_;
};

std::string pool(std::mt19937_64& random, bool html) {
  Words words(random);
  std::string out, line;
  while (out.size() < k_pool_bytes) {
    line.clear();
    if (html) line += random() % 4 == 0 ? "<p style=\"margin:0 0 12px 0;font-family:Arial,sans-serif\">" : "<span>";
    while (line.size() < 68) append(line, words.next(), ' ');
    if (html) line += "</span>";
    append(out, line, "\r\n");
    if (random() % 12 == 0) out += "\r\n";
  }
  return out;
}

std::string base64_pool(std::mt19937_64& random) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  while (out.size() < k_pool_bytes) {
    for (int i = 0; i < 76; ++i) out += alphabet[random() % 64];
    out += "\r\n";
  }
  return out;
}

std::string address(std::string_view name) {
  std::string local;
  for (const char c : name) local += c == ' ' ? '.' : mailstead::to_lower(c);
  return cat(name, " <", local, "@example.net>");
}

std::string sum_of(std::string_view body) {
  std::array<char, 17> hex;
  std::snprintf(hex.data(), hex.size(), "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(body.data(), body.size())));
  return std::string(hex.data(), 16);
}

}  // namespace

Corpus::Corpus(std::uint64_t seed, const std::string& size) : random_(seed), seed_(seed) {
  if (size != "real") {
    const auto n = mailstead::parse_number<std::uint64_t>(size);
    if (!n || *n < 1500 || *n > 3 * k_pool_bytes) die("size is \"real\" or a number of octets from 1500");
    fixed_ = *n;
  }
  text_ = pool(random_, false);
  html_ = pool(random_, true);
  base64_ = base64_pool(random_);
}

std::size_t Corpus::draw_size() {
  if (fixed_ != 0) return fixed_;
  std::lognormal_distribution<double> d(std::log(6144.0), 1.3);
  return std::min(k_largest, std::max<std::size_t>(1500, static_cast<std::size_t>(d(random_))));
}

// Whole lines from a random place, about n octets; the last line is cut to fit.
void Corpus::add_slice(const std::string& from, std::size_t n) {
  while (n >= 2) {
    const auto start = from.find('\n', below(from.size() - 200)) + 1;
    const auto take = std::min(n - 2, from.size() - start);
    body_.append(from, start, take);
    // A CR or CRLF cut in two would be a bare one.
    if (body_.back() == '\r') body_.back() = ' ';
    body_ += "\r\n";
    n -= take + 2;
  }
}

void Corpus::add_headers(std::string_view type) {
  const auto& from = k_names[below(k_names.size())];
  const auto subject = k_subjects[below(k_subjects.size())];
  const bool reply = below(2) == 0;
  const auto id = cat(seed_, '.', serial_, "@example.net");
  auto& m = message_;
  const auto second = serial_ % 60, minute = serial_ / 60 % 60, hour = serial_ / 3600 % 24;
  const auto two = [](std::uint64_t n) { return cat(n < 10 ? "0" : "", n); };
  const auto date = cat("Tue, 24 Nov 2026 ", two(hour), ':', two(minute), ':', two(second), " +0000");
  append(m, "Received: from relay.example.net (relay.example.net [192.0.2.17])\r\n\tby mx.example.org with ESMTPS id ",
         random_(), "\r\n\tfor <someone@example.org>; ", date, "\r\n");
  append(
      m,
      "Received: from [198.51.100.7] (port=49152 helo=client.example.net)\r\n\tby relay.example.net with ESMTPSA id ",
      random_(), ";\r\n\t", date, "\r\n");
  append(m, "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=mail;\r\n\t",
         "h=From:To:Subject:Date:Message-ID;\r\n\tbh=");
  m.append(base64_, base64_.find('\n', below(base64_.size() - 200)) + 1, 44);
  m += ";\r\n\tb=";
  for (int i = 0; i < 3; ++i) {
    m.append(base64_, base64_.find('\n', below(base64_.size() - 200)) + 1, 70);
    m += "\r\n\t ";
  }
  append(m, "x\r\nFrom: ", address(from), "\r\nTo: someone@example.org\r\n");
  if (below(4) == 0) append(m, "Cc: ", address(k_names[below(16)]), ",\r\n\t", address(k_names[below(16)]), "\r\n");
  append(m, "Subject: ", reply ? "Re: " : "", subject, "\r\nDate: ", date, "\r\nMessage-ID: <", id, ">\r\n");
  if (reply && serial_ > 0) {
    const auto parent = cat('<', seed_, '.', below(serial_), "@example.net>");
    append(m, "In-Reply-To: ", parent, "\r\nReferences: ", parent, "\r\n");
  }
  append(m, "MIME-Version: 1.0\r\nUser-Agent: Generated/1.0\r\n", type);
}

std::string_view Corpus::next() {
  const auto size = draw_size();
  message_.clear();
  body_.clear();
  const auto kind = below(100);
  std::string_view type;
  if (kind < 55 || size < 3000) {
    type = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
  } else if (kind < 85) {
    type = "Content-Type: multipart/alternative; boundary=\"=_alternative_1\"\r\n";
  } else {
    type = "Content-Type: multipart/mixed; boundary=\"=_mixed_1\"\r\n";
  }
  add_headers(type);
  constexpr std::size_t k_sum_line = k_sum.size() + 16 + 2 + 2;
  constexpr std::size_t k_frame = 500;  // boundaries and the headers of parts, at most
  const auto left = size > message_.size() + k_sum_line ? size - message_.size() - k_sum_line : 0;
  if (kind < 55 || size < 3000) {
    add_slice(text_, left);
  } else if (kind < 85) {
    body_ += "--=_alternative_1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    add_slice(text_, left > k_frame ? (left - k_frame) / 3 : 0);
    body_ += "--=_alternative_1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>\r\n";
    constexpr std::string_view end = "</body></html>\r\n--=_alternative_1--\r\n";
    add_slice(html_, left > body_.size() + end.size() ? left - body_.size() - end.size() : 0);
    body_ += end;
  } else {
    body_ += "--=_mixed_1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    add_slice(text_, left > k_frame ? (left - k_frame) / 5 : 0);
    append(body_, "--=_mixed_1\r\nContent-Type: application/pdf; name=\"report ", serial_,
           ".pdf\"\r\nContent-Disposition: attachment; filename=\"report ", serial_,
           ".pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    constexpr std::string_view end = "--=_mixed_1--\r\n";
    add_slice(base64_, left > body_.size() + end.size() ? left - body_.size() - end.size() : 0);
    body_ += end;
  }
  append(message_, k_sum, sum_of(body_), "\r\n\r\n", body_);
  ++serial_;
  return message_;
}

bool Corpus::intact(std::string_view message) {
  const auto end = message.find("\r\n\r\n");
  const auto at = message.find(k_sum);
  if (end == message.npos || at == message.npos || at > end) return false;
  return message.substr(at + k_sum.size(), 16) == sum_of(message.substr(end + 4));
}

}  // namespace load

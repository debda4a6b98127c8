#include "index/words.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace mailstead::index {
namespace {

enum class Class : std::uint8_t { separator, word, pair };

constexpr auto k_ascii = [] {
  std::array<Class, 128> out{};
  for (char c = 'a'; c <= 'z'; ++c) out[static_cast<unsigned char>(c)] = Class::word;
  for (char c = 'A'; c <= 'Z'; ++c) out[static_cast<unsigned char>(c)] = Class::word;
  for (char c = '0'; c <= '9'; ++c) out[static_cast<unsigned char>(c)] = Class::word;
  return out;
}();

struct Block {
  char32_t first, last;
  Class is;
};
// Unicode blocks; what is in none of them is of words. The table is part of the index's format.
constexpr Block k_blocks[] = {
    {0x80, 0xBF, Class::separator},      // Latin-1's controls and signs
    {0x0E00, 0x0EFF, Class::pair},       // Thai, Lao
    {0x1000, 0x109F, Class::pair},       // Myanmar
    {0x1780, 0x17FF, Class::pair},       // Khmer
    {0x2000, 0x20CF, Class::separator},  // punctuation, currencies
    {0x2100, 0x2BFF, Class::separator},  // symbols
    {0x2E00, 0x2E7F, Class::separator},  // more punctuation
    {0x2E80, 0x2FFF, Class::pair},       // radicals
    {0x3000, 0x3004, Class::separator},  //
    {0x3005, 0x3007, Class::pair},       // iteration marks and zero
    {0x3008, 0x3020, Class::separator},  // brackets
    {0x3021, 0x30FF, Class::pair},       // Hiragana, Katakana
    {0x31A0, 0x9FFF, Class::pair},       // ideographs
    {0xA000, 0xA4CF, Class::pair},       // Yi
    {0xF900, 0xFAFF, Class::pair},       //
    {0xFE30, 0xFE6F, Class::separator},  // forms of punctuation
    {0xFFF0, 0xFFFF, Class::separator},  // what stands for octets that could not be decoded
    {0x1B000, 0x1B16F, Class::pair},     // more kana
    {0x1F000, 0x1FAFF, Class::pair},     // pictures
    {0x20000, 0x3FFFF, Class::pair},     // more ideographs
};

// Of the character at `at`, which moves past it.
Class next_class(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) {
    ++at;
    return k_ascii[lead];
  }
  const auto c = utf8_next(text, at);
  for (const auto& block : k_blocks) {
    if (c < block.first) return Class::word;
    if (c <= block.last) return block.is;
  }
  return c > 0x10FFFF ? Class::separator : Class::word;
}

// The run that `text` begins with.
struct Run {
  std::string_view text;
  Class is;
  std::size_t first = 0;  // octets of its first character
  std::size_t characters = 0;
};
Run run_at(std::string_view text) {
  Run out;
  std::size_t at = 0;
  out.is = next_class(text, at);
  out.first = at;
  out.characters = 1;
  for (auto end = at; at < text.size(); ++out.characters, at = end) {
    const auto c = static_cast<unsigned char>(text[at]);  // most of most texts
    if (c < 0x80 ? k_ascii[c] != out.is : next_class(text, end) != out.is) break;
    if (c < 0x80) ++end;
  }
  out.text = text.substr(0, at);
  return out;
}

std::size_t first_character(std::string_view text) {
  std::size_t at = 0;
  utf8_next(text, at);
  return at;
}

}  // namespace

bool Terms::next(std::string_view& term) {
  while (run_.empty()) {
    if (text_.empty()) return false;
    const auto run = run_at(text_);
    text_.remove_prefix(run.text.size());
    if (run.is == Class::separator) continue;
    run_ = run.text;
    first_ = run.is == Class::pair ? run.first : 0;
  }
  if (first_ != 0) {
    const auto rest = run_.substr(first_);
    const auto second = rest.empty() ? 0 : first_character(rest);
    term = run_.substr(0, first_ + second);
    // A character that is alone is a term; the last of several is in the term before.
    run_ = second == rest.size() ? std::string_view() : rest;
    first_ = second;
    return true;
  }
  if (run_.size() <= k_term_bytes) {
    term = run_;
    run_ = {};
  } else {
    term = run_.substr(0, k_term_bytes);
    run_.remove_prefix(std::min(k_term_bytes / 2, run_.size() - k_term_bytes));
  }
  return true;
}

std::optional<Plan> plan(std::string_view folded) {
  Plan out;
  const auto want = [&](Wanted::How how, std::string_view text) {
    Wanted w{how, std::string(text)};
    if (std::find(out.wanted.begin(), out.wanted.end(), w) == out.wanted.end()) out.wanted.push_back(std::move(w));
  };
  bool exact = true;
  for (auto rest = folded; !rest.empty();) {
    const auto run = run_at(rest);
    const bool begins = rest.size() == folded.size();
    rest.remove_prefix(run.text.size());
    exact = exact && begins;  // there is no second run
    if (run.is == Class::separator) continue;
    if (run.is == Class::pair) {
      exact = exact && run.characters <= 2;
      Terms terms(run.text);
      for (std::string_view t; terms.next(t);) want(Wanted::anywhere, t);
      continue;
    }
    // The run's ends that are inside of the string are ends of the text's run as well.
    auto how = begins && rest.empty() ? Wanted::anywhere
               : begins               ? Wanted::ends
               : rest.empty()         ? Wanted::begins
                                      : Wanted::whole;
    auto text = run.text;
    if (text.size() > k_sure_bytes && how != Wanted::whole) exact = false;
    if (how == Wanted::whole && text.size() > k_term_bytes) how = Wanted::begins;
    if (text.size() > k_sure_bytes && how != Wanted::whole)
      text = how == Wanted::ends ? text.substr(text.size() - k_sure_bytes) : text.substr(0, k_sure_bytes);
    want(how, text);
  }
  if (out.wanted.empty()) return std::nullopt;
  out.exact = exact;
  return out;
}

}  // namespace mailstead::index

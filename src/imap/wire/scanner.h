// Recursive-descent helpers over one complete command (RFC 9051 §9). Each either takes what it names or fails; after a
// failure the scanner is not used further.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/result.h"
#include "imap/wire/command.h"
#include "imap/wire/framer.h"

namespace mailstead::imap {

class Scanner {
 public:
  // `raw` outlives the scanner; its literals are moved out as they are read.
  Scanner(RawCommand& raw, const ParseContext& context) : raw_(raw), text_(raw.text), context_(context) {}

  const ParseContext& context() const { return context_; }
  // SEARCH CHARSET: of the search texts that follow; "": UTF-8.
  const std::string& charset() const { return charset_; }
  void set_charset(std::string charset) { charset_ = std::move(charset); }
  bool at_end() const { return at_ == text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool accept(char c) {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view word);  // without case, and an atom's end behind it
  bool accept_text(std::string_view text);  // without case, whatever follows
  void back() { --at_; }                    // one byte that was just accepted
  Result<> expect(char c);
  Result<> space() { return expect(' '); }
  Result<> end() const;  // nothing is left, literals included

  Result<std::string> tag();
  Result<std::string> atom();
  Result<std::string> word();  // an atom in capitals
  Result<std::string> astring();
  Result<std::string> string();  // quoted or literal
  Result<std::optional<std::string>> nstring();
  bool at_literal() const { return peek() == '{' || (peek() == '~' && peek(1) == '{'); }
  Result<Literal> literal();

  Result<std::uint32_t> number();
  Result<std::uint32_t> nz_number();
  Result<std::uint64_t> number64();
  Result<ModSeq> modseq();  // 63 bits

  Result<SeqSet> seq_set() { return set<SeqNum>(); }
  Result<UidSet> uid_set() { return set<Uid>(); }
  Result<MessageSet> message_set(bool uid);  // or "$"

  // System flags in the RFC's spelling. \Recent is dropped (""): it cannot be changed. Other "\…": Errc::invalid.
  Result<std::string> flag();
  Result<std::vector<std::string>> flag_list();  // "(" … ")", without doubles
  Result<std::vector<std::string>> flags();      // without parentheses

  Result<model::Day> date();
  Result<std::pair<std::int64_t, std::int16_t>> date_time();  // Unix seconds, minutes east

  Result<std::string> mailbox(bool may_be_empty = false);  // checked, canonical
  Result<std::string> pattern();                           // list-mailbox, as it is
  Result<std::string> list_mailbox();                      // reference or pattern, decoded, unchecked

  // "(" item *(SP item) ")"; `item` returns Result<>. Counts depth.
  template <class F>
  Result<> list(F&& item, bool may_be_empty = false) {
    TRY_VOID(expect('('));
    TRY_VOID(enter());
    if (!(may_be_empty && peek() == ')')) {
      do {
        TRY_VOID(item());
      } while (accept(' '));
    }
    leave();
    return expect(')');
  }
  Result<> enter() {
    return ++depth_ > limits::k_imap_depth ? Result<>(fail(Errc::too_big, "nested too deep")) : Result<>();
  }
  void leave() { --depth_; }

 private:
  template <class T>
  Result<model::NumSet<T>> set();
  template <class T>
  Result<T> digits();
  template <class P>
  std::string_view take_while(P&& good) {
    const auto from = at_;
    while (at_ < text_.size() && good(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }
  Result<std::string> decode_mailbox(std::string text) const;
  Result<std::string> quoted();
  Result<unsigned> two_digits();
  Result<unsigned> month();
  Result<int> year();

  RawCommand& raw_;
  std::string_view text_;
  const ParseContext& context_;
  std::size_t at_ = 0;
  std::size_t next_literal_ = 0;
  std::size_t depth_ = 0;
  std::string charset_;
};

bool is_atom_char(char c);

}  // namespace mailstead::imap

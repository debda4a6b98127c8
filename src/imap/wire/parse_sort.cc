// SORT and THREAD (RFC 5256 §5, RFC 5957 §4); SORT RETURN (RFC 5267 §3).
#include <algorithm>

#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_keys_max = 20;  // there are no more than eleven kinds

}  // namespace

Result<Command> parse_sort(Scanner& in, bool uid) {
  Sort out;
  out.uid = uid;
  TRY_VOID(in.space());
  if (in.accept_word("RETURN")) {
    TRY_VOID(in.space());
    TRY(out.give, search_return(in));
    TRY_VOID(in.space());
  }
  TRY_VOID(in.list([&]() -> Result<> {
    TRY(auto word, in.word());
    model::SortKey key;
    if (word == "REVERSE") {
      key.reverse = true;
      TRY_VOID(in.space());
      TRY(word, in.word());
    }
    const auto by = model::sort_by(word);
    if (!by) return fail(Errc::syntax, "unknown sort key");
    key.by = *by;
    if (key.by == model::SortBy::annotation) TRY_VOID(annotation_sort(in, key));
    // A key that was there before decides nothing more.
    const bool before = std::any_of(out.keys.begin(), out.keys.end(), [&](const auto& k) {
      return k.by == key.by && k.entry == key.entry && k.shared == key.shared;
    });
    if (!before && out.keys.size() >= k_keys_max) return fail(Errc::too_big, "too many sort keys");
    if (!before) out.keys.push_back(std::move(key));
    return {};
  }));
  TRY_VOID(in.space());
  TRY_VOID(search_charset(in, out.give));
  TRY_VOID(in.space());
  TRY(out.query, search_keys(in));
  const bool by_relevancy =
      std::any_of(out.keys.begin(), out.keys.end(), [](const auto& k) { return k.by == model::SortBy::relevancy; });
  TRY_VOID(check_relevancy(by_relevancy || (out.give && out.give->relevancy), out.query));
  return Command(std::move(out));
}

Result<Command> parse_thread(Scanner& in, bool uid) {
  Thread out;
  out.uid = uid;
  TRY_VOID(in.space());
  TRY(const auto word, in.word());
  const auto by = model::threading(word);
  if (!by) return fail(Errc::syntax, "unknown threading algorithm");
  out.by = *by;
  TRY_VOID(in.space());
  TRY_VOID(search_charset(in, std::nullopt));
  TRY_VOID(in.space());
  TRY(out.query, search_keys(in));
  return Command(std::move(out));
}

}  // namespace mailstead::imap

// What RFC 5257 §5 adds to FETCH, STORE, APPEND, SEARCH and SORT.
#include <algorithm>

#include "imap/wire/parsers.h"
#include "mime/charset.h"

namespace mailstead::imap {
namespace {

constexpr std::size_t k_entries_max = 200;  // of one item; each is looked for among all of a message's

Result<std::string> entry(Scanner& in) {
  TRY(auto name, in.astring());
  if (!model::is_entry(name)) return fail(Errc::syntax, "bad entry name");
  return name;
}

// §3.2, and "*", "%" anywhere.
Result<std::string> entry_match(Scanner& in) {
  TRY(auto name, in.pattern());
  if (name.find_first_of("*%") == std::string::npos) {
    if (!model::is_entry(name)) return fail(Errc::syntax, "bad entry name");
    return name;
  }
  const auto bad = [](char c) { return c <= 0x20 || c >= 0x7F; };  // 8-bit: negative
  if (name.size() > limits::k_annotation_entry_bytes || name.contains("//") || name.ends_with('/') ||
      std::any_of(name.begin(), name.end(), bad))
    return fail(Errc::syntax, "bad entry name");
  return name;
}

// "value", or "size" where `sizes`; with ".priv" or ".shared" where one of them must be.
Result<std::string> attribute(Scanner& in, bool sizes, bool whole) {
  TRY(auto name, in.astring());
  name = lower(name);
  const auto dot = std::min(name.find('.'), name.size());
  const auto base = std::string_view(name).substr(0, dot), suffix = std::string_view(name).substr(dot);
  if (base != "value" && !(sizes && base == "size")) return fail(Errc::syntax, "no such attribute");
  if (suffix != ".priv" && suffix != ".shared" && (whole || !suffix.empty()))
    return fail(Errc::syntax, ".priv or .shared expected");
  return name;
}

// One, or "(" … ")".
template <class F>
Result<> one_or_list(Scanner& in, F&& one) {
  return in.peek() == '(' ? in.list(one) : one();
}

Result<> add(std::vector<std::string>& to, std::string name) {
  if (to.size() >= k_entries_max) return fail(Errc::too_big, "too many entries");
  if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(std::move(name));
  return {};
}

}  // namespace

Result<> annotation_item(Scanner& in, FetchItem& out) {
  TRY_VOID(in.space());
  TRY_VOID(in.expect('('));
  TRY_VOID(in.enter());
  TRY_VOID(one_or_list(in, [&]() -> Result<> {
    TRY(auto name, entry_match(in));
    return add(out.entries, std::move(name));
  }));
  TRY_VOID(in.space());
  TRY_VOID(one_or_list(in, [&]() -> Result<> {
    TRY(auto name, attribute(in, true, false));
    return add(out.attributes, std::move(name));
  }));
  in.leave();
  return in.expect(')');
}

// Behind "ANNOTATION".
Result<> annotation_changes(Scanner& in, std::vector<model::MessageAnnotation>& out) {
  TRY_VOID(in.space());
  TRY_VOID(in.expect('('));
  TRY_VOID(in.enter());
  do {
    TRY(const auto name, entry(in));
    if (!model::is_storable_entry(name)) return fail(Errc::syntax, "no such entry");
    TRY_VOID(in.space());
    TRY_VOID(in.list([&]() -> Result<> {
      if (out.size() >= k_entries_max) return fail(Errc::too_big, "too many entries");
      TRY(const auto attr, attribute(in, false, true));
      TRY_VOID(in.space());
      model::MessageAnnotation one{name, attr.ends_with(".shared"), {}};
      TRY(one.value, nstring8(in));
      if (!model::is_value_of(name, one.value)) return fail(Errc::syntax, "a flag is \"1\", \"0\" or NIL");
      out.push_back(std::move(one));
      return {};
    }));
  } while (in.accept(' '));
  in.leave();
  return in.expect(')');
}

Result<model::Query> annotation_key(Scanner& in) {
  model::key::Annotation out;
  TRY_VOID(in.space());
  TRY(out.entry, entry_match(in));
  TRY_VOID(in.space());
  TRY(const auto attr, attribute(in, false, false));
  out.priv = !attr.ends_with(".shared");
  out.shared = !attr.ends_with(".priv");
  TRY_VOID(in.space());
  TRY(out.text, nstring8(in));
  if (out.text && !in.charset().empty()) out.text = mime::to_utf8_anyhow(*out.text, in.charset());
  return model::Query{std::move(out)};
}

Result<> annotation_sort(Scanner& in, model::SortKey& out) {
  TRY_VOID(in.space());
  TRY(out.entry, entry(in));
  TRY_VOID(in.space());
  TRY(const auto attr, attribute(in, false, true));
  out.shared = attr.ends_with(".shared");
  return {};
}

}  // namespace mailstead::imap

// LANGUAGE and COMPARATOR (RFC 5255). All texts are English, all comparison is by i;unicode-casemap: §4.4 asks a server
// of I18NLEVEL=2 for no other.
#include <algorithm>

#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {
namespace {

constexpr std::string_view k_comparator = "i;unicode-casemap";

// RFC 4647 §3.3.1 basic filtering, and a longer range means its language too (RFC 5255 §3.2: EN-CA is answered by EN).
bool means_english(std::string_view range) {
  return range == "*" || iequals(range, "default") || iequals(range, "en") || istarts_with(range, "en-");
}

// RFC 4790 §3.2 collation-wild: one "*" stands for anything.
bool matches_comparator(std::string_view pattern) {
  if (iequals(pattern, "default")) return true;
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return iequals(pattern, k_comparator);
  const auto behind = pattern.substr(star + 1);
  return star + behind.size() <= k_comparator.size() && istarts_with(k_comparator, pattern.substr(0, star)) &&
         iequals(k_comparator.substr(k_comparator.size() - behind.size()), behind);
}

}  // namespace

Task<Reply> run(Session& s, Language command) {
  if (command.tags.empty()) {
    s.untagged("LANGUAGE (EN i-default)");
    co_return Reply::done();
  }
  for (const auto& tag : command.tags) {
    if (!means_english(tag) && !iequals(tag, "i-default")) continue;
    s.untagged(iequals(tag, "i-default") ? "LANGUAGE (i-default)" : "LANGUAGE (EN)");
    co_return Reply::done("Now speaking English");
  }
  co_return Reply::refuse("", "This language is not spoken here");
}

Task<Reply> run(Session& s, Comparator command) {
  if (!command.names.empty() && std::none_of(command.names.begin(), command.names.end(), matches_comparator))
    co_return Reply::refuse("BADCOMPARATOR", "No such comparator");  // §4.9
  s.untagged(cat("COMPARATOR ", k_comparator));
  co_return Reply::done();
}

}  // namespace mailstead::imap

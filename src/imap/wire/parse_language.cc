// LANGUAGE and COMPARATOR (RFC 5255 §3.4, §4.10).
#include "imap/wire/parsers.h"

namespace mailstead::imap {
namespace {

Result<std::vector<std::string>> names(Scanner& in) {
  std::vector<std::string> out;
  while (in.accept(' ')) {
    TRY(auto name, in.astring());
    out.push_back(std::move(name));
  }
  return out;
}

}  // namespace

Result<Command> parse_language(Scanner& in, bool) {
  TRY(auto tags, names(in));
  return Command(Language{std::move(tags)});
}

Result<Command> parse_comparator(Scanner& in, bool) {
  TRY(auto patterns, names(in));
  return Command(Comparator{std::move(patterns)});
}

}  // namespace mailstead::imap

// One expected reply of a transcript against what the server sent. docs/transcripts.md describes the notation.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailstead::transcript {

using Variables = std::map<std::string, std::string, std::less<>>;
using Bodies = std::map<std::string, std::string, std::less<>>;

// `${x*100}`, `${n+1}`, `${n-1}`, `$name`, `$$` and `{<<body}` replaced; a synchronising literal stays one. Throws
// std::runtime_error for an unknown name.
std::string expand(std::string_view text, const Variables& variables, const Bodies& bodies);

// `...` stands for any text, a variable not yet known captures up to a space, a bracket or a quote. On success the
// captured variables are added.
bool matches(std::string_view pattern, std::string_view actual, Variables& variables, const Bodies& bodies);

// ECMAScript, the whole reply.
bool matches_regex(const std::string& pattern, std::string_view actual);

// Output cut into replies. IMAP: a line with its literals; else a line. Without the last CRLF; what has no line end yet
// is a reply, too.
std::vector<std::string> replies(std::string_view output, bool imap);

}  // namespace mailstead::transcript

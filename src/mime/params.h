// "value; name=value; …" of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183), with RFC 2231
// continuations, charsets and, since many senders write them, encoded words in quoted values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailstead::mime {

using Params = std::vector<std::pair<std::string, std::string>>;

struct ParamValue {
  std::string value;  // before the first ';', lower case, no space or comments: "text/plain", "attachment"
  Params params;      // names in lower case, values in UTF-8, in order; of equal names the first counts
};

// At most limits::k_mime_params are read. Never fails: what is no parameter is skipped.
ParamValue parse_params(std::string_view raw);

// RFC 2045 §5.1: what a type, an encoding or a parameter's name may be made of.
bool is_token(std::string_view);

// The value of the parameter `name` (lower case), or empty.
std::string_view find_param(const Params&, std::string_view name);

// `; name="value"`, or in RFC 2231 form where the value is not plain ASCII. For generated headers.
std::string format_param(std::string_view name, std::string_view utf8_value);

}  // namespace mailstead::mime

// The texts of a message that SEARCH looks at (docs/imap.md, "What SEARCH matches"), each decoded to UTF-8. Scanning
// and the search index take them from here, so that both mean the same.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "mime/address.h"
#include "mime/summary.h"

namespace mailstead::mime {

// Called for one text after the other while it answers true.
using UseText = std::function<bool(std::string_view utf8)>;

// Each field of a part's header as `Name: value`. `part` is of the message that `octets` are. False: `use` has ended
// it.
bool header_texts(std::string_view octets, const Part& part, const UseText& use);
// The bodies of the text parts.
bool body_texts(std::string_view octets, const std::vector<Part>& parts, const UseText& use);
// As a reader sees them: 'Name <local@host>' with ", " between them, a group as 'name:' and its members.
std::string addresses_text(const std::vector<Address>& addresses);
std::string subject_text(const Envelope& envelope);

}  // namespace mailstead::mime

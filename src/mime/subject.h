// The base subject of RFC 5256 §2.1, for SORT and THREAD.
#pragma once

#include <string>
#include <string_view>

namespace mailstead::mime {

struct BaseSubject {
  std::string text;       // UTF-8, not folded for case
  bool is_reply = false;  // a "Re:", "Fwd:" … was taken off
};

BaseSubject base_subject(std::string_view raw_subject);

}  // namespace mailstead::mime

// Gathers the header fields of an Envelope while a header is walked.
#pragma once

#include <string_view>
#include <vector>

#include "mime/header.h"
#include "mime/part.h"

namespace mailstead::mime {

class EnvelopeFields {
 public:
  void add(const HeaderField&);
  Envelope take();

 private:
  // The first of each counts, as readers show; addressees are added up, so that none is hidden.
  std::string_view date_, subject_, from_, sender_, reply_to_, in_reply_to_, message_id_;
  std::vector<std::string_view> to_, cc_, bcc_;
};

// The ids "<…>" of a Message-ID, In-Reply-To or References value, without brackets, comments and white space.
std::vector<std::string> parse_message_ids(std::string_view raw, std::size_t max);

}  // namespace mailstead::mime

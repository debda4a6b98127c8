// Never crashes; what is taken is within its limits, and what is signed of a URL says the same as the URL.
#include <cstdint>
#include <cstdlib>

#include "base/utf8.h"
#include "imap/wire/imap_url.h"
#include "imap/wire/printer.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void look_at(const mailstead::imap::MessageUrl& url) {
  require(url.uid.value != 0);
  require(!url.uidvalidity || *url.uidvalidity != 0);
  require(!url.mailbox || (mailstead::is_utf8(*url.mailbox) && !url.mailbox->contains('\0')));
  const auto section = mailstead::imap::section_text(url.section);
  require(section.starts_with('[') && section.ends_with(']'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using mailstead::imap::AuthUrl;
  const std::string_view in(reinterpret_cast<const char*>(data), size);
  if (const auto url = mailstead::imap::parse_message_url(in)) look_at(*url);
  const auto url = mailstead::imap::parse_auth_url(in);
  if (!url) return 0;
  look_at(url->message);
  require(url->message.mailbox.has_value() && !url->host.empty());
  const bool of_somebody = url->access == AuthUrl::Access::submit || url->access == AuthUrl::Access::user;
  require(of_somebody == !url->access_user.empty());
  require(!url->mechanism.empty() || url->token.empty());
  require(in.starts_with(url->rump));
  const auto again = mailstead::imap::parse_auth_url(url->rump);
  require(again && again->rump == url->rump && again->mechanism.empty() && again->user == url->user &&
          again->message.mailbox == url->message.mailbox && again->message.uid == url->message.uid &&
          again->access == url->access && again->access_user == url->access_user && again->expire == url->expire);
  return 0;
}

// Annotations of messages (RFC 5257) in a session: what is shared, and what is this user's own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "imap/server/session_impl.h"
#include "mime/message.h"
#include "model/search.h"

namespace mailstead::imap {

inline constexpr std::string_view k_annotate = "ANNOTATE-EXPERIMENT-1";

using AnnotatedMessages = std::vector<model::AnnotatedMessage>;

// Of these messages of a mailbox of the account where the session is.
Task<Result<AnnotatedMessages>> annotations_of(Session* session, model::MailboxId mailbox, UidSet uids);

// "ANNOTATION (entry (attribute value …) …)" (§4.4); nothing where only patterns are asked for and none matches.
void print_annotations(Printer out, const FetchItem& item, const std::vector<model::MessageAnnotation>& there);

// "[ANNOTATIONS …]" (§4.1) of the selected mailbox.
std::string annotations_code(const Session& session);

// §3.4: what it takes to store these.
model::Rights rights_to_store(const std::vector<model::MessageAnnotation>& changes);
Reply reply_of_annotations(const Error& error);

// §3.2.1: each part that one of these entries names must be there.
using Parts = std::vector<std::vector<std::uint32_t>>;
Parts parts_of(const std::vector<std::string>& entries);  // patterns name none
Parts parts_of(const std::vector<model::MessageAnnotation>& changes);
bool has_parts(const mime::Message& message, const Parts& parts);
// In each of these messages of the selected mailbox.
Task<Result<bool>> have_parts(Session* session, std::vector<std::uint32_t> uids, Parts parts);

// SEARCH: puts the UIDs of the messages that match in place of each ANNOTATION key.
Task<Result<model::Query>> find_annotated(Session* session, account::MailboxRef mailbox, model::Query query);

// SORT: of these messages of the selected mailbox, ascending: their values, folded; "" where there is none.
Task<Result<std::vector<std::string>>> annotation_texts(Session* session, const model::SortKey* key,
                                                        std::vector<std::uint32_t> uids);

}  // namespace mailstead::imap

// The parse functions of all commands, one file a family. parse.cc has the table of names.
#pragma once

#include "imap/wire/command.h"
#include "imap/wire/scanner.h"

namespace mailstead::imap {

// At the byte behind the command word. `uid`: UID stood in front. The caller checks that nothing is left.
using ParseFunction = Result<Command>(Scanner&, bool uid);

ParseFunction parse_id, parse_authenticate, parse_login, parse_enable, parse_compress;        // parse_session.cc
ParseFunction parse_select, parse_examine;                                                    // parse_select.cc
ParseFunction parse_create, parse_delete, parse_rename, parse_subscribe, parse_unsubscribe;   // parse_mailbox.cc
ParseFunction parse_status, parse_getquota, parse_getquotaroot, parse_setquota;               // parse_mailbox.cc
ParseFunction parse_setacl, parse_deleteacl, parse_getacl, parse_listrights, parse_myrights;  // parse_acl.cc
ParseFunction parse_genurlauth, parse_urlfetch, parse_resetkey;                               // parse_urlauth.cc
ParseFunction parse_list, parse_lsub;                                                         // parse_list.cc
ParseFunction parse_append, parse_replace;                                                    // parse_append.cc
ParseFunction parse_fetch;                                                                    // parse_fetch.cc
ParseFunction parse_getmetadata, parse_setmetadata;                                           // parse_metadata.cc
ParseFunction parse_notify;                                                                   // parse_notify.cc
ParseFunction parse_search, parse_cancelupdate;                                               // parse_search.cc
ParseFunction parse_esearch;                                                                  // parse_esearch.cc
ParseFunction parse_sort, parse_thread;                                                       // parse_sort.cc
ParseFunction parse_language, parse_comparator;                                               // parse_language.cc
ParseFunction parse_store, parse_copy, parse_move, parse_expunge, parse_uidbatches;           // parse_store.cc

Result<std::vector<StatusItem>> status_items(Scanner& in);       // "(" … ")"
Result<MailboxFilter> mailbox_filter(Scanner& in);               // parse_esearch.cc
Result<Section> message_section(Scanner& in, bool with_text);    // "[" … "]"; text: HEADER and such
Result<> fetch_items(Scanner& in, std::vector<FetchItem>& out);  // one, a macro, or "(" … ")"

Result<> annotation_item(Scanner& in, FetchItem& out);  // parse_annotation.cc
Result<> annotation_changes(Scanner& in, std::vector<model::MessageAnnotation>& out);
Result<model::Query> annotation_key(Scanner& in);
Result<> annotation_sort(Scanner& in, model::SortKey& out);

Result<std::optional<std::string>> nstring8(Scanner& in);        // nstring or literal8: parse_metadata.cc
Result<std::vector<std::string>> metadata_entries(Scanner& in);  // one, or "(" … ")": parse_metadata.cc
Result<PartialRange> partial_range(Scanner& in);                 // parse_search.cc

// What SEARCH shares with SORT, THREAD and ESEARCH (parse_search.cc).
Result<SearchReturn> search_return(Scanner& in);  // "(" … ")" behind RETURN
Result<> check_relevancy(bool asked, const model::Query& query);
Result<> search_charset(Scanner& in, const std::optional<SearchReturn>& give);  // Errc::unsupported: BADCHARSET
Result<model::Query> search_keys(Scanner& in);                                  // one or more, to the end
// RFC 9051 §9 search-program: RETURN and CHARSET where they are, and the keys.
Result<> search_program(Scanner& in, std::optional<SearchReturn>& give, model::Query& query);

}  // namespace mailstead::imap

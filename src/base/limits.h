// Every limit of the product: unit, default, and the abuse it stops. Nothing loops or buffers without one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mailstead::limits {

// Lines and commands ------------------------------------------------------------------------------------------------
inline constexpr std::size_t k_imap_line_preauth_bytes = 8 * 1024;  // memory of unauthenticated connections
inline constexpr std::size_t k_imap_line_bytes = 64 * 1024;         // endless lines
inline constexpr std::size_t k_imap_args_bytes = 1024 * 1024;       // sum of a command's literals (CVE-2024-34055)
inline constexpr std::size_t k_imap_depth_preauth = 4;              // "((((" (CVE-2026-27857)
inline constexpr std::size_t k_imap_depth = 64;
inline constexpr std::size_t k_urls = 100;                       // of one command: each may be a message that is read
inline constexpr std::size_t k_imap_literal_minus_bytes = 4096;  // RFC 7888 §5: LITERAL-
inline constexpr std::size_t k_pop3_line_bytes = 512;            // RFC 2449 §4: 255; AUTH lines may be longer
inline constexpr std::size_t k_sasl_line_bytes = 12 * 1024;      // RFC 4954 §4
inline constexpr std::size_t k_smtp_line_bytes = 2048;           // RFC 5321 §4.5.3.1.4: 512, more for extensions
inline constexpr std::size_t k_bad_commands_preauth = 3;         // cross-protocol requests, guessing
inline constexpr std::size_t k_bad_commands = 20;

// Messages ----------------------------------------------------------------------------------------------------------
inline constexpr std::size_t k_message_bytes = 64 * 1024 * 1024;  // default of the setting message_size_max
inline constexpr std::size_t k_recipients = 1000;                 // RFC 5321 §4.5.3.1.8: at least 100
inline constexpr std::size_t k_received_hops = 50;                // mail loops; RFC 5321 §6.3
inline constexpr std::size_t k_halfway_deliveries = 65'536;       // remembered until their sender tries again
inline constexpr std::int64_t k_halfway_keep_s = 5 * 86'400;      // RFC 5321 §4.5.4.1: senders give up in 4 to 5 days
inline constexpr std::size_t k_mime_depth = 100;                  // nested multiparts (CVE-2026-26312)
inline constexpr std::size_t k_mime_parts = 10'000;               // 10^5 parts
inline constexpr std::size_t k_header_block_bytes = 1024 * 1024;  // of one part; the rest is stored, not indexed
inline constexpr std::size_t k_headers_total_bytes = 8 * 1024 * 1024;  // of all parts
inline constexpr std::size_t k_mime_params = 128;                      // RFC 2231 continuations (CVE-2026-27859)
inline constexpr std::size_t k_addresses = 10'000;                     // in one header (CVE-2024-23184)
inline constexpr std::size_t k_references = 200;                       // message ids kept of one References header
inline constexpr std::size_t k_summary_bytes = 60 * 1024;  // stored beside the message, below the store's value limit
inline constexpr std::size_t k_preview_chars = 256;        // RFC 8970 §3

// Mailboxes ---------------------------------------------------------------------------------------------------------
inline constexpr std::size_t k_mailbox_name_bytes = 1000;  // in UTF-8
inline constexpr std::size_t k_mailbox_name_depth = 64;
inline constexpr std::size_t k_mailboxes = 10'000;  // per account
inline constexpr std::size_t k_keywords = 58;       // per mailbox: flags are one 64-bit word
inline constexpr std::size_t k_keyword_bytes = 100;
inline constexpr std::size_t k_kept_mailboxes_bytes = 32 * 1024 * 1024;  // of a home: rows that nobody has open now
// Of a home: what SORT, THREAD and SEARCH compare messages by, some 250 octets a message. A mailbox that takes more is
// read anew each time.
inline constexpr std::size_t k_digests_bytes = 96 * 1024 * 1024;
// RFC 5257: of one message. §4.1 asks for 10 of 1024 octets at least; what one user stores leaves the others' room.
inline constexpr std::size_t k_annotation_entry_bytes = 250;            // an entry's name
inline constexpr std::size_t k_annotation_value_bytes = 8 * 1024;       // one value
inline constexpr std::size_t k_annotations = 24;                        // shared values; private ones of one user
inline constexpr std::size_t k_annotations_bytes = 48 * 1024;           // names and values of these
inline constexpr std::size_t k_annotations_message_bytes = 256 * 1024;  // of all users
inline constexpr std::size_t k_append_annotations_bytes = 256 * 1024;   // of all messages of one APPEND
inline constexpr std::size_t k_commit_messages = 500;                   // of one commit; longer work is several commits

// Time, in milliseconds ---------------------------------------------------------------------------------------------
inline constexpr std::int64_t k_login_deadline_ms = 60'000;  // absolute, not per byte: slow-loris
inline constexpr std::int64_t k_refresh_ms = 1000;  // a node asks for others' commits, should the hint of one be lost
inline constexpr std::int64_t k_imap_idle_ms = 30 * 60'000;   // RFC 9051 §5.4: at least 30 minutes
inline constexpr std::int64_t k_pop3_idle_ms = 10 * 60'000;   // RFC 1939 §3: at least 10 minutes
inline constexpr std::int64_t k_smtp_idle_ms = 5 * 60'000;    // RFC 5321 §4.5.3.2.7
inline constexpr std::int64_t k_write_stall_ms = 5 * 60'000;  // a client that never reads

// Connections -------------------------------------------------------------------------------------------------------
inline constexpr std::size_t k_connections = 100'000;            // of the process; and 3/4 of its descriptors
inline constexpr std::size_t k_connections_per_address = 1000;   // of one address, of all protocols
inline constexpr std::size_t k_output_buffer_bytes = 64 * 1024;  // flushed when fuller
inline constexpr std::size_t k_read_buffer_bytes = 16 * 1024;

}  // namespace mailstead::limits

// ENVELOPE and BODYSTRUCTURE (RFC 9051 §7.5.2). What a sender wrote in other charsets stays as it is in ENVELOPE;
// parameters, which MIME parsing has decoded, are given in the form that the session can take (RFC 2231 §6, §4).
#pragma once

#include "imap/wire/printer.h"
#include "mime/message.h"

namespace mailstead::imap {

void print_envelope(Printer& p, const mime::Envelope& envelope);

// BODYSTRUCTURE, or, with `extended` false, BODY: of the whole message.
void print_structure(Printer& p, const mime::Message& message, bool extended);

}  // namespace mailstead::imap

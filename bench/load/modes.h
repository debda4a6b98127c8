// What the driver can do; each prints its report and returns the exit code.
#pragma once

#include "load/options.h"

namespace load {

int lmtp_deliver(const Options&);   // durable deliveries per second
int imap_run(const Options&);       // given commands on one connection, each timed and counted
int imap_login(const Options&);     // LOGIN, SELECT, LOGOUT per second
int imap_append(const Options&);    // APPEND per second
int imap_pipeline(const Options&);  // one command per message, pipelined: STORE one by one
int imap_idle(const Options&);      // a crowd of idle sessions
int imap_mix(const Options&);       // a crowd of usual clients for some time
int imap_notify(const Options&);    // from delivery to the watchers' news
int pop3_poll(const Options&);      // logins that find nothing new
int pop3_get(const Options&);       // download of all
int raw_log(const Options&);        // the disk's limit
int memory_server(const Options&);  // the connection's limit

}  // namespace load

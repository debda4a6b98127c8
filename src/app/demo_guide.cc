#include "app/demo_guide.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/ascii.h"

namespace mailstead::app {
namespace {

bool is_free(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  close(fd);
  return free;
}

}  // namespace

Result<config::Config> demo_config(const std::string& dir) {
  struct Port {
    std::string_view name;
    std::uint16_t port;
    std::vector<std::string> config::Config::* list;
  };
  static constexpr Port k_ports[] = {
      {"IMAP", 18143, &config::Config::imap},
      {"IMAP over TLS", 18993, &config::Config::imaps},
      {"POP3", 18110, &config::Config::pop3},
      {"POP3 over TLS", 18995, &config::Config::pop3s},
      {"SMTP", 18025, &config::Config::smtp},
      {"submission", 18587, &config::Config::submission},
      {"submission over TLS", 18465, &config::Config::submissions},
      {"LMTP", 18024, &config::Config::lmtp},
      {"metrics", 18080, &config::Config::metrics},
  };
  TRY(auto c, config::parse("hostname = \"localhost\"\nlog_level = \"warn\"\n[tls]\nallow_plain_without_tls = true\n"));
  for (const auto& p : k_ports) {
    const bool free = is_free(p.port);
    if (!free) std::cout << "Port " << p.port << " is taken: " << p.name << " uses another one.\n";
    c.*(p.list) = {cat("127.0.0.1:", free ? p.port : std::uint16_t{0})};
  }
  std::error_code ec;
  std::filesystem::create_directories(dir, ec);
  if (ec) return fail(Errc::unavailable, cat("cannot make ", dir, ": ", ec.message()));
  c.data_dir = std::filesystem::canonical(dir, ec).string();
  // A socket's path is at most 107 bytes: a deep folder's is made beside the temporary files.
  c.admin_socket = c.data_dir + "/admin.sock";
  if (c.admin_socket.size() > 100) c.admin_socket = cat("/tmp/mailstead-demo-", getpid(), ".sock");
  return c;
}

Result<std::string> demo_guide(const std::string& dir, const std::map<std::string, std::uint16_t>& ports) {
  const auto port = [&](const char* name) {
    const auto found = ports.find(name);
    return std::to_string(found == ports.end() ? 0 : found->second);
  };
  const auto user = cat("ann@", k_demo_domain);
  const auto account = cat(user, ':', k_demo_password);
  const auto rc = dir + "/mbsyncrc", maildir = dir + "/mbsync";
  std::error_code ec;
  std::filesystem::create_directories(maildir, ec);
  std::ofstream file(rc);
  file << "# A whole copy of the demo account in " << maildir
       << ", kept the same both ways.\nIMAPAccount demo\nHost 127.0.0.1\nPort " << port("imap") << "\nUser " << user
       << "\nPass " << k_demo_password << "\nSSLType None\nAuthMechs LOGIN\n\nIMAPStore far\nAccount demo\n\n"
       << "MaildirStore near\nPath \"" << maildir << "/\"\nInbox \"" << maildir
       << "/INBOX\"\nSubFolders Verbatim\n\nChannel demo\nFar :far:\nNear :near:\nPatterns *\nCreate Both\nExpunge "
          "Both\n"
          "SyncState *\n";
  if (!file.flush()) return fail(Errc::unavailable, cat("cannot write ", rc));
  const auto curl = cat("curl -sS --user ", account);
  return cat("\nMailstead is running. Account ", user, ", password ", k_demo_password, " (also bela@", k_demo_domain,
             ").\n\n",
             "IMAP: list the mailboxes, read a message, search\n",                        //
             "  ", curl, " imap://127.0.0.1:", port("imap"), "/\n",                       //
             "  ", curl, " \"imap://127.0.0.1:", port("imap"), "/INBOX;MAILINDEX=1\"\n",  //
             "  ", curl, " \"imap://127.0.0.1:", port("imap"), "/INBOX?SUBJECT%20Figures\"\n",
             "IMAP: synchronise everything into ", maildir, "\n", "  mbsync -c ", rc, " demo\n",  //
             "IMAP with Python\n", "  python3 -c 'import imaplib; c = imaplib.IMAP4(\"127.0.0.1\", ", port("imap"),
             "); c.login(\"", user, "\", \"", k_demo_password,
             "\"); print(c.select(\"INBOX\")); print(c.fetch(\"1:3\", \"(FLAGS ENVELOPE)\"))'\n",
             "POP3: list, read a message\n",                          //
             "  ", curl, " pop3://127.0.0.1:", port("pop3"), "/\n",   //
             "  ", curl, " pop3://127.0.0.1:", port("pop3"), "/1\n",  //
             "POP3 with Python\n", "  python3 -c 'import poplib; c = poplib.POP3(\"127.0.0.1\", ", port("pop3"),
             "); c.user(\"", user, "\"); c.pass_(\"", k_demo_password, "\"); print(c.stat())'\n",  //
             "Send\n", "  printf 'From: bela@", k_demo_domain, "\\r\\nTo: ", user,
             "\\r\\nSubject: hello\\r\\n\\r\\nhello\\r\\n' | curl -sS -T - --mail-from bela@", k_demo_domain,
             " --mail-rcpt ", user, " smtp://127.0.0.1:", port("smtp"), "\n",  //
             "  python3 -c 'import smtplib; s = smtplib.SMTP(\"127.0.0.1\", ", port("submission"), "); s.login(\"bela@",
             k_demo_domain, "\", \"", k_demo_password, "\"); s.sendmail(\"bela@", k_demo_domain, "\", [\"", user,
             "\"], \"Subject: by submission\\r\\n\\r\\nhello\\r\\n\")'\n",  //
             "Metrics\n", "  curl -sS http://127.0.0.1:", port("metrics"), "/metrics\n",
             "\nOver TLS (self-signed): IMAP ", port("imaps"), ", POP3 ", port("pop3s"), ", submission ",
             port("submissions"), ". LMTP: ", port("lmtp"), ".\nCtrl-C ends it; the mail stays in ", dir, ".\n");
}

}  // namespace mailstead::app

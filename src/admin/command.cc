#include "admin/command.h"

#include <algorithm>

#include "base/ascii.h"

namespace mailstead::admin {
namespace {

constexpr Command k_commands[] = {
    {"domain add NAME", "Mail for NAME is accepted"},
    {"domain remove NAME", "A domain without accounts"},
    {"domain list [--json]", ""},
    {"domain catch-all NAME ACCOUNT", "Where unknown addresses of NAME go; off: refused"},
    {"account add NAME [--scram] [--password-stdin]", "NAME is the address; --scram: also for SCRAM-SHA-256", true},
    {"account list [--domain NAME] [--json]", ""},
    {"account show NAME [--json]", "Devices, quota, mailboxes"},
    {"account set NAME [--show-removed WORD] [--show-past WORD] [--without-capability LIST] [--with-capability LIST] "
     "[--quirk LIST]",
     "WORD: on or off: Recently removed, and the account as it was, as mailboxes of IMAP. LIST: NOTIFY,UIDONLY; "
     "delay-newmail=on, =off or =default. See docs/imap.md"},
    {"account enable NAME", ""},
    {"account disable NAME", "No logins; mail is still accepted"},
    {"account remove NAME [--erase-mail]", "The account and all of its mail; --erase-mail says that you mean it"},
    {"password set ACCOUNT [--scram] [--password-stdin]", "", true},
    {"device add ACCOUNT NAME [--scopes LIST]", "Prints a password for one device; of imap,pop3,submission,web"},
    {"device list ACCOUNT [--json]", ""},
    {"device remove ACCOUNT NAME", "Its password is void at once"},
    {"alias add ADDRESS TARGET…", ""},
    {"alias list [--json]", ""},
    {"alias remove ADDRESS", ""},
    {"quota set ACCOUNT SIZE [--messages COUNT]", "SIZE: 500M, 1G, none"},
    {"quota show ACCOUNT [--json]", ""},
    {"quota explain ACCOUNT [--over SIZE] [--before TIME] [--json]",
     "By folder, sender, year and size; what a clean-up frees, with attachments over SIZE before TIME"},
    {"share list ACCOUNT [MAILBOX…] [--json]", "Who else may use its mailboxes (RFC 4314)"},
    {"share set ACCOUNT MAILBOX USER RIGHTS",
     "USER: an address, or anyone; - in front: taken away. RIGHTS: lrswipkxtean, +RIGHTS adds, -RIGHTS takes away"},
    {"share remove ACCOUNT MAILBOX USER", "What was set for USER is gone"},
    {"index show ACCOUNT [--json]", "The search index: how far it is, what it takes"},
    {"index rebuild ACCOUNT", "Makes it anew, in the background"},
    {"removed list ACCOUNT [--mailbox NAME] [--since TIME] [--until TIME] [--by DEVICE] [--json]",
     "Recently removed messages. TIME: 2026-11-24, or 7d: days ago"},
    {"removed restore ACCOUNT [NUMBER…] [--mailbox NAME] [--since TIME] [--until TIME] [--by DEVICE] [--all]",
     "Back to their mailboxes, with flags and dates"},
    {"removed purge ACCOUNT [NUMBER…] [--mailbox NAME] [--since TIME] [--until TIME] [--by DEVICE] [--all]",
     "For good"},
    {"removed keep ACCOUNT DAYS [--max SIZE] [--history DAYS]", "0: freed at once; default: as the server's settings"},
    {"retention list ACCOUNT [--json]", ""},
    {"retention set ACCOUNT MAILBOX [--days NUMBER] [--messages NUMBER] [--default]",
     "What is older, or more, goes to Recently removed; off: no such limit"},
    {"pop3 show ACCOUNT [--json]", ""},
    {"pop3 set ACCOUNT [DEVICE…] [--policy NAME] [--window DAYS] [--remove-after DAYS] [--hide-retrieved WORD] "
     "[--folders WORD]",
     "No DEVICE: all of them. NAME: auto, device, everywhere, archive, keep. See docs/pop3.md"},
    {"history ACCOUNT [--since TIME] [--until TIME] [--device NAME] [--protocol NAME] [--mailbox NAME] [--json]",
     "Who did what, when"},
    {"trace ACCOUNT MESSAGE… [--json]", "MESSAGE: a Message-ID, MAILBOX/UID, or words of the subject"},
    {"at TIME ACCOUNT [MAILBOX…] [--json]",
     "The account as it was: its mailboxes; the messages of one; the text of MAILBOX/UID"},
    {"account report ACCOUNT", "Which devices use it, and what they do to each other's mail"},
    {"import ACCOUNT PATH [--format FORMAT] [--into MAILBOX]", "FORMAT: maildir, mbox, auto. Safe to repeat"},
    {"export ACCOUNT DIR [MAILBOX…] [--format FORMAT]", "FORMAT: maildir (default), mbox. No MAILBOX: all"},
    {"reload", "Reads certificates and the log level again"},
    {"stop", ""},
};

// A usage line cut into what it allows.
struct Grammar {
  std::vector<std::string_view> names;
  std::size_t least = 0, most = 0;
  std::map<std::string_view, bool> options;  // takes a value
};

std::vector<std::string_view> split(std::string_view s) {
  std::vector<std::string_view> out;
  while (!(s = trim(s)).empty()) {
    const auto end = std::min(s.find(' '), s.size());
    out.push_back(s.substr(0, end));
    s.remove_prefix(end);
  }
  return out;
}

Grammar grammar(const Command& c) {
  Grammar g;
  const auto words = split(c.usage);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto word = words[i];
    if (word.starts_with("[--")) {
      const bool value = !word.ends_with(']');
      g.options[value ? word.substr(1) : word.substr(1, word.size() - 2)] = value;
      if (value) ++i;
    } else if (word.starts_with('[')) {
      g.most = 1000;
    } else if (word[0] >= 'A' && word[0] <= 'Z') {
      ++g.least;
      ++g.most;
      if (word.ends_with("…")) g.most = 1000;
    } else {
      g.names.push_back(word);
    }
  }
  return g;
}

Error wrong(const Command& c, std::string_view what) {
  return {Errc::syntax, cat(what, "\nusage: mailstead ", c.usage)};
}

}  // namespace

std::string Command::name() const {
  std::string out;
  for (const auto word : grammar(*this).names) append(out, out.empty() ? "" : " ", word);
  return out;
}

std::span<const Command> commands() {
  return k_commands;
}

std::string usage() {
  std::string out;
  for (const auto& c : k_commands) {
    append(out, "  ", c.usage, '\n');
    if (!c.help.empty()) append(out, "      ", c.help, '\n');
  }
  return out;
}

std::string Invocation::get(std::string_view option) const {
  const auto found = options.find(option);
  return found == options.end() ? std::string() : found->second;
}

Result<Invocation> parse(std::vector<std::string> words, bool with_secret) {
  for (const auto& c : k_commands) {
    const auto g = grammar(c);
    if (words.size() < g.names.size() || !std::equal(g.names.begin(), g.names.end(), words.begin())) continue;
    Invocation call{&c, {}, {}, {}};
    if (with_secret && c.secret) {
      call.secret = std::move(words.back());
      words.pop_back();
    }
    bool options = true;
    for (std::size_t i = g.names.size(); i < words.size(); ++i) {
      if (options && words[i] == "--") {
        options = false;
      } else if (options && words[i].starts_with("--")) {
        const auto equals = words[i].find('=');
        const auto name = words[i].substr(0, equals);
        const auto known = g.options.find(name);
        if (known == g.options.end()) return std::unexpected(wrong(c, cat("unknown option ", name)));
        std::string value;
        if (equals != std::string::npos)
          value = words[i].substr(equals + 1);
        else if (known->second && i + 1 < words.size())
          value = words[++i];
        else if (known->second)
          return std::unexpected(wrong(c, cat(name, " needs a value")));
        if (!known->second && equals != std::string::npos)
          return std::unexpected(wrong(c, cat(name, " takes no value")));
        call.options[name] = value;
      } else {
        call.arguments.push_back(words[i]);
      }
    }
    if (call.arguments.size() < g.least) return std::unexpected(wrong(c, "an argument is missing"));
    if (call.arguments.size() > g.most) return std::unexpected(wrong(c, "too many arguments"));
    return call;
  }
  std::string near;
  for (const auto& c : k_commands)
    if (!words.empty() && split(c.usage)[0] == words[0]) append(near, "\n  ", c.usage);
  return fail(Errc::unsupported,
              near.empty() ? cat("no such command: ", words.empty() ? "" : words[0], "; `mailstead --help` lists them")
                           : cat("which of these?", near));
}

}  // namespace mailstead::admin

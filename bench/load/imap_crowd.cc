// imap-login: connections= count= mailbox=: connect, LOGIN, SELECT, LOGOUT, `count` times in all; tls=1, resume=1.
// Reports
//             how many TLS sessions the server resumed, and the messages that all SELECTs together found.
// imap-idle:  connections= at_once= mailbox= idle=0|1: log in, SELECT (and IDLE), then stay. Prints {"ready": N} once
//             all are there, and its report when its standard input ends: the server is measured in between.
#include <unistd.h>

#include <memory>

#include "base/ascii.h"
#include "load/imap_client.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {
namespace {

using mailstead::cat;

struct LoginShared {
  std::uint64_t count, begun = 0, done = 0, resumed = 0, exists = 0;
  std::string mailbox;
  Latencies latencies;
};

class LoginCycle : public ImapClient {
 public:
  LoginCycle(Loop& loop, LoginShared& shared) : ImapClient(loop), shared_(shared) {}
  bool start() {
    if (shared_.begun == shared_.count) return false;
    account_ = shared_.begun++;
    step_ = 0;
    counts_ = {};
    began_ = now();
    connect();
    return true;
  }

 private:
  void on_response(std::string_view line) override {
    const auto tag = tag_of(line);
    if (step_ == 0 && line.starts_with("* OK")) {
      step_ = 1;
      send_login();
    } else if (tag == "L" && is_ok(line)) {
      send(cat("S SELECT ", shared_.mailbox, "\r\n"));
    } else if (tag == "S" && is_ok(line)) {
      send("Q LOGOUT\r\n");
    } else if (tag == "Q" && is_ok(line)) {
      shared_.latencies.add(seconds(began_, now()) * 1000);
      ++shared_.done;
      shared_.resumed += was_resumed() ? 1U : 0U;
      shared_.exists += counts_.exists;
      close();
      start();
    } else if (tag != "*") {
      die(line);
    }
  }

  LoginShared& shared_;
  int step_ = 0;
  TimePoint began_{};
};

struct IdleShared {
  std::string mailbox;
  bool idle;
  std::uint64_t ready = 0, wanted, begun = 0;
};

class Idler : public ImapClient {
 public:
  Idler(Loop& loop, IdleShared& shared, std::uint64_t account) : ImapClient(loop), shared_(shared) {
    account_ = account;
  }

 private:
  void on_response(std::string_view line) override {
    const auto tag = tag_of(line);
    if (!greeted_ && line.starts_with("* OK")) {
      greeted_ = true;
      send_login();
    } else if (tag == "L" && is_ok(line)) {
      send(cat("S SELECT ", shared_.mailbox, "\r\n"));
    } else if (tag == "S" && is_ok(line)) {
      if (shared_.idle) {
        send("I IDLE\r\n");
      } else {
        ready();
      }
    } else if (tag == "+") {
      ready();
    } else if (tag != "*" || line.starts_with("* BYE")) {
      die(line);
    }
  }
  void ready() {
    ++shared_.ready;
    loop().stop();
  }

  IdleShared& shared_;
  bool greeted_ = false;
};

}  // namespace

int imap_login(const Options& o) {
  const Target target(o);
  LoginShared shared{o.number("count", 1000), 0, 0, 0, 0, o.text("mailbox", "INBOX"), {}};
  const auto connections = o.number("connections", 8);
  o.refuse_unused();
  Loop loop(target);
  std::vector<std::unique_ptr<LoginCycle>> crowd;
  const auto began = now();
  for (std::uint64_t i = 0; i < connections; ++i) {
    crowd.push_back(std::make_unique<LoginCycle>(loop, shared));
    crowd.back()->start();
  }
  loop.run();
  if (shared.done != shared.count) die("not every session came to its end");
  const auto took = seconds(began, now());
  Report r;
  r.text("mode", o.mode());
  r.number("sessions", shared.done);
  r.number("resumed", shared.resumed);
  r.number("exists", shared.exists);
  r.number("seconds", took);
  r.number("per_s", static_cast<double>(shared.done) / took);
  r.number("p50_ms", shared.latencies.percentile(0.5));
  r.number("p99_ms", shared.latencies.percentile(0.99));
  r.print();
  return 0;
}

int imap_idle(const Options& o) {
  const Target target(o);
  IdleShared shared{o.text("mailbox", "INBOX"), o.number("idle", 1) != 0, 0, o.number("connections", 100)};
  // Being set up: a server's backlog is finite, and so is its patience for passwords that wait to be hashed.
  const auto at_once = o.number("at_once", 16);
  o.refuse_unused();
  Loop loop(target);
  std::vector<std::unique_ptr<Idler>> crowd;
  const auto began = now();
  while (shared.ready < shared.wanted) {
    while (crowd.size() < shared.wanted && crowd.size() - shared.ready < at_once) {
      crowd.push_back(std::make_unique<Idler>(loop, shared, crowd.size()));
      crowd.back()->connect();
    }
    loop.run();
  }
  Report ready;
  ready.number("ready", shared.ready);
  ready.number("seconds", seconds(began, now()));
  ready.print();
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  // Still there? A server that dropped them would have been measured with fewer sessions.
  for (auto& c : crowd)
    if (!c->is_alive()) die("a session was lost");
  Report r;
  r.text("mode", o.mode());
  r.number("sessions", shared.ready);
  r.print();
  return 0;
}

}  // namespace load

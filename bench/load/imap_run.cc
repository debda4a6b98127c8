// imap: do="COMMAND" …, repeat=N (of the whole list), verify=N (one literal in N): on one connection, one after the
// other. Each command must end with OK; its time, counts and octets are one entry of "steps".
#include <memory>

#include "base/ascii.h"
#include "load/imap_client.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {
namespace {

class Runner : public ImapClient {
 public:
  Runner(Loop& loop, std::vector<std::string> commands, std::uint64_t repeat, std::uint64_t verify)
      : ImapClient(loop), commands_(std::move(commands)), left_(repeat * commands_.size()) {
    verify_every_ = verify;
  }
  std::string steps() const { return "[" + steps_ + "]"; }

 private:
  void on_response(std::string_view line) override {
    const auto tag = tag_of(line);
    if (line.starts_with("* OK") && !greeted_) {
      greeted_ = true;
      send_login();
    } else if (tag == "L") {
      if (!is_ok(line)) die(line);
      next();
    } else if (tag == "C") {
      if (!is_ok(line)) die(mailstead::cat(command_, ": ", line));
      done();
    } else if (tag == "Q") {
      close();
    } else if (line.starts_with("* BYE")) {
      if (left_ > 0) die(line);
    }
  }
  void on_closed() override {
    if (left_ > 0) die("the server closed the connection");
  }

  void next() {
    if (left_ == 0) return send("Q LOGOUT\r\n");
    command_ = commands_[(commands_.size() - left_ % commands_.size()) % commands_.size()];
    counts_ = {};
    began_ = now();
    send(mailstead::cat("C ", command_, "\r\n"));
  }

  void done() {
    const auto took = seconds(began_, now());
    Report r;
    r.text("command", command_);
    r.number("ms", took * 1000);
    r.number("responses", counts_.responses);
    r.number("fetches", counts_.fetches);
    r.number("literals", counts_.literals);
    r.number("literal_octets", counts_.literal_octets);
    r.number("octets", counts_.octets);
    r.number("sizes", counts_.sizes);
    r.number("verified", counts_.verified);
    r.number("exists", counts_.exists);
    r.number("hits", counts_.hits);
    r.number("vanished", counts_.vanished);
    r.number("uidvalidity", counts_.uidvalidity);
    r.number("modseq", counts_.modseq);
    if (!steps_.empty()) steps_ += ", ";
    steps_ += r.json();
    --left_;
    next();
  }

  std::vector<std::string> commands_;
  std::uint64_t left_;
  std::string command_, steps_;
  bool greeted_ = false;
  TimePoint began_{};
};

}  // namespace

int imap_run(const Options& o) {
  const Target target(o);
  Loop loop(target);
  Runner runner(loop, o.all("do"), o.number("repeat", 1), o.number("verify", 0));
  o.refuse_unused();
  runner.connect();
  loop.run(600);
  Report r;
  r.text("mode", o.mode());
  r.raw("steps", runner.steps());
  r.print();
  return 0;
}

}  // namespace load

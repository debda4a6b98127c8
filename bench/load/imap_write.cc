// imap-append:   connections= count= size= seed= mailbox= depth=: APPEND, `depth` at a time with LITERAL+ (RFC 7888
// §4);
//                where the server has only LITERAL- (§5: up to 4096 octets), one at a time, each awaiting its "+".
// imap-pipeline: command="STORE %d +FLAGS.SILENT (\Flagged)" count= depth= mailbox=: one command a message, pipelined.
#include <deque>
#include <memory>

#include "base/ascii.h"
#include "load/corpus.h"
#include "load/imap_client.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {
namespace {

using mailstead::append;
using mailstead::cat;

struct Shared {
  std::uint64_t count, depth;
  std::string mailbox;
  bool select;
  std::uint64_t begun = 0, done = 0, octets = 0;
  Latencies latencies;
  TimePoint first{};
};

// Keeps `depth` commands on the way; replies come in order (they are of one kind).
class Pipeline : public ImapClient {
 public:
  Pipeline(Loop& loop, Shared& shared, std::uint64_t account) : ImapClient(loop), shared_(shared) {
    account_ = account;
  }

 protected:
  virtual void add_command(std::string& to, std::uint64_t number) = 0;
  virtual void go_on() { die("the server asked for more"); }  // "+": it waits for a literal
  Shared& shared_;
  bool literal_plus_ = false;

 private:
  void on_response(std::string_view line) override {
    const auto tag = tag_of(line);
    if (!greeted_ && line.starts_with("* OK")) {
      greeted_ = true;
      send_login();
    } else if (tag == "L" && is_ok(line)) {
      send("P CAPABILITY\r\n");
    } else if (line.starts_with("* CAPABILITY")) {
      literal_plus_ = line.find(" LITERAL+") != line.npos;
    } else if (tag == "P" && is_ok(line)) {
      if (!shared_.select) return more();
      send(cat("S SELECT ", shared_.mailbox, "\r\n"));
    } else if (tag == "S" && is_ok(line)) {
      more();
    } else if (tag == "+") {
      go_on();
    } else if (tag == "C" && is_ok(line)) {
      shared_.latencies.add(seconds(on_the_way_.front(), now()) * 1000);
      on_the_way_.pop_front();
      ++shared_.done;
      more();
    } else if (tag == "Q") {
      close();
    } else if (tag != "*") {
      die(line);
    }
  }
  void on_closed() override {
    if (!leaving_) die("the server closed the connection");
  }

  void more() {
    if (shared_.first == TimePoint{}) shared_.first = now();
    out_.clear();
    while (on_the_way_.size() < (literal_plus_ ? shared_.depth : depth_without_) && shared_.begun < shared_.count) {
      add_command(out_, ++shared_.begun);
      on_the_way_.push_back(now());
    }
    if (on_the_way_.empty() && !leaving_) {
      leaving_ = true;
      out_ += "Q LOGOUT\r\n";
    }
    if (!out_.empty()) send(out_);
  }

  const std::uint64_t depth_without_ = shared_.select ? shared_.depth : 1;  // only APPEND has literals
  bool greeted_ = false, leaving_ = false;
  std::deque<TimePoint> on_the_way_;
  std::string out_;
};

class Appender : public Pipeline {
 public:
  Appender(Loop& loop, Shared& shared, std::uint64_t account, Corpus& corpus)
      : Pipeline(loop, shared, account), corpus_(corpus) {}

 private:
  void add_command(std::string& to, std::uint64_t) override {
    const auto m = corpus_.next();
    shared_.octets += m.size();
    const bool at_once = literal_plus_ || m.size() <= 4096;
    append(to, "C APPEND ", shared_.mailbox, " (\\Seen) {", m.size(), at_once ? "+}\r\n" : "}\r\n");
    if (at_once) {
      append(to, m, "\r\n");
    } else {
      waiting_.assign(m);
      waiting_ += "\r\n";
    }
  }
  void go_on() override { send(waiting_); }
  std::string waiting_;
  Corpus& corpus_;
};

class PerMessage : public Pipeline {
 public:
  PerMessage(Loop& loop, Shared& shared, std::uint64_t account, const std::string& command)
      : Pipeline(loop, shared, account), command_(command), at_(command.find("%d")) {
    if (at_ == command.npos) die("command= holds %d, the message's number");
  }

 private:
  void add_command(std::string& to, std::uint64_t number) override {
    append(to, "C ", command_.substr(0, at_), number, command_.substr(at_ + 2), "\r\n");
  }
  const std::string command_;
  std::size_t at_;
};

int report(const Options& o, Shared& shared) {
  if (shared.done != shared.count) die("not every command was answered");
  const auto took = seconds(shared.first, now());
  Report r;
  r.text("mode", o.mode());
  r.number("commands", shared.done);
  r.number("octets", shared.octets);
  r.number("seconds", took);
  r.number("per_s", static_cast<double>(shared.done) / took);
  r.number("p50_ms", shared.latencies.percentile(0.5));
  r.number("p99_ms", shared.latencies.percentile(0.99));
  r.print();
  return 0;
}

}  // namespace

int imap_append(const Options& o) {
  const Target target(o);
  Shared shared{o.number("count", 1000), o.number("depth", 1), o.text("mailbox", "INBOX"), false, 0, 0, 0, {}, {}};
  Corpus corpus(o.number("seed", 1), o.text("size", "8192"));
  const auto connections = o.number("connections", 1);
  o.refuse_unused();
  Loop loop(target);
  std::vector<std::unique_ptr<Appender>> crowd;
  for (std::uint64_t i = 0; i < connections; ++i) {
    crowd.push_back(std::make_unique<Appender>(loop, shared, i, corpus));
    crowd.back()->connect();
  }
  loop.run();
  return report(o, shared);
}

int imap_pipeline(const Options& o) {
  const Target target(o);
  Shared shared{o.number("count", 1000), o.number("depth", 64), o.text("mailbox", "INBOX"), true, 0, 0, 0, {}, {}};
  Loop loop(target);
  PerMessage session(loop, shared, 0, o.text("command", "STORE %d +FLAGS.SILENT (\\Flagged)"));
  o.refuse_unused();
  session.connect();
  loop.run();
  return report(o, shared);
}

}  // namespace load

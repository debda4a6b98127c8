// pop3-poll: connections= count=: login, UIDL, QUIT, `count` times in all.
// pop3-get:  depth= verify=N: one session downloads all of INBOX, `depth` RETR at a time (RFC 2449 §6.6); the octets of
//            each message are compared with LIST, one in N with its checksum.
#include <memory>

#include "base/ascii.h"
#include "load/corpus.h"
#include "load/loop.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {
namespace {

using mailstead::append;
using mailstead::cat;

// Steps through greeting, USER, PASS; then the derived session speaks.
class Pop3 : public Connection {
 public:
  using Connection::Connection;

 protected:
  virtual void on_ready() = 0;                          // logged in
  virtual std::size_t on_answer(std::string_view) = 0;  // as on_input, after login
  virtual void restart() { step_ = 0; }
  std::uint64_t account_ = 0;

 private:
  std::size_t on_input(std::string_view bytes) override {
    std::size_t used = 0;
    while (step_ < 3) {
      const auto end = bytes.find('\n', used);
      if (end == bytes.npos) return used;
      const auto line = bytes.substr(used, end - used);
      used = end + 1;
      if (!line.starts_with("+OK")) die(line);
      if (++step_ == 1) {
        send(cat("USER ", loop().target().name_of(account_), "\r\n"));
      } else if (step_ == 2) {
        send(cat("PASS ", loop().target().password, "\r\n"));
      } else {
        on_ready();
      }
    }
    return used + (used < bytes.size() ? on_answer(bytes.substr(used)) : 0);
  }
  int step_ = 0;
};

struct PollShared {
  std::uint64_t count, begun = 0, done = 0;
  Latencies latencies;
};

class Poll : public Pop3 {
 public:
  Poll(Loop& loop, PollShared& shared) : Pop3(loop), shared_(shared) {}
  void start() {
    if (shared_.begun == shared_.count) return;
    account_ = shared_.begun++;
    began_ = now();
    restart();
    connect();
  }

 private:
  void on_ready() override { send("UIDL\r\nQUIT\r\n"); }
  std::size_t on_answer(std::string_view bytes) override {
    // UIDL's list ends with a line of one dot; QUIT's reply is the line after it.
    if (!bytes.starts_with("+OK")) die(bytes.substr(0, 100));
    const auto end = bytes.find("\r\n.\r\n");
    if (end == bytes.npos || bytes.find('\n', end + 5) == bytes.npos) return 0;
    if (!bytes.substr(end + 5).starts_with("+OK")) die(bytes.substr(end + 5));
    shared_.latencies.add(seconds(began_, now()) * 1000);
    ++shared_.done;
    close();
    start();
    return bytes.size();
  }
  PollShared& shared_;
  TimePoint began_{};
};

class Get : public Pop3 {
 public:
  Get(Loop& loop, std::uint64_t depth, std::uint64_t verify) : Pop3(loop), depth_(depth), verify_(verify) {}
  std::uint64_t messages = 0, octets = 0, verified = 0;
  bool finished = false;
  TimePoint began{}, ended{};

 private:
  void on_ready() override {
    began = now();
    send("LIST\r\n");
  }
  void on_closed() override {
    if (!finished) die("the server closed the connection");
  }

  std::size_t on_answer(std::string_view bytes) override {
    std::size_t used = 0;
    while (used < bytes.size() && is_open()) {
      const auto rest = bytes.substr(used);
      const auto n = !listed_ ? take_list(rest) : in_message_ ? take_message(rest) : take_line(rest);
      if (n == 0) break;
      used += n;
    }
    return used;
  }

  std::size_t take_list(std::string_view bytes) {
    const auto end = bytes.find('\n');
    if (end == bytes.npos) return 0;
    const auto line = mailstead::trim(bytes.substr(0, end));
    if (line == ".") {
      listed_ = true;
      ask();
    } else if (const auto space = line.find(' '); !line.starts_with("+OK") && space != line.npos) {
      sizes_.push_back(mailstead::parse_number<std::uint64_t>(line.substr(space + 1)).value_or(0));
    }
    return end + 1;
  }

  void ask() {
    out_.clear();
    while (asked_ < sizes_.size() && asked_ - messages < depth_) append(out_, "RETR ", ++asked_, "\r\n");
    if (messages == sizes_.size()) out_ += "QUIT\r\n";
    if (!out_.empty()) send(out_);
  }

  std::size_t take_line(std::string_view bytes) {
    const auto end = bytes.find('\n');
    if (end == bytes.npos) return 0;
    if (!bytes.starts_with("+OK")) die(bytes.substr(0, end));
    if (messages == sizes_.size()) {
      finished = true;
      ended = now();
      close();
    } else {
      in_message_ = true;
      size_ = 0;
      kept_.clear();
      line_start_ = true;
    }
    return end + 1;
  }

  // Octets without the dot-stuffing and the final dot line. Scans for "\n." only: most lines begin otherwise.
  std::size_t take_message(std::string_view bytes) {
    const bool keep = verify_ != 0 && messages % verify_ == 0;
    std::size_t used = 0;
    for (;;) {
      const auto rest = bytes.substr(used);
      if (line_start_ && rest.starts_with('.')) {
        if (rest.size() < 3) return used;
        if (rest.starts_with(".\r\n")) {
          end_message(keep);
          return used + 3;
        }
        used += 1;
        line_start_ = false;
        continue;
      }
      auto dot = rest.find("\n.");
      const bool found = dot != rest.npos;
      // A newline at the very end: the dot may be the next byte.
      const auto n = found ? dot + 1 : rest.size();
      if (n == 0) return used;
      size_ += n;
      if (keep) kept_ += rest.substr(0, n);
      used += n;
      line_start_ = rest[n - 1] == '\n';
      if (!found) return used;
    }
  }

  void end_message(bool keep) {
    in_message_ = false;
    if (size_ != sizes_[messages])
      die(cat("message ", messages + 1, " has ", size_, " octets, LIST said ", sizes_[messages]));
    if (keep) {
      if (!Corpus::intact(kept_)) die("a message came back with other octets than were sent");
      ++verified;
    }
    octets += size_;
    ++messages;
    if (asked_ - messages <= depth_ / 2 || messages == sizes_.size()) ask();
  }

  std::uint64_t depth_, verify_, asked_ = 0, size_ = 0;
  bool listed_ = false, in_message_ = false, line_start_ = true;
  std::vector<std::uint64_t> sizes_;
  std::string out_, kept_;
};

}  // namespace

int pop3_poll(const Options& o) {
  const Target target(o);
  PollShared shared{o.number("count", 1000), 0, 0, {}};
  const auto connections = o.number("connections", 8);
  o.refuse_unused();
  Loop loop(target);
  std::vector<std::unique_ptr<Poll>> crowd;
  const auto began = now();
  for (std::uint64_t i = 0; i < connections; ++i) {
    crowd.push_back(std::make_unique<Poll>(loop, shared));
    crowd.back()->start();
  }
  loop.run();
  if (shared.done != shared.count) die("not every session came to its end");
  const auto took = seconds(began, now());
  Report r;
  r.text("mode", o.mode());
  r.number("sessions", shared.done);
  r.number("seconds", took);
  r.number("per_s", static_cast<double>(shared.done) / took);
  r.number("p50_ms", shared.latencies.percentile(0.5));
  r.number("p99_ms", shared.latencies.percentile(0.99));
  r.print();
  return 0;
}

int pop3_get(const Options& o) {
  const Target target(o);
  Loop loop(target);
  Get session(loop, o.number("depth", 32), o.number("verify", 16));
  o.refuse_unused();
  session.connect();
  loop.run();
  if (!session.finished) die("the download did not come to its end");
  const auto took = seconds(session.began, session.ended);
  Report r;
  r.text("mode", o.mode());
  r.number("messages", session.messages);
  r.number("octets", session.octets);
  r.number("verified", session.verified);
  r.number("seconds", took);
  r.number("per_s", static_cast<double>(session.messages) / took);
  r.number("mb_per_s", static_cast<double>(session.octets) / took / 1e6);
  r.print();
  return 0;
}

}  // namespace load

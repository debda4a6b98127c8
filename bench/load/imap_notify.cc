// imap-notify: watchers= count= rate= lmtp_port= size=: sessions that IDLE, each on an account of its own, and one LMTP
//              sender, which delivers `rate` messages a second to one account after the other. Measured: from the last
//              octet of the message to the watcher's EXISTS, and to the sender's 250.
#include <array>
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

struct NotifyShared {
  std::uint64_t watchers, count;
  std::uint64_t ready = 0, seen = 0, acknowledged = 0;
  Latencies notified{}, accepted{};
};

class Watcher : public ImapClient {
 public:
  Watcher(Loop& loop, NotifyShared& shared, std::uint64_t account) : ImapClient(loop), shared_(shared) {
    account_ = account;
  }
  void expect(TimePoint sent) { sent_.push_back(sent); }

 private:
  void on_response(std::string_view line) override {
    const auto tag = tag_of(line);
    if (!greeted_ && line.starts_with("* OK")) {
      greeted_ = true;
      send_login();
    } else if (tag == "L" && is_ok(line)) {
      send("S SELECT INBOX\r\n");
    } else if (tag == "S" && is_ok(line)) {
      exists_ = counts_.exists;
      send("I IDLE\r\n");
    } else if (tag == "+") {
      ++shared_.ready;
      loop().stop();
    } else if (tag != "*" || line.starts_with("* BYE")) {
      die(line);
    } else {
      // One EXISTS may tell of several messages.
      for (; exists_ < counts_.exists && !sent_.empty(); ++exists_) {
        shared_.notified.add(seconds(sent_.front(), now()) * 1000);
        sent_.pop_front();
        if (++shared_.seen == shared_.count && shared_.acknowledged == shared_.count) loop().stop();
      }
    }
  }

  NotifyShared& shared_;
  bool greeted_ = false;
  std::uint64_t exists_ = 0;
  std::deque<TimePoint> sent_;
};

class Sender : public Connection {
 public:
  Sender(Loop& loop, NotifyShared& shared, std::vector<std::unique_ptr<Watcher>>& crowd, Corpus& corpus,
         std::uint64_t rate)
      : Connection(loop),
        shared_(shared),
        crowd_(crowd),
        corpus_(corpus),
        apart_(std::chrono::nanoseconds(1'000'000'000 / rate)) {}

 private:
  std::size_t on_input(std::string_view bytes) override {
    std::size_t used = 0;
    for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n', used)) {
      const auto line = bytes.substr(used, end - used);
      used = end + 1;
      if (line.size() <= 3 || line[3] != '-') reply(line);
    }
    return used;
  }

  // Replies, in order: greeting, LHLO; then MAIL, RCPT, DATA, and the delivery's.
  void reply(std::string_view line) {
    constexpr std::array<std::string_view, 4> k_codes = {"250", "250", "354", "250"};
    if (step_ < 2) {
      if (!line.starts_with(step_ == 0 ? "220" : "250")) die(line);
      if (step_++ == 0) return send("LHLO client.example.net\r\n");
      due_ = now();
      return envelope();
    }
    const auto at = (step_++ - 2) % k_codes.size();
    if (!line.starts_with(k_codes[at])) die(line);
    if (at == 2) {
      const auto message = corpus_.next();
      sent_ = now();
      crowd_[number_++ % crowd_.size()]->expect(sent_);
      send(cat(message, ".\r\n"));
    } else if (at == 3) {
      shared_.accepted.add(seconds(sent_, now()) * 1000);
      ++shared_.acknowledged;
      if (number_ < shared_.count) {
        due_ = std::max(due_ + apart_, now());
        loop().at(due_, *this);
      } else if (shared_.seen == shared_.count) {
        loop().stop();
      }
    }
  }
  void on_timer() override { envelope(); }
  void envelope() {
    send(cat("MAIL FROM:<sender@example.net>\r\nRCPT TO:<", loop().target().name_of(number_), ">\r\nDATA\r\n"));
  }

  NotifyShared& shared_;
  std::vector<std::unique_ptr<Watcher>>& crowd_;
  Corpus& corpus_;
  TimePoint::duration apart_;
  TimePoint due_{}, sent_{};
  std::uint64_t number_ = 0;
  std::size_t step_ = 0;
};

}  // namespace

int imap_notify(const Options& o) {
  constexpr std::uint64_t k_at_once = 16;  // being set up, as in imap-idle
  constexpr int k_patience_s = 40;         // some servers look only from time to time
  const Target target(o);
  NotifyShared shared{o.number("watchers", 100), o.number("count", 500)};
  const auto lmtp_port = static_cast<std::uint16_t>(o.number("lmtp_port", 0));
  const auto rate = o.number("rate", 50);
  Corpus corpus(o.number("seed", 1), o.text("size", "8192"));
  o.refuse_unused();
  if (target.accounts < shared.watchers || rate == 0) die("accounts= is at least watchers=, rate= at least 1");
  Loop loop(target);
  std::vector<std::unique_ptr<Watcher>> crowd;
  while (shared.ready < shared.watchers) {
    while (crowd.size() < shared.watchers && crowd.size() - shared.ready < k_at_once) {
      crowd.push_back(std::make_unique<Watcher>(loop, shared, crowd.size()));
      crowd.back()->connect();
    }
    loop.run();
  }
  Sender sender(loop, shared, crowd, corpus, rate);
  sender.connect(lmtp_port);
  const auto began = now();
  loop.run(k_patience_s);
  Report r;
  r.text("mode", o.mode());
  r.number("watchers", shared.watchers);
  r.number("notified", shared.seen);
  r.number("seconds", seconds(began, now()));
  r.number("p50_ms", shared.notified.percentile(0.5));
  r.number("p99_ms", shared.notified.percentile(0.99));
  r.number("accepted_p50_ms", shared.accepted.percentile(0.5));
  r.number("accepted_p99_ms", shared.accepted.percentile(0.99));
  r.print();
  return 0;
}

}  // namespace load

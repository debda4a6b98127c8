// imap-mix: connections= seconds= accounts= mailbox= seed=: a crowd of usual clients; each does one thing after the
// other,
//           drawn at random, until the time is over. The accounts are shared, so that changes of others arrive in
//           between. The clock runs from when all have selected. Every body is verified; a command that another's
//           EXPUNGE made impossible may be answered NO (RFC 9051 §7.5.1), and is counted as refused.
#include <array>
#include <memory>
#include <random>

#include "base/ascii.h"
#include "load/corpus.h"
#include "load/imap_client.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {
namespace {

using mailstead::append;
using mailstead::cat;

struct Kind {
  std::string_view name;
  unsigned weight;  // of 100
  Latencies latencies{};
};

enum What : std::uint8_t { list, body, store, append_one, remove, expunge, select, idle };
constexpr unsigned k_list_messages = 20;
constexpr auto k_idle = std::chrono::milliseconds(50);

struct MixShared {
  std::string mailbox;
  double seconds;
  std::uint64_t wanted, ready = 0, begun = 0, refused = 0, literals = 0, missing = 0;
  std::mt19937_64 random;
  Corpus corpus;
  TimePoint first{}, end{};
  std::array<Kind, 8> kinds{{{"list", 25},
                             {"fetch", 30},
                             {"store", 20},
                             {"append", 7},
                             {"remove", 6},
                             {"expunge", 4},
                             {"select", 4},
                             {"idle", 4}}};
};

class Mixer : public ImapClient {
 public:
  Mixer(Loop& loop, MixShared& shared, std::uint64_t account) : ImapClient(loop), shared_(shared) {
    account_ = account;
    verify_every_ = 1;
  }
  void go() { next(); }

 private:
  void on_response(std::string_view line) override {
    const auto tag = tag_of(line);
    if (tag == "*") {
      untagged(line);
    } else if (tag == "+") {
      on_continue();
    } else if (tag == "L" && is_ok(line)) {
      send("P CAPABILITY\r\n");
    } else if (tag == "P" && is_ok(line)) {
      send(cat("S SELECT ", shared_.mailbox, "\r\n"));
    } else if (tag == "S" && is_ok(line)) {
      ++shared_.ready;
      loop().stop();
    } else if (tag == "C") {
      done(line);
    } else if (tag == "Q") {
      close();
    } else {
      die(line);
    }
  }

  void untagged(std::string_view line) {
    if (!greeted_ && line.starts_with("* OK")) {
      greeted_ = true;
      send_login();
      return;
    }
    if (line.starts_with("* CAPABILITY")) literal_plus_ = line.find(" LITERAL+") != line.npos;
    if (line.starts_with("* BYE") && !leaving_) die(line);
    const auto n = number_at(line.substr(2));
    if (n == 0 && !line.starts_with("* 0 ")) return;
    if (line.ends_with(" EXISTS")) exists_ = n;
    if (line.ends_with(" EXPUNGE")) --exists_;
    if (idling_) end_idle();
  }

  void on_continue() {
    if (what_ == idle) {
      idling_ = true;
      loop().at(now() + k_idle, *this);
    } else {
      send(message_);
    }
  }
  void on_timer() override {
    if (idling_) end_idle();
  }
  void end_idle() {
    idling_ = false;
    began_ = now();  // the client's rest is not the server's time: DONE to OK is
    send("DONE\r\n");
  }

  void done(std::string_view line) {
    if (!is_ok(line)) {
      if (!line.starts_with("C NO")) die(line);
      ++shared_.refused;
    } else if (what_ == body) {
      shared_.literals += counts_.literals;
      shared_.missing += counts_.literals == 0 ? 1U : 0U;
    } else if (what_ == list && counts_.fetches < listed_) {
      shared_.missing += listed_ - counts_.fetches;
    }
    shared_.kinds[what_].latencies.add(seconds(began_, now()) * 1000);
    if (now() < shared_.end) return next();
    leaving_ = true;
    send("Q LOGOUT\r\n");
  }

  std::uint64_t below(std::uint64_t n) { return shared_.random() % n; }

  void next() {
    auto at = below(100);
    unsigned kind = 0;
    while (at >= shared_.kinds[kind].weight) at -= shared_.kinds[kind++].weight;
    what_ = static_cast<What>(kind);
    if (exists_ == 0 && what_ != append_one && what_ != idle) what_ = select;
    counts_ = {};
    out_ = "C ";
    const auto one = exists_ > 0 ? 1 + below(exists_) : 0;
    switch (what_) {
      case list: {
        const auto last = std::min(exists_, one + k_list_messages - 1);
        listed_ = last - one + 1;
        append(out_, "FETCH ", one, ':', last, " (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)\r\n");
        break;
      }
      case body:
        append(out_, "FETCH ", one, " (UID BODY.PEEK[])\r\n");
        break;
      case store:
        append(out_, "STORE ", one, below(2) == 0 ? " +" : " -", "FLAGS (", below(2) == 0 ? "\\Seen" : "\\Flagged",
               ")\r\n");
        break;
      case remove:
        append(out_, "STORE ", one, " +FLAGS.SILENT (\\Deleted)\r\n");
        break;
      case append_one:
        message_ = shared_.corpus.next();
        append(out_, "APPEND ", shared_.mailbox, " (\\Seen) {", message_.size(), literal_plus_ ? "+}\r\n" : "}\r\n");
        message_ += "\r\n";
        if (literal_plus_) out_ += message_;
        break;
      case expunge:
        out_ += "EXPUNGE\r\n";
        break;
      case select:
        append(out_, "SELECT ", shared_.mailbox, "\r\n");
        break;
      case idle:
        out_ += "IDLE\r\n";
        break;
    }
    began_ = now();
    send(out_);
  }

  MixShared& shared_;
  std::uint64_t exists_ = 0, listed_ = 0;
  bool greeted_ = false, literal_plus_ = false, idling_ = false, leaving_ = false;
  What what_ = select;
  TimePoint began_{};
  std::string out_, message_;

  void on_closed() override {
    if (!leaving_) die("the server closed a connection");
  }
};

int report(const Options& o, MixShared& shared) {
  std::size_t all = 0;
  Latencies together;
  const auto took = seconds(shared.first, now());
  std::string kinds;
  for (auto& k : shared.kinds) {
    Report one;
    one.number("count", std::uint64_t{k.latencies.count()});
    one.number("per_s", static_cast<double>(k.latencies.count()) / took);
    one.number("p50_ms", k.latencies.percentile(0.5));
    one.number("p99_ms", k.latencies.percentile(0.99));
    append(kinds, kinds.empty() ? "" : ", ", '"', k.name, "\": ", one.json());
    all += k.latencies.count();
    together.add(k.latencies);
  }
  Report r;
  r.text("mode", o.mode());
  r.number("seconds", took);
  r.number("commands", std::uint64_t{all});
  r.number("per_s", static_cast<double>(all) / took);
  r.number("p50_ms", together.percentile(0.5));
  r.number("p99_ms", together.percentile(0.99));
  r.number("refused", shared.refused);
  r.number("verified", shared.literals);
  r.number("missing", shared.missing);
  r.raw("kinds", "{" + kinds + "}");
  r.print();
  return 0;
}

}  // namespace

int imap_mix(const Options& o) {
  constexpr std::uint64_t k_at_once = 16;  // being set up, as in imap-idle
  const Target target(o);
  const auto seed = o.number("seed", 1);
  MixShared shared{.mailbox = o.text("mailbox", "INBOX"),
                   .seconds = static_cast<double>(o.number("seconds", 10)),
                   .wanted = o.number("connections", 50),
                   .random = std::mt19937_64(seed),
                   .corpus = Corpus(seed, o.text("size", "real"))};
  o.refuse_unused();
  Loop loop(target);
  std::vector<std::unique_ptr<Mixer>> crowd;
  while (shared.ready < shared.wanted) {
    while (crowd.size() < shared.wanted && crowd.size() - shared.ready < k_at_once) {
      crowd.push_back(std::make_unique<Mixer>(loop, shared, crowd.size()));
      crowd.back()->connect();
    }
    loop.run();
  }
  shared.first = now();
  shared.end =
      shared.first + std::chrono::duration_cast<TimePoint::duration>(std::chrono::duration<double>(shared.seconds));
  for (auto& c : crowd) c->go();
  loop.run();
  return report(o, shared);
}

}  // namespace load

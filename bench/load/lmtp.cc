// lmtp: connections= count= size= seed= recipients= (of each message; account numbers go round).
// The next envelope is sent with the end of the message before it (RFC 2920), so a delivery costs one round trip. Each
// recipient's reply after the data is awaited and must be 250 (RFC 2033 §4.2).
#include <memory>

#include "base/ascii.h"
#include "load/corpus.h"
#include "load/loop.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {
namespace {

using mailstead::append;

struct Shared {
  Corpus corpus;
  std::uint64_t count, recipients;
  std::uint64_t begun = 0, messages = 0, deliveries = 0, octets = 0, account = 0;
  Latencies latencies{};
  TimePoint first{};
};

class Lmtp : public Connection {
 public:
  Lmtp(Loop& loop, Shared& shared) : Connection(loop), shared_(shared) {}

 private:
  enum class Expect : std::uint8_t { greeting, lhlo, mail, rcpt, data, stored, quit };

  std::size_t on_input(std::string_view bytes) override {
    std::size_t used = 0;
    for (;;) {
      const auto end = bytes.find('\n', used);
      if (end == bytes.npos) return used;
      const auto line = bytes.substr(used, end - used);
      used = end + 1;
      if (line.size() > 3 && line[3] == '-') continue;
      reply(line);
      if (!is_open()) return used;
    }
  }

  void check(std::string_view line, std::string_view code) {
    if (!line.starts_with(code)) die(mailstead::cat("wanted ", code, ", got ", mailstead::trim(line)));
  }

  bool add_envelope(std::string& to) {
    if (shared_.begun == shared_.count) return false;
    ++shared_.begun;
    to += "MAIL FROM:<sender@example.net>\r\n";
    for (std::uint64_t i = 0; i < shared_.recipients; ++i)
      append(to, "RCPT TO:<", loop().target().name_of(shared_.account++), ">\r\n");
    to += "DATA\r\n";
    return true;
  }

  void reply(std::string_view line) {
    switch (expect_) {
      case Expect::greeting:
        check(line, "220");
        expect_ = Expect::lhlo;
        send("LHLO client.example.net\r\n");
        break;
      case Expect::lhlo: {
        check(line, "250");
        if (shared_.first == TimePoint{}) shared_.first = now();
        out_.clear();
        if (!add_envelope(out_)) return finish();
        expect_ = Expect::mail;
        send(out_);
        break;
      }
      case Expect::mail:
        check(line, "250");
        expect_ = Expect::rcpt;
        waiting_ = shared_.recipients;
        break;
      case Expect::rcpt:
        check(line, "250");
        if (--waiting_ == 0) expect_ = Expect::data;
        break;
      case Expect::data: {
        check(line, "354");
        const auto message = shared_.corpus.next();
        shared_.octets += message.size();
        out_.assign(message);
        out_ += ".\r\n";
        more_ = add_envelope(out_);
        expect_ = Expect::stored;
        waiting_ = shared_.recipients;
        sent_ = now();
        send(out_);
        break;
      }
      case Expect::stored:
        check(line, "250");
        ++shared_.deliveries;
        if (--waiting_ > 0) break;
        shared_.latencies.add(seconds(sent_, now()) * 1000);
        ++shared_.messages;
        if (!more_) return finish();
        expect_ = Expect::mail;
        break;
      case Expect::quit:
        check(line, "221");
        close();
        break;
    }
  }

  void finish() {
    expect_ = Expect::quit;
    send("QUIT\r\n");
  }

  Shared& shared_;
  Expect expect_ = Expect::greeting;
  std::uint64_t waiting_ = 0;
  bool more_ = false;
  TimePoint sent_{};
  std::string out_;
};

}  // namespace

int lmtp_deliver(const Options& o) {
  const Target target(o);
  const auto connections = o.number("connections", 1);
  Shared shared{Corpus(o.number("seed", 1), o.text("size", "8192")), o.number("count", 1000),
                o.number("recipients", 1)};
  o.refuse_unused();
  Loop loop(target);
  std::vector<std::unique_ptr<Lmtp>> crowd;
  for (std::uint64_t i = 0; i < connections; ++i) {
    crowd.push_back(std::make_unique<Lmtp>(loop, shared));
    crowd.back()->connect();
  }
  loop.run();
  const auto took = seconds(shared.first, now());
  if (shared.messages != shared.count || shared.deliveries != shared.count * shared.recipients)
    die("not everything was delivered");
  Report r;
  r.text("mode", o.mode());
  r.number("connections", connections);
  r.number("deliveries", shared.deliveries);
  r.number("octets", shared.octets);
  r.number("seconds", took);
  r.number("per_s", static_cast<double>(shared.deliveries) / took);
  r.number("p50_ms", shared.latencies.percentile(0.5));
  r.number("p99_ms", shared.latencies.percentile(0.99));
  r.print();
  return 0;
}

}  // namespace load

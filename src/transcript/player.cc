#include "transcript/player.h"

#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/metrics.h"

namespace mailstead::transcript {
namespace {

using Kind = Step::Kind;
constexpr std::int64_t k_settle_ms = 20'000;
constexpr std::size_t k_shown = 600;  // of a line in the dialogue

struct Failure {
  int line;
  std::string why;
};

std::string shown(std::string_view s) {
  std::string out;
  for (const char c : s.substr(0, k_shown)) {
    if (c == '\r')
      out += "\\r";
    else if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      append(out, "\\x", hex_encode(std::string_view(&c, 1)));
    else
      out += c;
  }
  if (s.size() > k_shown) append(out, "… (", s.size(), " octets)");
  return out;
}

std::vector<std::string> words(std::string_view s) {
  std::vector<std::string> out;
  while (!(s = trim(s, " ")).empty()) {
    const auto end = std::min(s.find(' '), s.size());
    out.emplace_back(s.substr(0, end));
    s.remove_prefix(end);
  }
  return out;
}

std::string dotted(std::string_view body) {
  std::string out;
  bool start = true;
  for (const char c : body) {
    if (start && c == '.') out += '.';
    out += c;
    start = c == '\n';
  }
  return out + ".\r\n";
}

class Player {
 public:
  Player(const Script& script, Mode mode, std::uint64_t seed)
      : script_(script),
        world_(script.settings, mode == Mode::rocks,
               mode == Mode::bytes    ? Split::bytes
               : mode == Mode::random ? Split::random
                                      : Split::whole,
               seed) {}

  void run() {
    const auto& steps = script_.steps;
    for (std::size_t i = 0; i < steps.size();) {
      line_ = steps[i].line;
      if (steps[i].kind == Kind::directive) {
        directive(steps[i++]);
      } else if (steps[i].kind <= Kind::send_dotted) {
        send(steps[i++]);
      } else {
        auto end = i + 1;
        while (end < steps.size() && steps[end].kind >= Kind::expect && steps[end].kind != Kind::directive &&
               steps[end].connection == steps[i].connection)
          ++end;
        expect({steps.begin() + static_cast<std::ptrdiff_t>(i), steps.begin() + static_cast<std::ptrdiff_t>(end)});
        i = end;
      }
    }
    settle();
    for (const auto& [n, c] : connections_)
      if (!c.greeted)
        continue;
      else
        nothing_left(n);
  }

  std::string dialogue() const { return dialogue_; }
  int line() const { return line_; }

 private:
  struct Connection {
    std::shared_ptr<Wire> wire;
    std::string protocol;
    std::string pending;  // to be sent
    std::string unread;   // sent by the server, not yet expected
    std::optional<std::size_t> cut;
    bool greeted = false;
  };

  [[noreturn]] void wrong(std::string why) const { throw Failure{line_, std::move(why)}; }
  void note(int n, std::string_view who, std::string_view text) {
    append(dialogue_, "  ", n, ' ', who, ' ', shown(text), '\n');
  }

  Connection& connection(int n) {
    if (!connections_.contains(n)) connect(n, script_.protocol, false);
    return connections_[n];
  }
  void connect(int n, const std::string& protocol, bool tls) {
    if (protocol != "imap" && protocol != "pop3" && protocol != "smtp" && protocol != "submission" &&
        protocol != "lmtp")
      wrong("no protocol " + protocol);
    connections_[n] = Connection{world_.connect(protocol, tls), protocol, {}, {}, {}, false};
  }

  // Sends what waits, then lets all sessions work until they wait for their clients.
  void settle() {
    for (auto& [n, c] : connections_) {
      if (c.pending.empty()) continue;
      c.wire->send(std::exchange(c.pending, {}));
      if (c.cut) c.wire->close();
    }
    if (!world_.hub.settle(k_settle_ms)) wrong("a session neither answers nor waits for its client");
    for (auto& [n, c] : connections_) {
      const auto got = c.wire->take();
      for (const auto& r : replies(got, c.protocol == "imap")) note(n, "S:", r);
      c.unread += got;
    }
  }
  void nothing_left(int n) {
    const auto& c = connections_.at(n);
    if (!c.unread.empty()) wrong(cat("connection ", n, " said more than expected: ", shown(c.unread)));
  }

  // Sending ----------------------------------------------------------------------------------------------------------
  Connection& sender(int n) {
    auto& c = connection(n);
    if (!c.greeted) {
      settle();
      const bool good = c.unread.starts_with("* OK ") || c.unread.starts_with("+OK ") || c.unread.starts_with("220 ");
      if (!good || replies(c.unread, true).size() != 1) wrong("no greeting: " + shown(c.unread));
      c.unread.clear();
      c.greeted = true;
    }
    nothing_left(n);
    return c;
  }
  void give(Connection& c, int n, std::string bytes) {
    if (c.wire->closed()) wrong(cat("the server has closed connection ", n));
    if (c.cut && c.pending.empty()) bytes.resize(std::min(bytes.size(), *c.cut));
    note(n, "C:", bytes);
    c.pending += bytes;
  }

  void send(const Step& step) {
    auto& c = sender(step.connection);
    switch (step.kind) {
      case Kind::send_line:
        send_line(c, step.connection, step.text);
        return;
      case Kind::send_raw:
        give(c, step.connection, unescape(expand(step.text, variables_, script_.bodies)));
        return;
      case Kind::send_body:
        give(c, step.connection, body(step.text));
        return;
      default:
        give(c, step.connection, dotted(body(step.text)));
        return;
    }
  }
  const std::string& body(const std::string& name) const {
    const auto found = script_.bodies.find(name);
    if (found == script_.bodies.end()) wrong("no body " + name);
    return found->second;
  }
  // A synchronising literal, {<<name}, waits for the server's "+".
  void send_line(Connection& c, int n, std::string_view text) {
    for (;;) {
      auto at = text.find("{<<");
      while (at != std::string_view::npos && text.substr(0, text.find('}', at)).ends_with('+'))
        at = text.find("{<<", at + 1);
      if (at == std::string_view::npos) break;
      const auto end = text.find('}', at);
      const auto& bytes = body(std::string(text.substr(at + 3, end - at - 3)));
      give(c, n, cat(expand(text.substr(0, at), variables_, script_.bodies), '{', bytes.size(), "}\r\n"));
      settle();
      auto got = replies(c.unread, true);
      if (got.empty() || !got.back().starts_with('+')) wrong("no continuation request: " + shown(c.unread));
      c.unread.resize(c.unread.size() - got.back().size() - 2);
      give(c, n, bytes);
      text.remove_prefix(end + 1);
    }
    give(c, n, expand(text, variables_, script_.bodies) + "\r\n");
  }

  // Expecting --------------------------------------------------------------------------------------------------------
  struct Expected {
    Kind kind;
    int line;
    std::string text;
    bool exact;    // a body's line
    bool barrier;  // nothing before it comes after it
  };
  bool fits(const Expected& e, const std::string& reply, Variables& variables) const {
    if (e.exact) return e.text == reply;
    if (e.kind == Kind::regex) return matches_regex(e.text, reply);
    return matches(e.text, reply, variables, script_.bodies);
  }

  void expect(const std::vector<Step>& steps) {
    const int n = steps[0].connection;
    auto& c = connection(n);
    settle();
    c.greeted = true;
    const bool imap = c.protocol == "imap";
    const auto actual = replies(std::exchange(c.unread, {}), imap);
    std::vector<Expected> expected;
    for (const auto& s : steps) {
      if (s.kind == Kind::absent) {
        for (const auto& reply : actual) {
          auto copy = variables_;
          if (s.text.empty() || matches(s.text, reply, copy, script_.bodies))
            throw Failure{s.line, "should not have been said: " + shown(reply)};
        }
      } else if (s.kind == Kind::expect_body || s.kind == Kind::expect_dotted) {
        const auto text = s.kind == Kind::expect_body ? body(s.text) : dotted(body(s.text));
        for (auto& l : replies(text, false)) expected.push_back({Kind::expect, s.line, std::move(l), true, true});
      } else {
        const bool untagged = s.text.starts_with("* ") || s.text.starts_with("\\* ");
        const bool barrier = !imap || !untagged;
        expected.push_back(
            {s.kind, s.line, s.text, false, barrier && s.kind != Kind::optional && s.kind != Kind::many});
      }
    }
    std::vector<bool> used(expected.size(), false);
    deepest_ = 0;
    missing_.clear();
    if (!assign(actual, 0, expected, used, variables_)) {
      line_ = expected.empty() ? steps[0].line : expected.front().line;
      if (deepest_ < actual.size()) {
        std::string left;
        for (const auto* e : missing_) append(left, "\n      line ", e->line, ": ", shown(e->text));
        if (!missing_.empty()) line_ = missing_.front()->line;
        wrong(cat("not expected here:\n      ", shown(actual[deepest_]),
                  "\n    expected:", left.empty() ? " nothing more" : left));
      }
      std::string left;
      for (const auto* e : missing_) append(left, "\n      line ", e->line, ": ", shown(e->text));
      if (!missing_.empty()) line_ = missing_.front()->line;
      wrong("missing:" + left);
    }
  }

  // Gives each reply from `i` on an expected line; backtracks, for patterns that fit several.
  bool assign(const std::vector<std::string>& actual, std::size_t i, const std::vector<Expected>& expected,
              std::vector<bool>& used, Variables& variables) {
    if (i >= deepest_) {
      deepest_ = i;
      missing_.clear();
      for (std::size_t j = 0; j < expected.size(); ++j)
        if (!used[j] && expected[j].kind != Kind::optional && expected[j].kind != Kind::many)
          missing_.push_back(&expected[j]);
    }
    if (i == actual.size()) return missing_.empty() || none_missing(expected, used);
    bool must_before = false, ordered_before = false;
    for (std::size_t j = 0; j < expected.size(); ++j) {
      const auto& e = expected[j];
      if (used[j]) continue;
      const bool must = e.kind != Kind::optional && e.kind != Kind::many;
      if (!(e.barrier && must_before) && !(e.kind == Kind::in_order && ordered_before)) {
        auto trial = variables;
        if (fits(e, actual[i], trial)) {
          if (e.kind != Kind::many) used[j] = true;
          auto kept = std::exchange(variables, trial);
          if (assign(actual, i + 1, expected, used, variables)) return true;
          variables = std::move(kept);
          used[j] = false;
        }
      }
      if (e.barrier) return false;
      must_before = must_before || must;
      ordered_before = ordered_before || e.kind == Kind::in_order;
    }
    return false;
  }
  static bool none_missing(const std::vector<Expected>& expected, const std::vector<bool>& used) {
    for (std::size_t j = 0; j < expected.size(); ++j)
      if (!used[j] && expected[j].kind != Kind::optional && expected[j].kind != Kind::many) return false;
    return true;
  }

  // Directives -------------------------------------------------------------------------------------------------------
  static std::string address(const std::string& name) {
    return name.find('@') == std::string::npos ? name + "@example.org" : name;
  }
  std::uint64_t number(const std::vector<std::string>& w, std::size_t i) const {
    const auto text = i < w.size() ? expand(w[i], variables_, script_.bodies) : std::string();
    const auto n = parse_number<std::uint64_t>(text);
    if (!n) wrong("a number is missing");
    return *n;
  }

  void directive(const Step& step) {
    const auto w = words(step.text);
    const auto& what = w[0];
    append(dialogue_, "    ", step.text, '\n');
    const int n = step.connection;
    if (what == "cut") {
      settle();
      sender(n).cut = number(w, 1);
      return;
    }
    if (what == "login") {
      login(n, w);
      return;
    }
    settle();
    if (what == "connect")
      connect(n, w.size() > 1 && w[1] != "tls" ? w[1] : script_.protocol, w.back() == "tls");
    else if (what == "close")
      sender(n).wire->close();
    else if (what == "timeout")
      sender(n).wire->time_out();
    else if (what == "closed")
      closed(n);
    else if (what == "restart" || what == "crash")
      restart(what == "crash");
    else if (what == "fail-store")
      fail_store(w);
    else if (what == "heal")
      world_.faults().set({});
    else if (what == "advance")
      world_.clock.advance_ms(static_cast<std::int64_t>(number(w, 1)) * 1000);
    else if (what == "assert")
      check(w);
    else if (what == "let" && w.size() == 3)
      variables_[w[1]] = expand(w[2], variables_, script_.bodies);
    else
      set_up(w);
    settle();
  }

  void set_up(const std::vector<std::string>& w) {
    Result<> done;
    if (w[0] == "mail") {
      done = mail(w);
    } else if (w[0] == "account" && w.size() == 2) {
      done = world_.add_account(address(w[1]));
    } else if (w[0] == "quota" && w.size() >= 3) {
      done = world_.set_quota(address(w[1]), number(w, 2), w.size() > 3 ? number(w, 3) : 0);
    } else if (w[0] == "show" && w.size() == 3) {
      done = world_.show(address(w[1]), w[2]);
    } else if (w[0] == "without" && w.size() == 3) {
      done = world_.without(address(w[1]), w[2]);
    } else if (w[0] == "quirk" && w.size() == 3) {
      done = world_.set_quirk(address(w[1]), w[2]);
    } else if (w[0] == "device" && w.size() == 3) {
      const auto password = world_.add_device(address(w[1]), w[2]);
      if (password) variables_[w[2]] = *password;
      if (!password) done = std::unexpected(password.error());
    } else {
      wrong("unknown directive " + w[0]);
    }
    if (!done) wrong(cat(w[0], ": ", to_string(done.error().code), ' ', done.error().detail));
  }

  Result<> mail(const std::vector<std::string>& w) {
    Mail m;
    m.account = "ann@example.org";
    m.mailbox = "INBOX";
    for (std::size_t i = 1; i < w.size(); ++i) {
      const auto equals = w[i].find('=');
      const auto key = w[i].substr(0, equals);
      const auto value = equals == std::string::npos ? std::string() : w[i].substr(equals + 1);
      if (w[i].starts_with("<<")) {
        m.content = body(w[i].substr(2));
      } else if (key == "to") {
        m.account = address(value);
      } else if (key == "mailbox") {
        m.mailbox = value;
      } else if (key == "flags") {
        for (std::size_t at = 0; at <= value.size();) {
          const auto end = std::min(value.find(',', at), value.size());
          m.flags.push_back(value.substr(at, end - at));
          at = end + 1;
        }
      } else if (key == "date") {  // seconds since 1970, then minutes east of UTC
        const auto comma = value.find(',');
        m.date = parse_number<std::uint32_t>(value.substr(0, comma)).value_or(0);
        if (comma != std::string::npos) m.zone = static_cast<std::int16_t>(std::stoi(value.substr(comma + 1)));
        if (m.date == 0) wrong("date=SECONDS[,MINUTES]");
      } else {
        wrong("mail: " + w[i]);
      }
    }
    if (m.content.empty()) wrong("mail <<BODY");
    return world_.deliver(std::move(m));
  }

  void login(int n, const std::vector<std::string>& w) {
    auto& c = sender(n);
    const auto user = address(w.size() > 1 ? w[1] : "ann");
    const auto password = w.size() > 2 ? expand(w[2], variables_, script_.bodies) : std::string(k_password);
    if (c.protocol == "imap")
      give(c, n, cat("login LOGIN ", user, ' ', password, "\r\n"));
    else if (c.protocol == "pop3")
      give(c, n, cat("USER ", user, "\r\nPASS ", password, "\r\n"));
    else if (c.protocol == "submission")
      give(c, n, cat("EHLO client.example.org\r\nAUTH PLAIN ", base64_encode(cat('\0', user, '\0', password)), "\r\n"));
    else
      wrong("no login in " + c.protocol);
    settle();
    const auto got = replies(std::exchange(c.unread, {}), true);
    const auto last = got.empty() ? std::string() : got.back();
    if (!last.starts_with("login OK") && !last.starts_with("+OK") && !last.starts_with("235"))
      wrong("login: " + shown(last));
  }

  void closed(int n) {
    const auto& c = connection(n);
    nothing_left(n);
    if (!c.wire->closed()) wrong(cat("connection ", n, " is still open"));
    connections_.erase(n);
  }

  void restart(bool crash) {
    for (const auto& [n, c] : connections_)
      if (c.greeted) nothing_left(n);
    world_.stop(crash);
    connections_.clear();
    world_.start();
  }

  void fail_store(const std::vector<std::string>& w) {
    store::FaultStore::Plan plan;
    plan.fail_call = number(w, 1);
    for (std::size_t i = 2; i < w.size(); ++i) {
      if (w[i] == "later")
        plan.fail_later_too = true;
      else if (w[i] == "commits")
        plan.commits_only = true;
      else if (w[i] == "applied")
        plan.applied = true;
      else if (w[i] == "full")
        plan.code = Errc::full;
      else if (w[i] == "unknown")
        plan.code = Errc::unknown;
      else
        wrong("fail-store: " + w[i]);
    }
    world_.faults().set(plan);
  }

  void check(const std::vector<std::string>& w) {
    if (w.size() != 4) wrong("assert A OP B");
    const auto a = expand(w[1], variables_, script_.bodies), b = expand(w[3], variables_, script_.bodies);
    const auto x = parse_number<std::uint64_t>(a), y = parse_number<std::uint64_t>(b);
    bool holds = false;
    if (w[2] == "==" || w[2] == "!=")
      holds = (a == b) == (w[2] == "==");
    else if (x && y)
      holds = w[2] == "<" ? *x < *y : w[2] == "<=" ? *x <= *y : w[2] == ">" ? *x > *y : *x >= *y;
    if (!holds) wrong(cat(w[1], " is ", a, ", ", w[3], " is ", b));
  }

  const Script& script_;
  World world_;
  std::map<int, Connection> connections_;
  Variables variables_;
  std::string dialogue_;
  int line_ = 0;
  std::size_t deepest_ = 0;
  std::vector<const Expected*> missing_;
};

}  // namespace

std::string play(const Script& script, const std::string& file, Mode mode, std::uint64_t seed) {
  const auto bugs = metrics::counter("bugs_total").get();
  std::string out, dialogue;
  try {
    Player player(script, mode, seed);
    try {
      player.run();
    } catch (const Failure& f) {
      out = cat(file, ':', f.line, ": ", f.why);
    } catch (const std::exception& e) {
      out = cat(file, ':', player.line(), ": ", e.what());
    }
    dialogue = player.dialogue();
  } catch (const std::exception& e) {
    out = cat(file, ": ", e.what());
  }
  if (metrics::counter("bugs_total").get() != bugs && out.empty()) out = file + ": bugs_total has grown";
  if (!out.empty()) append(out, "\n  seed ", seed, "; the dialogue:\n", dialogue);
  return out;
}

}  // namespace mailstead::transcript

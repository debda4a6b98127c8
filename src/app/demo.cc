#include "app/demo.h"

#include <ctime>
#include <iterator>

#include "app/demo_texts.h"
#include "base/ascii.h"
#include "base/base64.h"

namespace mailstead::app {
namespace {

constexpr std::string_view k_people[] = {"Bela Novak <bela@demo.example>",      "Chidi Eze <chidi@partner.example>",
                                         "Dana Kim <dana@partner.example>",     "Emil Berg <emil@club.example>",
                                         "Fatima Haddad <fatima@shop.example>", "Goran Ilic <goran@uni.example>"};
constexpr std::string_view k_topics[] = {"Garden fence",       "Budget for spring",  "Bicycle tour",
                                         "Server room keys",   "Choir rehearsal",    "Draft of chapter 3",
                                         "Holiday flat",       "Printer on floor 2", "Board games night",
                                         "Minutes of Tuesday", "Offer for the roof", "Lost umbrella"};
constexpr std::string_view k_sentences[] = {"Could you have a look at this before Thursday?",
                                            "I have moved the meeting to half past nine.",
                                            "The measurements are in the table below.",
                                            "Nobody has objected so far, so let us go on.",
                                            "Bring the small ladder, please.",
                                            "My train was late, hence the short answer.",
                                            "The second version reads much better.",
                                            "Who has the key to the cellar?"};

// A small generator of our own choosing: the demo must be the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t n) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % n;
  }
  template <std::size_t N>
  std::string_view pick(const std::string_view (&from)[N]) {
    return from[below(N)];
  }

 private:
  std::uint64_t state_;
};

std::string date_header(std::int64_t when) {
  const std::time_t t = when;
  std::tm utc{};
  gmtime_r(&t, &utc);
  char text[64];
  return {text, strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &utc)};
}

std::string wrapped_base64(std::string_view bytes) {
  const auto flat = base64_encode(bytes);
  std::string out;
  for (std::size_t at = 0; at < flat.size(); at += 76) append(out, std::string_view(flat).substr(at, 76), "\r\n");
  return out;
}

class Mill {
 public:
  Mill(std::string owner, std::int64_t now) : owner_(std::move(owner)), now_(now) {}

  std::vector<DemoMessage> run() {
    for (int i = 0; i < 60; ++i) thread(i);
    for (int i = 0; i < 24; ++i) newsletter(i);
    for (const auto& text : k_charset_texts) charset(text);
    for (int i = 0; i < 20; ++i) attachment(i, 2'000U << (i % 10));
    add("INBOX", {}, "Tiny", "Content-Type: text/plain\r\n\r\n.\r\n");
    add("Drafts", {"\\Draft", "\\Seen"}, "Unfinished", "\r\nDear all,\r\n");
    return std::move(out_);
  }

 private:
  std::string id() { return cat("<demo-", ++serial_, "@demo.example>"); }

  std::string paragraph() {
    std::string text;
    for (auto n = 2 + dice_.below(6); n > 0; --n)
      append(text, dice_.pick(k_sentences), dice_.below(3) == 0 ? "\r\n\r\n" : "\r\n");
    return text;
  }

  // `rest`: the content headers, an empty line and the body.
  std::string add(std::string mailbox, std::vector<std::string> flags, std::string_view subject, std::string_view rest,
                  std::string_view from = {}, std::string_view extra = {}) {
    const auto when = now_ - static_cast<std::int64_t>(400 - serial_ % 400) * 7200;
    const auto mid = id();
    auto content =
        cat("From: ", from.empty() ? dice_.pick(k_people) : from, "\r\nTo: ", owner_, "\r\nSubject: ", subject,
            "\r\nDate: ", date_header(when), "\r\nMessage-ID: ", mid, "\r\n", extra, "MIME-Version: 1.0\r\n", rest);
    out_.push_back({std::move(mailbox), std::move(flags), when, std::move(content)});
    return mid;
  }

  void thread(int number) {
    const auto topic = cat(dice_.pick(k_topics), number < 12 ? "" : cat(" (", number / 12 + 1, ")"));
    std::string references, previous;
    for (std::size_t i = 0, n = 1 + dice_.below(7); i < n; ++i) {
      const bool ours = i % 3 == 1;
      std::string extra;
      if (!previous.empty()) extra = cat("In-Reply-To: ", previous, "\r\nReferences:", references, "\r\n");
      auto body = paragraph();
      if (i > 0) body += "\r\n> " + std::string(dice_.pick(k_sentences)) + "\r\n";
      std::vector<std::string> flags;
      if (ours || dice_.below(3) > 0) flags.emplace_back("\\Seen");
      if (dice_.below(12) == 0) flags.emplace_back("\\Flagged");
      if (i + 1 < n) flags.emplace_back("\\Answered");
      if (dice_.below(15) == 0) flags.emplace_back("$Forwarded");
      if (dice_.below(20) == 0) flags.emplace_back("todo");
      previous =
          add(ours              ? "Sent"
              : number % 5 == 4 ? "Archive"
              : number % 7 == 3 ? "Projects/Garden"
              : number % 7 == 5 ? "Projects/Réunion"
                                : "INBOX",
              flags, cat(i > 0 ? "Re: " : "", topic), cat("Content-Type: text/plain; charset=utf-8\r\n\r\n", body),
              ours ? owner_ : std::string_view(), extra);
      references += " " + previous;
    }
  }

  void newsletter(int number) {
    std::string html = "<html><head><style>h1 { color: #245 }</style></head><body><h1>The Weekly Hedge</h1>\r\n";
    for (int i = 0; i < 12; ++i) append(html, "<p>", dice_.pick(k_sentences), "</p>\r\n");
    html += "<p><a href=\"https://shop.example/hedge\">Read on</a></p></body></html>\r\n";
    const auto boundary = cat("=_news", number);
    add(number % 4 == 3 ? "Junk" : "INBOX", {}, cat("The Weekly Hedge, number ", number + 1),
        cat("Content-Type: multipart/alternative; boundary=\"", boundary, "\"\r\n\r\n--", boundary,
            "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThe Weekly Hedge\r\n\r\n", paragraph(), "\r\n--",
            boundary, "\r\nContent-Type: text/html; charset=utf-8\r\n\r\n", html, "\r\n--", boundary, "--\r\n"),
        "The Weekly Hedge <news@shop.example>",
        "List-Id: <hedge.shop.example>\r\nList-Unsubscribe: <https://shop.example/unsubscribe>\r\n");
  }

  void charset(const CharsetText& text) {
    add("INBOX", {}, text.subject,
        cat("Content-Type: text/plain; charset=", text.charset, "\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            text.body, "\r\n"));
  }

  void attachment(int number, std::size_t size) {
    std::string bytes;
    while (bytes.size() < size)
      append(bytes, "row ", bytes.size(), ';', dice_.below(1000), ';', dice_.below(1000), '\n');
    const auto boundary = cat("=_file", number);
    add("INBOX", {}, cat("Figures ", number + 1),
        cat("Content-Type: multipart/mixed; boundary=\"", boundary, "\"\r\n\r\n--", boundary,
            "\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", paragraph(), "\r\n--", boundary,
            "\r\nContent-Type: text/csv; name=\"figures-", number + 1,
            ".csv\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"figures-",
            number + 1, ".csv\"\r\n\r\n", wrapped_base64(bytes), "--", boundary, "--\r\n"));
  }

  std::string owner_;
  std::int64_t now_;
  Dice dice_{20261124};
  std::size_t serial_ = 0;
  std::vector<DemoMessage> out_;
};

}  // namespace

std::vector<DemoMessage> demo_messages(const std::string& owner, std::int64_t now) {
  return Mill(owner, now).run();
}

}  // namespace mailstead::app

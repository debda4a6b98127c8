#include "mime/date.h"

#include <array>

#include "base/ascii.h"
#include "mime/lexer.h"

namespace mailstead::mime {
namespace {

constexpr std::array<std::string_view, 12> k_months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 12> k_month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> k_days = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};

std::optional<std::uint8_t> month_of(std::string_view word) {
  if (word.size() < 3) return std::nullopt;
  for (std::size_t i = 0; i < 12; ++i)
    if (istarts_with(word, k_months[i])) return static_cast<std::uint8_t>(i + 1);
  return std::nullopt;
}

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

struct Clock {
  int hour = 0, minute = 0, second = 0;
};

bool is_valid(const Clock& c) {
  return c.hour <= 23 && c.minute <= 59 && c.second <= 60;
}

DateTime join(const CivilDate& date, const Clock& clock, int zone) {
  const auto local = days_from_civil(date) * 86400 + clock.hour * 3600 + clock.minute * 60 + clock.second;
  return {local - zone * 60, static_cast<std::int16_t>(zone)};
}

// "+0130": hours up to 99 are in the grammar; what is past a day is taken as unknown, that is UTC.
int zone_of(int hhmm, bool minus) {
  const int minutes = hhmm / 100 * 60 + hhmm % 100;
  if (hhmm % 100 > 59 || minutes >= 24 * 60) return 0;
  return minus ? -minutes : minutes;
}

int named_zone(std::string_view name) {  // RFC 5322 §4.3; others, military ones too, mean UTC
  struct Row {
    std::string_view name;
    int hours;
  };
  static constexpr Row rows[] = {{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5}, {"MST", -7},
                                 {"MDT", -6}, {"PST", -8}, {"PDT", -7}, {"CET", 1},  {"CEST", 2}};
  for (const auto& row : rows)
    if (iequals(name, row.name)) return row.hours * 60;
  return 0;
}

void two(std::string& out, std::int64_t n) {
  out += static_cast<char>('0' + n / 10 % 10);
  out += static_cast<char>('0' + n % 10);
}

void year(std::string& out, std::int32_t y) {
  two(out, y / 100);
  two(out, y % 100);
}

void clock_and_zone(std::string& out, std::int64_t local, std::int16_t zone) {
  const auto second = local - floor_div(local, 86400) * 86400;
  two(out, second / 3600);
  out += ':';
  two(out, second / 60 % 60);
  out += ':';
  two(out, second % 60);
  const int minutes = zone < 0 ? -zone : zone;
  append(out, ' ', zone < 0 ? '-' : '+');
  two(out, minutes / 60);
  two(out, minutes % 60);
}

// Years that four digits can write; a date past them is shown as the nearest that can.
std::int64_t bounded(std::int64_t unix_seconds) {
  constexpr std::int64_t first = -62'167'219'200 + 86400, last = 253'402'300'799 - 86400;
  return unix_seconds < first ? first : unix_seconds > last ? last : unix_seconds;
}

}  // namespace

// Days by the era method: 400 years are 146,097 days, years start in March.
std::int64_t days_from_civil(const CivilDate& d) {
  const std::int64_t y = std::int64_t{d.year} - (d.month <= 2 ? 1 : 0);
  const auto era = floor_div(y, 400);
  const auto year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

CivilDate civil_from_days(std::int64_t days) {
  days += 719468;
  const auto era = floor_div(days, 146097);
  const auto day_of_era = days - era * 146097;
  const auto year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const auto day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const auto m = (5 * day_of_year + 2) / 153;
  const auto month = m < 10 ? m + 3 : m - 9;
  return {static_cast<std::int32_t>(year_of_era + era * 400 + (month <= 2 ? 1 : 0)), static_cast<std::uint8_t>(month),
          static_cast<std::uint8_t>(day_of_year - (153 * m + 2) / 5 + 1)};
}

bool is_valid(const CivilDate& d) {
  if (d.month < 1 || d.month > 12 || d.day < 1 || d.year < 0 || d.year > 9999) return false;
  static constexpr std::uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = d.year % 4 == 0 && (d.year % 100 != 0 || d.year % 400 == 0);
  return d.day <= lengths[d.month - 1] + (d.month == 2 && leap ? 1 : 0);
}

CivilDate DateTime::civil() const {
  return civil_from_days(floor_div(unix_seconds + zone_minutes * 60, 86400));
}

std::optional<DateTime> parse_date(std::string_view in) {
  if (in.size() > 1000) in = in.substr(0, 1000);  // comments are the only thing that could be that long
  Lexer lex(in);
  std::optional<std::uint8_t> month;
  std::optional<int> day, year_value;
  std::optional<Clock> clock;
  int zone = 0;
  bool zone_seen = false;
  const auto number = [&](int& value) {  // digits read, at most 6 counted
    std::size_t digits = 0;
    for (value = 0; !lex.done() && is_digit(lex.peek()); lex.bump(), ++digits)
      if (digits < 6) value = value * 10 + (lex.peek() - '0');
    return digits;
  };
  for (;;) {
    lex.skip_cfws();
    if (lex.done()) break;
    const char c = lex.peek();
    if (is_digit(c)) {
      int value = 0;
      const auto digits = number(value);
      if (!lex.done() && lex.peek() == ':' && !clock) {
        Clock t{value, 0, 0};
        lex.bump();
        number(t.minute);
        if (lex.eat(':')) number(t.second);
        if (lex.eat('.')) number(value);  // fractions, from the careless
        clock = t;
      } else if (!day && digits <= 2) {
        day = value;
      } else if (!year_value && (month || day)) {
        if (digits == 2) value += value < 50 ? 2000 : 1900;  // RFC 5322 §4.3
        if (digits == 3) value += 1900;
        year_value = value;
      }
    } else if ((c == '+' || c == '-') && clock) {
      lex.bump();
      int value = 0;
      auto digits = number(value);
      if (digits == 2 && lex.eat(':')) {
        int minutes = 0;
        number(minutes);
        value = value * 100 + minutes % 100;
        digits = 4;
      }
      if (digits == 4 && !zone_seen) zone = zone_of(value, c == '-'), zone_seen = true;
    } else if (is_alpha(c)) {
      const auto word = lex.until(" \t\r\n(),-+/0123456789:.");
      if (const auto m = month_of(word); m && !month) {
        month = m;
      } else if (clock && !zone_seen) {
        zone = named_zone(word), zone_seen = true;
      }
    } else {
      lex.bump();
    }
  }
  if (!day || !month || !year_value) return std::nullopt;
  if (*day < 1 || *day > 31) return std::nullopt;
  const CivilDate date{*year_value, *month, static_cast<std::uint8_t>(*day)};
  const Clock time = clock.value_or(Clock{});
  if (!is_valid(date) || !is_valid(time)) return std::nullopt;
  return join(date, time, zone);
}

std::string format_rfc5322_date(std::int64_t unix_seconds, std::int16_t zone) {
  const auto local = bounded(unix_seconds) + zone * 60;
  const auto days = floor_div(local, 86400);
  const auto date = civil_from_days(days);
  std::string out(k_days[static_cast<std::size_t>(days - floor_div(days, 7) * 7)]);
  append(out, ", ", static_cast<int>(date.day), ' ', k_month_names[date.month - 1U], ' ');
  year(out, date.year);
  out += ' ';
  clock_and_zone(out, local, zone);
  return out;
}

std::string format_internaldate(std::int64_t unix_seconds, std::int16_t zone) {
  const auto local = bounded(unix_seconds) + zone * 60;
  const auto date = civil_from_days(floor_div(local, 86400));
  std::string out;
  if (date.day < 10) out += ' ';
  append(out, static_cast<int>(date.day), '-', k_month_names[date.month - 1U], '-');
  year(out, date.year);
  out += ' ';
  clock_and_zone(out, local, zone);
  return out;
}

std::optional<CivilDate> parse_imap_date(std::string_view in) {
  const auto first = in.find('-');
  if (first == std::string_view::npos || first < 1 || first > 2 || in.size() != first + 9 || in[first + 4] != '-')
    return std::nullopt;
  const auto day = parse_number<unsigned>(in.substr(0, first));
  const auto month = month_of(in.substr(first + 1, 3));
  const auto year_value = parse_number<unsigned>(in.substr(first + 5));
  if (!day || !month || !year_value || *day > 31) return std::nullopt;
  const CivilDate date{static_cast<std::int32_t>(*year_value), *month, static_cast<std::uint8_t>(*day)};
  if (!is_valid(date)) return std::nullopt;
  return date;
}

std::optional<DateTime> parse_internaldate(std::string_view in) {
  // dd-Mon-yyyy hh:mm:ss +zzzz, where the day may be " d"; "d" alone is tolerated.
  if (in.starts_with(' ')) in.remove_prefix(1);
  const auto space = in.find(' ');
  if (space == std::string_view::npos || in.size() != space + 15) return std::nullopt;
  const auto date = parse_imap_date(in.substr(0, space));
  const auto time = in.substr(space + 1);
  if (!date || time[2] != ':' || time[5] != ':' || time[8] != ' ' || (time[9] != '+' && time[9] != '-'))
    return std::nullopt;
  const auto hour = parse_number<unsigned>(time.substr(0, 2));
  const auto minute = parse_number<unsigned>(time.substr(3, 2));
  const auto second = parse_number<unsigned>(time.substr(6, 2));
  const auto zone = parse_number<unsigned>(time.substr(10));
  if (!hour || !minute || !second || !zone || *zone % 100 > 59 || *zone >= 2400) return std::nullopt;
  const Clock clock{static_cast<int>(*hour), static_cast<int>(*minute), static_cast<int>(*second)};
  if (!is_valid(clock)) return std::nullopt;
  return join(*date, clock, zone_of(static_cast<int>(*zone), time[9] == '-'));
}

}  // namespace mailstead::mime

#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <ctime>

#include "base/utf8.h"

namespace mailstead::log {
namespace {

std::atomic<Level> current{Level::info};

void append_value(std::string& out, std::string_view v) {
  bool plain = !v.empty() && is_utf8(v);
  for (unsigned char c : v) plain = plain && c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7f;
  if (plain) {
    out += v;
    return;
  }
  static constexpr char hex[] = "0123456789abcdef";
  const bool utf8 = is_utf8(v);
  out += '"';
  for (unsigned char c : v) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < ' ' || c == 0x7f || (c >= 0x80 && !utf8)) {
      out += "\\x";
      out += hex[c >> 4];
      out += hex[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

}  // namespace

void set_level(Level l) {
  current = l;
}
Level level() {
  return current;
}

void write(Level l, std::string_view event, std::initializer_list<Field> fields) {
  if (l < current) return;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  char stamp[40];
  const auto n = strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc);
  std::string line(stamp, n);
  std::string millis = std::to_string(1000 + now.tv_nsec / 1'000'000);
  millis[0] = '.';
  line += millis + "Z ";
  static constexpr std::string_view names[] = {"debug", "info", "warn", "error"};
  line += names[static_cast<std::size_t>(l)];
  line += ' ';
  line += event;
  for (const auto& f : fields) {
    line += ' ';
    line += f.key;
    line += '=';
    append_value(line, f.value);
  }
  line += '\n';
  // One write(2) a line keeps lines of different threads whole; a full or closed pipe must not stop the server.
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace mailstead::log

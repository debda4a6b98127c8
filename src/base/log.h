// One structured line an event, to standard error: time, level, event, then key=value pairs in logfmt. Any thread.
// Values are escaped here (control bytes, quotes, 8-bit that is not UTF-8); callers never put secrets or message text
// in.
//   log::info("imap.login", {{"account", name}, {"address", peer}});
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mailstead::log {

enum class Level : std::uint8_t { debug, info, warn, error };

struct Field {
  std::string_view key;
  std::string value;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false") {}
  template <std::integral I>
  Field(std::string_view k, I v) : key(k), value(std::to_string(v)) {}
};

void set_level(Level);  // default: info
Level level();
void write(Level, std::string_view event, std::initializer_list<Field> fields);

inline void debug(std::string_view e, std::initializer_list<Field> f = {}) {
  if (level() <= Level::debug) write(Level::debug, e, f);
}
inline void info(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::info, e, f);
}
inline void warn(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::warn, e, f);
}
inline void error(std::string_view e, std::initializer_list<Field> f = {}) {
  write(Level::error, e, f);
}

}  // namespace mailstead::log

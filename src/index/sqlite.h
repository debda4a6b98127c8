// A prepared statement of SQLite, and where blocks lie in the file. Private to this folder.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

#include "index/file.h"

namespace mailstead::index {

inline std::int64_t block_id(std::int64_t segment, Kind kind, std::uint32_t number) {
  return segment << 32 | (kind == Kind::postings ? std::int64_t{1} << 31 : 0) | number;
}

// An error stays: what is done after it does nothing.
struct File::Statement {
  Statement(sqlite3* db, const char* sql) { code = sqlite3_prepare_v2(db, sql, -1, &s, nullptr); }
  ~Statement() { sqlite3_finalize(s); }
  Statement(const Statement&) = delete;

  Statement& bind(int at, std::int64_t v) {
    return code == SQLITE_OK ? code = sqlite3_bind_int64(s, at, v), *this : *this;
  }
  // `v` must outlive the steps.
  Statement& bind(int at, std::string_view v) {
    if (code == SQLITE_OK) code = sqlite3_bind_blob64(s, at, v.data(), v.size(), SQLITE_STATIC);
    return *this;
  }
  bool row() {
    if (code != SQLITE_OK) return false;
    const int c = sqlite3_step(s);
    if (c == SQLITE_ROW) return true;
    if (c != SQLITE_DONE) code = c;
    return false;
  }
  bool done() {
    while (row()) {
    }
    return code == SQLITE_OK;
  }
  bool good() const { return code == SQLITE_OK; }
  std::int64_t number(int at) { return sqlite3_column_int64(s, at); }
  // Good until the next step.
  std::string_view bytes(int at) {
    const auto* p = static_cast<const char*>(sqlite3_column_blob(s, at));
    return {p, p == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(s, at))};
  }
  void reset() {
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
  }

  sqlite3_stmt* s = nullptr;
  int code = SQLITE_OK;
};

}  // namespace mailstead::index

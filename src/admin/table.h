// What a list or show command answers: facts, then rows. Printed for people, or as JSON for programs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailstead::admin {

struct Cell {
  enum Kind : std::uint8_t { text, number, bytes, limit, time, list } kind = text;  // limit: bytes, where 0 is "none"
  std::string words;
  std::uint64_t value = 0;
  std::vector<std::string> items;

  Cell(std::string s) : words(std::move(s)) {}
  Cell(std::string_view s) : words(s) {}
  Cell(const char* s) : words(s) {}
  Cell(Kind k, std::uint64_t v) : kind(k), value(v) {}
  Cell(std::vector<std::string> l) : kind(list), items(std::move(l)) {}
  std::string print() const;
};

struct Output {
  std::string message;  // a command that does something: its answer, a line or nothing
  std::vector<std::pair<std::string, Cell>> facts;
  std::string rows_name;  // the rows' key in JSON when there are facts
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;

  std::string to_text() const;
  // An array of objects, or an object of the facts and an array.
  std::string to_json() const;
};

}  // namespace mailstead::admin

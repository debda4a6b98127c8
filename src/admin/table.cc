#include "admin/table.h"

#include <boost/json.hpp>

#include "admin/units.h"
#include "base/ascii.h"
#include "base/utf8.h"

namespace mailstead::admin {
namespace {

// Names come from users: no control characters to the operator's terminal.
std::string printable(std::string_view s) {
  std::string out;
  for (const char c : s) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return out;
}

std::size_t width(std::string_view s) {
  return static_cast<std::size_t>(std::count_if(s.begin(), s.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

boost::json::value to_value(const Cell& c) {
  switch (c.kind) {
    case Cell::text:
      return boost::json::string(c.words);
    case Cell::list: {
      boost::json::array all;
      for (const auto& i : c.items) all.emplace_back(i);
      return all;
    }
    case Cell::time:
      if (c.value == 0) return nullptr;
      return boost::json::string(format_time(static_cast<std::int64_t>(c.value)));
    case Cell::number:
    case Cell::bytes:
    case Cell::limit:
      return c.value;
  }
  return nullptr;
}

}  // namespace

std::string Cell::print() const {
  switch (kind) {
    case number:
      return std::to_string(value);
    case bytes:
      return format_size(value);
    case limit:
      return value == 0 ? "none" : format_size(value);
    case time:
      return format_time(static_cast<std::int64_t>(value));
    case list: {
      std::string out;
      for (const auto& i : items) append(out, out.empty() ? "" : " ", printable(i));
      return out.empty() ? "-" : out;
    }
    case text:
      break;
  }
  return words.empty() ? "-" : printable(words);
}

std::string Output::to_text() const {
  std::string out = message;
  for (const auto& [name, cell] : facts) append(out, name, ": ", cell.print(), '\n');
  if (!facts.empty() && !rows.empty()) out += '\n';
  if (rows.empty()) return out;
  std::vector<std::vector<std::string>> lines{{}};
  for (const auto& c : columns) lines[0].push_back(upper(c));
  for (const auto& row : rows) {
    lines.emplace_back();
    for (const auto& cell : row) lines.back().push_back(cell.print());
  }
  std::vector<std::size_t> widths(columns.size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  // One column is a plain list, for `for x in $(…)`.
  if (columns.size() == 1) lines.erase(lines.begin());
  for (const auto& line : lines) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool right = !rows[0].empty() && (rows[0][i].kind == Cell::number || rows[0][i].kind == Cell::bytes);
      const std::string pad(widths[i] - width(line[i]), ' ');
      append(text, i > 0 ? "  " : "", right ? pad : "", line[i], right ? "" : pad);
    }
    append(out, trim(text, " ").empty() ? text : text.substr(0, text.find_last_not_of(' ') + 1), '\n');
  }
  return out;
}

std::string Output::to_json() const {
  boost::json::array all;
  for (const auto& row : rows) {
    boost::json::object o;
    for (std::size_t i = 0; i < row.size(); ++i) o[columns[i]] = to_value(row[i]);
    all.push_back(std::move(o));
  }
  if (facts.empty()) return boost::json::serialize(all) + "\n";
  boost::json::object o;
  for (const auto& [name, cell] : facts) o[name] = to_value(cell);
  if (!rows_name.empty()) o[rows_name] = std::move(all);
  return boost::json::serialize(o) + "\n";
}

}  // namespace mailstead::admin

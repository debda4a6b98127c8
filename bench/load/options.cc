#include "load/options.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/ascii.h"

namespace load {

void die(std::string_view why) {
  std::fprintf(stderr, "load: %.*s\n", static_cast<int>(why.size()), why.data());
  std::fflush(nullptr);
  _exit(1);
}

Options::Options(int argc, char** argv) {
  if (argc < 2) die("usage: load MODE key=value …");
  mode_ = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string_view word = argv[i];
    const auto at = word.find('=');
    if (at == word.npos) die(mailstead::cat("not key=value: ", word));
    given_.emplace_back(word.substr(0, at), word.substr(at + 1));
  }
}

std::string Options::text(std::string_view key, std::string_view otherwise) const {
  asked_.emplace(key);
  for (const auto& [k, v] : given_)
    if (k == key) return v;
  return std::string(otherwise);
}

std::uint64_t Options::number(std::string_view key, std::uint64_t otherwise) const {
  const auto value = text(key, "");
  if (value.empty()) return otherwise;
  const auto n = mailstead::parse_number<std::uint64_t>(value);
  if (!n) die(mailstead::cat(key, " is not a number: ", value));
  return *n;
}

std::vector<std::string> Options::all(std::string_view key) const {
  asked_.emplace(key);
  std::vector<std::string> out;
  for (const auto& [k, v] : given_)
    if (k == key) out.push_back(v);
  return out;
}

void Options::refuse_unused() const {
  for (const auto& [k, v] : given_)
    if (!asked_.contains(k)) die(mailstead::cat("mode ", mode_, " has no option ", k));
}

}  // namespace load

// Arguments of the driver: MODE key=value …; a key may stand several times. An unknown key ends the program.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace load {

class Options {
 public:
  Options(int argc, char** argv);

  const std::string& mode() const { return mode_; }
  std::string text(std::string_view key, std::string_view otherwise) const;
  std::uint64_t number(std::string_view key, std::uint64_t otherwise) const;
  std::vector<std::string> all(std::string_view key) const;
  // Ends the program when an argument was given that nobody asked for: a misspelt one would measure something else.
  void refuse_unused() const;

 private:
  std::string mode_;
  std::vector<std::pair<std::string, std::string>> given_;
  mutable std::set<std::string, std::less<>> asked_;
};

[[noreturn]] void die(std::string_view why);

}  // namespace load

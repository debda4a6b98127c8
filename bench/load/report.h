// What a run found, printed as one line of JSON on standard output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace load {

// Latencies in milliseconds; sorted when asked.
class Latencies {
 public:
  void add(double ms) { ms_.push_back(ms); }
  void add(const Latencies& more) { ms_.insert(ms_.end(), more.ms_.begin(), more.ms_.end()); }
  double percentile(double p);
  std::size_t count() const { return ms_.size(); }

 private:
  std::vector<double> ms_;
};

class Report {
 public:
  void text(std::string_view key, std::string_view value);
  void number(std::string_view key, double value);
  void number(std::string_view key, std::uint64_t value);
  void raw(std::string_view key, std::string_view json);
  std::string json() const { return "{" + body_ + "}"; }
  // Adds the driver's own CPU time: near the wall time, it was the driver that was measured.
  void print();

 private:
  void key(std::string_view key);
  std::string body_;
};

}  // namespace load

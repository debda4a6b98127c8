// Every file of testdata/transcripts, in each of its modes, is one test: `transcript_test --gtest_filter='*idle*'`.
// MAILSTEAD_SEED repeats a run at random splits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/log.h"
#include "base/random.h"
#include "transcript/player.h"

namespace mailstead::transcript {
namespace {

namespace fs = std::filesystem;

std::uint64_t seed() {
  static const std::uint64_t value = [] {
    const char* given = std::getenv("MAILSTEAD_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : random_u64();
  }();
  return value;
}

class Case : public testing::Test {
 public:
  Case(std::string file, Result<Script> script, Mode mode)
      : file_(std::move(file)), script_(std::move(script)), mode_(mode) {}
  void TestBody() override {
    log::set_level(log::Level::error);
    ASSERT_TRUE(script_) << file_ << ": " << script_.error().detail;
    const auto report = play(*script_, file_, mode_, seed());
    if (!report.empty()) FAIL() << report;
  }

 private:
  const std::string file_;
  const Result<Script> script_;
  const Mode mode_;
};

Mode mode_of(const std::string& word) {
  return word == "bytes" ? Mode::bytes : word == "random" ? Mode::random : word == "rocks" ? Mode::rocks : Mode::plain;
}

int register_all() {
  const fs::path root = fs::path(MAILSTEAD_TESTDATA) / "transcripts";
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root))
    if (entry.path().extension() == ".t") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream in(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto protocol = path.parent_path().filename().string();
    const auto script = parse_script(text, protocol, (fs::path(MAILSTEAD_TESTDATA) / "messages").string());
    auto name = cat(protocol, "/", path.stem().string());
    const auto file = fs::relative(path, fs::path(MAILSTEAD_TESTDATA).parent_path()).string();
    for (const auto& mode : script ? script->modes : std::vector<std::string>{"plain"})
      testing::RegisterTest(
          "Transcripts", cat(name, '/', mode).c_str(), nullptr, nullptr, __FILE__, __LINE__,
          [file, script, m = mode_of(mode)]() -> testing::Test* { return new Case(file, script, m); });
  }
  return static_cast<int>(files.size());
}
const int k_files = register_all();

}  // namespace
}  // namespace mailstead::transcript

// A transcript file as steps. docs/transcripts.md describes the format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "transcript/match.h"
#include "transcript/world.h"

namespace mailstead::transcript {

struct Step {
  enum class Kind : std::uint8_t {
    send_line,      // C:
    send_raw,       // C~
    send_body,      // C<
    send_dotted,    // C.
    expect,         // S:
    in_order,       // S>
    optional,       // S?
    many,           // S*
    regex,          // S/
    absent,         // S!
    expect_body,    // S<
    expect_dotted,  // S.
    directive
  } kind{};
  int line = 0;  // in the file
  int connection = 1;
  bool numbered = false;  // a directive about that connection
  std::string text;       // directives: word and arguments
};

struct Script {
  std::string rfc, protocol;
  std::vector<std::string> modes{"plain", "bytes", "random", "rocks"};
  Settings settings;
  std::vector<Step> steps;
  Bodies bodies;
};

// "\xHH", "\r", "\n", "\0", "\t"; any other character behind the backslash stands for itself.
std::string unescape(std::string_view s);

// The text of a file; `protocol` is what its folder says. `messages`: the folder of shared bodies. syntax, with the
// line in the detail.
Result<Script> parse_script(std::string_view text, std::string protocol, const std::string& messages);

}  // namespace mailstead::transcript

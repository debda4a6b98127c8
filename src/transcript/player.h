// Plays a transcript against the servers of a World and compares what they say.
#pragma once

#include <cstdint>
#include <string>

#include "transcript/script.h"

namespace mailstead::transcript {

enum class Mode : std::uint8_t { plain, bytes, random, rocks };

// "" when all was as expected; else what was not, with `file` and line, and the whole dialogue.
std::string play(const Script& script, const std::string& file, Mode mode, std::uint64_t seed);

}  // namespace mailstead::transcript

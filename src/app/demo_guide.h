// `serve --demo`: where it listens, and what it tells people about how to connect.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/config.h"

namespace mailstead::app {

inline constexpr std::string_view k_demo_domain = "demo.example";
inline constexpr std::string_view k_demo_password = "demo-of-mailstead";

// High ports on loopback; where one is taken, any free one.
Result<config::Config> demo_config(const std::string& dir);

// Lines to copy, with the real ports; writes an mbsync configuration into `dir` for one of them.
Result<std::string> demo_guide(const std::string& dir, const std::map<std::string, std::uint16_t>& ports);

}  // namespace mailstead::app

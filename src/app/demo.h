// Sample mail for `mailstead serve --demo`: generated, realistic in shape, the same every time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mailstead::app {

struct DemoMessage {
  std::string mailbox;
  std::vector<std::string> flags;
  std::int64_t date;  // Unix seconds
  std::string content;
};

// A few hundred messages for `owner` ("ann@demo.example"), the newest at `now`: threads, attachments, HTML newsletters,
// sixteen charsets, tiny and large ones.
std::vector<DemoMessage> demo_messages(const std::string& owner, std::int64_t now);

}  // namespace mailstead::app

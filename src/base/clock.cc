#include "base/clock.h"

#include <chrono>

namespace mailstead {

const Clock& system_clock() {
  struct System : Clock {
    std::int64_t now_ms() const override {
      using namespace std::chrono;
      return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    }
  };
  static const System clock;
  return clock;
}

}  // namespace mailstead

#include "base/metrics.h"

#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace mailstead::metrics {
namespace {

struct Registry {
  std::mutex mutex;
  // name → (type, labels → value); values never move.
  std::map<std::string, std::pair<const char*, std::map<std::string, std::unique_ptr<Value>>>, std::less<>> families;
};

Registry& registry() {
  static Registry* r = new Registry;  // never destroyed: metrics are used until the last thread ends
  return *r;
}

Value& find(const char* type, std::string_view name, std::string_view labels) {
  auto& r = registry();
  std::lock_guard lock(r.mutex);
  auto& family = r.families[std::string(name)];
  family.first = type;
  auto& value = family.second[std::string(labels)];
  if (!value) value = std::make_unique<Value>();
  return *value;
}

}  // namespace

Value& counter(std::string_view name, std::string_view labels) {
  return find("counter", name, labels);
}
Value& gauge(std::string_view name, std::string_view labels) {
  return find("gauge", name, labels);
}

std::string exposition() {
  auto& r = registry();
  std::lock_guard lock(r.mutex);
  std::string out;
  for (auto& [name, family] : r.families) {
    out += "# TYPE mailstead_" + name + ' ' + family.first + '\n';
    for (auto& [labels, value] : family.second) {
      out += "mailstead_" + name;
      if (!labels.empty()) out += '{' + labels + '}';
      out += ' ' + std::to_string(value->get()) + '\n';
    }
  }
  return out;
}

}  // namespace mailstead::metrics

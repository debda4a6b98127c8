#include "app/check.h"

#include <iostream>
#include <map>

#include "account/check.h"
#include "admin/cli.h"
#include "base/clock.h"
#include "runtime/home.h"
#include "store/rocks/check.h"
#include "store/rocks/rocks_store.h"

namespace mailstead::app {

int check(const std::string& store_path) {
  std::map<std::string, std::uint64_t, std::less<>> read;
  const auto progress = [&](std::string_view family, std::uint64_t rows) { read[std::string(family)] = rows; };
  auto findings = store::check_store(store_path, progress);
  if (!findings) return admin::complain(findings.error()), 1;
  for (const auto& [family, rows] : read) std::cout << "verified " << rows << " rows of " << family << '\n';
  Runtime runtime(1, 2, 1);
  {
    const auto store = store::RocksStore::open(store_path, runtime.io(), system_clock());
    if (!store) return admin::complain(store.error()), 1;
    const auto more = block_on(runtime.home(0), account::check_accounts(**store));
    if (!more) return admin::complain(more.error()), 1;
    findings->insert(findings->end(), more->begin(), more->end());
  }
  for (const auto& f : *findings) std::cout << f.where << ": " << f.what << '\n';
  std::cout << findings->size() << " findings\n";
  return findings->empty() ? 0 : 1;
}

}  // namespace mailstead::app

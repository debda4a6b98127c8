// raw-log: dir= count= size= group=: records appended to a file, `group` with each fdatasync: what a log on this disk
// can
//          take at most from as many clients who all wait.
#include <fcntl.h>
#include <unistd.h>

#include <random>

#include "base/ascii.h"
#include "load/loop.h"
#include "load/modes.h"
#include "load/report.h"

namespace load {

int raw_log(const Options& o) {
  const auto path = mailstead::cat(o.text("dir", "."), "/raw-log");
  const auto count = o.number("count", 1000), size = o.number("size", 8192), group = o.number("group", 32);
  o.refuse_unused();
  if (group == 0 || size == 0) die("group and size are at least 1");
  std::mt19937_64 random(1);
  std::string records(group * size, 0);
  for (auto& c : records) c = static_cast<char>(random());
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) die(mailstead::cat("cannot write ", path));
  const auto began = now();
  for (std::uint64_t done = 0; done < count; done += group) {
    const auto n = std::min(group, count - done) * size;
    if (::write(fd, records.data(), n) != static_cast<ssize_t>(n) || fdatasync(fd) != 0) die("the disk refused");
  }
  const auto took = seconds(began, now());
  ::close(fd);
  ::unlink(path.c_str());
  Report r;
  r.text("mode", o.mode());
  r.number("per_s", static_cast<double>(count) / took);
  r.print();
  return 0;
}

}  // namespace load

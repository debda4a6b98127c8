#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <ostream>

#include "admin/import.h"
#include "admin/transfer.h"
#include "archive/line_ends.h"
#include "archive/maildir.h"
#include "archive/mbox.h"
#include "base/ascii.h"
#include "model/mailbox_name.h"

namespace mailstead::admin {
namespace {

namespace fs = std::filesystem;

struct ExportRow {
  std::string uid;
  std::uint64_t size = 0;
  std::int64_t date = 0;
  std::vector<std::string> flags;
};

ExportRow parse_row(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    words.emplace_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), words.back().size() + 1));
  }
  ExportRow row;
  if (words.size() < 4) return row;
  row.uid = words[0];
  row.size = parse_number<std::uint64_t>(words[1]).value_or(0);
  const bool past = words[2].starts_with('-');
  const auto seconds = static_cast<std::int64_t>(
      parse_number<std::uint64_t>(std::string_view(words[2]).substr(past ? 1 : 0)).value_or(0));
  row.date = past ? -seconds : seconds;
  row.flags.assign(words.begin() + 4, words.end());
  return row;
}

Result<> write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const auto n = write(fd, bytes.data(), bytes.size());
    if (n <= 0) return fail(Errc::full, cat("cannot write ", path.string()));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

int make(const fs::path& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

class Exporter {
 public:
  Exporter(Client& client, const ExportOptions& options, std::ostream& log)
      : client_(client), options_(options), log_(log) {}

  Result<> run() {
    TRY_VOID(client_.call({std::string(k_transfer), options_.account}));
    auto names = options_.mailboxes;
    if (names.empty()) {
      TRY(names, client_.call({"export-list"}));
    }
    std::error_code ec;
    root_ = options_.directory;
    if (fs::exists(root_, ec) && !fs::is_empty(root_, ec))
      return fail(Errc::exists, cat(options_.directory, " is there and not empty"));
    fs::create_directories(root_, ec);
    if (ec) return fail(Errc::unavailable, cat("cannot make ", options_.directory, ": ", ec.message()));
    for (const auto& name : names) TRY_VOID(mailbox(name));
    // An export is a backup: it is on the disk before it is called done.
    if (const int fd = open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); fd >= 0) {
      const bool synced = syncfs(fd) == 0;
      close(fd);
      if (!synced) return fail(Errc::full, cat("cannot write ", options_.directory));
    }
    log_ << "exported " << messages_ << " messages of " << names.size() << " mailboxes";
    if (lost_ > 0) log_ << "; " << lost_ << " keywords have no letter left in their Maildir folder and are not there";
    log_ << '\n';
    return {};
  }

 private:
  Result<> mailbox(const std::string& name) {
    TRY(const auto opened, client_.call({"export-mailbox", name}));
    const auto& validity = opened[0];
    if (options_.format == "mbox") return mbox(name);
    const auto folder = archive::folder_of_mailbox(name);
    const auto path = folder.empty() ? root_ : root_ / folder;
    std::error_code ec;
    for (const auto* sub : {"cur", "new", "tmp"}) fs::create_directories(path / sub, ec);
    if (ec) return fail(Errc::unavailable, cat("cannot make ", path.string(), ": ", ec.message()));
    if (!folder.empty()) {
      const int marker = make(path / "maildirfolder");  // Maildir++: a folder, not an account
      if (marker >= 0) close(marker);
    }
    archive::KeywordLetters keywords;
    const auto one = [&](const ExportRow& row, const std::string& content) -> Result<> {
      const auto file = archive::to_file(content);
      const auto where = path / "cur" /
                         cat(row.date, ".V", validity, "U", row.uid, ".mailstead,S=", file.size(),
                             ",W=", content.size(), archive::maildir_suffix(row.flags, keywords, lost_));
      const int fd = make(where);
      if (fd < 0) return fail(Errc::full, cat("cannot write ", where.string()));
      const auto written = write_all(fd, file, where);
      const timespec times[2] = {{row.date, 0}, {row.date, 0}};
      futimens(fd, times);
      close(fd);
      return written;
    };
    TRY_VOID(each(one));
    const auto table = keywords.file();
    if (table.empty()) return {};
    return write_file(path / "dovecot-keywords", table);
  }

  Result<> mbox(const std::string& name) {
    fs::path path = root_;
    for (std::string_view rest = name; !rest.empty();) {
      const auto level = rest.substr(0, rest.find(model::k_separator));
      rest.remove_prefix(std::min(rest.size(), level.size() + 1));
      // No level is "..", and none hides.
      path /= cat(level.starts_with('.') ? "_" : "", level);
    }
    path += ".mbox";
    std::error_code ec;
    fs::create_directories(path.parent_path(), ec);
    const int fd = make(path);
    if (fd < 0) return fail(Errc::full, cat("cannot write ", path.string()));
    const auto one = [&](const ExportRow& row, const std::string& content) {
      return write_all(fd, archive::mbox_entry(content, row.flags, row.date), path);
    };
    const auto done = each(one);
    close(fd);
    return done;
  }

  static Result<> write_file(const fs::path& path, std::string_view bytes) {
    const int fd = make(path);
    if (fd < 0) return fail(Errc::full, cat("cannot write ", path.string()));
    const auto done = write_all(fd, bytes, path);
    close(fd);
    return done;
  }

  template <class F>
  Result<> each(const F& one) {
    for (std::size_t from = 0;;) {
      TRY(const auto page, client_.call({"export-rows", std::to_string(from)}));
      if (page.empty()) return {};
      from += page.size();
      for (const auto& text : page) {
        const auto row = parse_row(text);
        std::string content;
        while (content.size() < row.size) {
          const auto piece = client_.call({"export-read", row.uid, std::to_string(content.size())});
          if (!piece && piece.error().code == Errc::not_found) break;  // purged meanwhile
          if (!piece) return std::unexpected(piece.error());
          if (piece->empty() || (*piece)[0].empty()) break;
          content += (*piece)[0];
        }
        if (content.size() != row.size) continue;
        TRY_VOID(one(row, content));
        ++messages_;
      }
    }
  }

  Client& client_;
  const ExportOptions& options_;
  std::ostream& log_;
  fs::path root_;
  std::uint64_t messages_ = 0;
  std::size_t lost_ = 0;
};

}  // namespace

Result<> export_mail(Client& client, const ExportOptions& options, std::ostream& log) {
  if (options.format != "maildir" && options.format != "mbox") return fail(Errc::syntax, "--format is maildir or mbox");
  return Exporter(client, options, log).run();
}

}  // namespace mailstead::admin

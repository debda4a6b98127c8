#include "admin/import.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <ostream>

#include "admin/transfer.h"
#include "admin/wire.h"
#include "archive/line_ends.h"
#include "archive/maildir.h"
#include "archive/mbox.h"
#include "base/ascii.h"
#include "mime/date.h"
#include "mime/header.h"
#include "model/mailbox_name.h"

namespace mailstead::admin {
namespace {

namespace fs = std::filesystem;

// A regular file that is no link: who imports for others may read what they may not.
class File {
 public:
  explicit File(const fs::path& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
    struct stat s{};
    if (fd_ >= 0 && (fstat(fd_, &s) != 0 || !S_ISREG(s.st_mode))) {
      close(fd_);
      fd_ = -1;
    }
    size_ = static_cast<std::uint64_t>(s.st_size);
    time_ = s.st_mtime;
  }
  File(const File&) = delete;
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  bool good() const { return fd_ >= 0; }
  std::uint64_t size() const { return size_; }
  std::int64_t time() const { return time_; }
  // "" at the end and after an error, which failed() tells.
  std::string_view read_some() {
    const auto n = read(fd_, buffer_, sizeof buffer_);
    failed_ = failed_ || n < 0;
    return {buffer_, n > 0 ? static_cast<std::size_t>(n) : 0};
  }
  bool failed() const { return failed_; }

 private:
  int fd_;
  std::uint64_t size_ = 0;
  std::int64_t time_ = 0;
  bool failed_ = false;
  char buffer_[64 * 1024];
};

std::string read_small(const fs::path& path, std::size_t max) {
  File file(path);
  std::string out;
  if (!file.good()) return out;
  for (auto piece = file.read_some(); !piece.empty() && out.size() < max; piece = file.read_some()) out += piece;
  return out;
}

class Importer {
 public:
  Importer(Client& client, const ImportOptions& options, std::ostream& log)
      : client_(client), options_(options), log_(log) {}

  Result<bool> run() {
    TRY_VOID(client_.call({std::string(k_transfer), options_.account}));
    std::error_code ec;
    const fs::path path(options_.path);
    const auto status = fs::status(path, ec);
    if (!fs::exists(status)) return fail(Errc::not_found, cat("cannot read ", options_.path));
    if (fs::is_directory(status)) {
      TRY_VOID(walk(path));
    } else {
      if (options_.format == "maildir") return fail(Errc::invalid, cat(options_.path, " is a file, not a Maildir"));
      TRY_VOID(mbox(path, options_.into.empty() ? mailbox_of_file(path.filename()) : options_.into, true));
    }
    TRY_VOID(client_.call({"import-end"}));
    log_ << "imported " << taken_ << " messages into " << mailboxes_ << " mailboxes; " << held_
         << " were there already, " << skipped_ << " skipped, " << refused_ << " refused\n";
    if (mailboxes_ == 0) return fail(Errc::not_found, cat("no mail found at ", options_.path));
    return refused_ == 0;
  }

 private:
  // "a/Work.mbox", "Inbox.sbd/Sent": each mailbox's name by its file's.
  static std::string mailbox_of_file(const fs::path& relative) {
    std::string out;
    for (const auto& component : relative) {
      auto level = component.string();
      for (const std::string_view suffix : {".mbox", ".mbx", ".sbd"})
        if (level.size() > suffix.size() && level.ends_with(suffix)) level.resize(level.size() - suffix.size());
      append(out, out.empty() ? "" : "/", level);
    }
    return model::canonical_name(out);
  }

  std::string target(const std::string& mailbox) const {
    if (options_.into.empty()) return mailbox;
    return model::is_inbox(mailbox) ? options_.into : cat(options_.into, '/', mailbox);
  }

  Result<> walk(const fs::path& root) {
    std::vector<fs::path> maildirs, files;
    std::error_code ec;
    const auto is_maildir = [](const fs::path& p) {
      std::error_code none;
      return fs::is_directory(fs::symlink_status(p / "cur", none));
    };
    if (is_maildir(root)) maildirs.push_back(root);
    // Links are not followed.
    for (auto it = fs::recursive_directory_iterator(root, ec); !ec && it != fs::recursive_directory_iterator();
         it.increment(ec)) {
      const auto name = it->path().filename();
      if (it->is_directory(ec) && !it->is_symlink(ec)) {
        if ((name == "cur" || name == "new" || name == "tmp") && is_maildir(it->path().parent_path()))
          it.disable_recursion_pending();
        else if (is_maildir(it->path()))
          maildirs.push_back(it->path());
      } else if (it->is_regular_file(ec) && !it->is_symlink(ec) && !name.string().starts_with('.')) {
        files.push_back(it->path());
      }
    }
    if (ec) return fail(Errc::unavailable, cat("cannot read ", root.string(), ": ", ec.message()));
    std::sort(maildirs.begin(), maildirs.end());
    std::sort(files.begin(), files.end());
    const bool as_mbox = options_.format == "mbox" || (options_.format == "auto" && maildirs.empty());
    if (as_mbox) {
      for (const auto& f : files) TRY_VOID(mbox(f, target(mailbox_of_file(f.lexically_relative(root))), false));
    } else {
      for (const auto& d : maildirs) TRY_VOID(maildir(root, d));
    }
    return {};
  }

  // False: the server will not have this mailbox; the import goes on with the next.
  Result<bool> begin(const std::string& mailbox, const fs::path& from) {
    const auto begun = client_.call({"import-begin", mailbox});
    if (begun) {
      ++mailboxes_;
      return true;
    }
    if (begun.error().code != Errc::invalid && begun.error().code != Errc::too_big)
      return std::unexpected(begun.error());
    complain(from, cat("not a mailbox name: ", mailbox));
    return false;
  }

  Result<> maildir(const fs::path& root, const fs::path& folder) {
    const auto relative = folder == root ? fs::path() : folder.lexically_relative(root);
    TRY(const bool begun, begin(target(archive::mailbox_of_folder(relative.string())), folder));
    if (!begun) return {};
    const archive::KeywordLetters keywords(read_small(folder / "dovecot-keywords", 64 * 1024));
    for (const auto* sub : {"cur", "new"}) {
      std::vector<fs::path> files;
      std::error_code ec;
      for (auto it = fs::directory_iterator(folder / sub, ec); !ec && it != fs::directory_iterator(); it.increment(ec))
        if (!it->path().filename().string().starts_with('.')) files.push_back(it->path());
      // In the order of arrival, as their names begin with the time.
      std::sort(files.begin(), files.end());
      for (const auto& path : files) {
        File file(path);
        if (!file.good()) {
          complain(path, "cannot be read, or is no regular file");
          continue;
        }
        if (file.size() > options_.message_max) {
          complain(path, "too big");
          continue;
        }
        archive::ArchiveMessage m;
        std::string bytes;
        for (auto piece = file.read_some(); !piece.empty(); piece = file.read_some()) bytes += piece;
        if (file.failed()) {
          complain(path, "reading failed");
          continue;
        }
        m.content = archive::to_crlf(bytes);
        m.skip = archive::is_pseudo_message(m.content);
        if (std::string_view(sub) == "cur") m.flags = archive::maildir_flags(path.filename().string(), keywords);
        m.date = file.time();
        TRY_VOID(send(m, path, file.time()));
      }
    }
    return {};
  }

  Result<> mbox(const fs::path& path, const std::string& mailbox, bool must) {
    File file(path);
    if (!file.good()) {
      complain(path, "cannot be read, or is no regular file");
      return {};
    }
    archive::MboxReader reader(options_.message_max);
    bool begun = false;
    for (bool end = false; !end;) {
      const auto piece = file.read_some();
      end = piece.empty();
      if (end)
        reader.finish();
      else
        reader.feed(piece);
      if (reader.is_other()) {
        if (must) return fail(Errc::invalid, cat(path.string(), " is no mbox: it does not begin with a From line"));
        return {};
      }
      while (const auto m = reader.next()) {
        if (!begun) {
          TRY(begun, begin(mailbox, path));
          if (!begun) return {};
        }
        TRY_VOID(send(*m, path, file.time()));
      }
    }
    if (file.failed()) complain(path, "reading failed");
    return {};
  }

  Result<> send(const archive::ArchiveMessage& m, const fs::path& from, std::int64_t file_time) {
    if (m.skip) {
      ++skipped_;
      return {};
    }
    if (m.too_big) {
      complain(from, "a message is too big");
      return {};
    }
    if (m.content.empty()) {
      ++skipped_;
      return {};
    }
    std::int64_t date = m.date.value_or(0);
    if (!m.date) {
      if (const auto header = mime::find_header(m.content, "Date"))
        if (const auto parsed = mime::parse_date(*header)) date = parsed->unix_seconds;
      if (date == 0) date = file_time;
    }
    std::string_view rest = m.content;
    for (; rest.size() > k_piece_bytes; rest.remove_prefix(k_piece_bytes))
      TRY_VOID(client_.call({"import-part", std::string(rest.substr(0, k_piece_bytes))}));
    // 0 would mean "now"
    Client::Words words{"import-message", std::string(rest), std::to_string(date == 0 ? 1 : date)};
    words.insert(words.end(), m.flags.begin(), m.flags.end());
    const auto answer = client_.call(words);
    if (!answer) {
      if (answer.error().code != Errc::too_big) return std::unexpected(answer.error());
      complain(from, "larger than the server takes (message_size_max)");
    } else if (answer->size() == 1 && (*answer)[0] == "held") {
      ++held_;
    } else {
      ++taken_;
    }
    return {};
  }

  void complain(const fs::path& where, std::string_view what) {
    ++refused_;
    log_ << where.string() << ": " << what << '\n';
  }

  Client& client_;
  const ImportOptions& options_;
  std::ostream& log_;
  std::uint64_t taken_ = 0, held_ = 0, skipped_ = 0, refused_ = 0, mailboxes_ = 0;
};

}  // namespace

Result<bool> import_mail(Client& client, const ImportOptions& options, std::ostream& log) {
  if (options.format != "auto" && options.format != "maildir" && options.format != "mbox")
    return fail(Errc::syntax, "--format is maildir, mbox or auto");
  return Importer(client, options, log).run();
}

}  // namespace mailstead::admin

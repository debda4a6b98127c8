#include "index/file.h"

#include <unistd.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/codec.h"
#include "index/sqlite.h"

namespace mailstead::index {
namespace {

constexpr int k_application = 0x4D735478;  // "MsTx"
constexpr int k_write_busy_ms = 2000;      // a reader that is just opening, or another process's backup
constexpr int k_read_busy_ms = 50;         // a writer that just ends; then the messages are read instead

constexpr const char* k_tables = R"sql(
  CREATE TABLE state(account INTEGER PRIMARY KEY, version INTEGER, token BLOB, content INTEGER);
  CREATE TABLE segment(id INTEGER PRIMARY KEY, documents BLOB, blocks INTEGER);
  CREATE TABLE block(id INTEGER PRIMARY KEY, data BLOB);
  CREATE TABLE gone(content INTEGER PRIMARY KEY, since INTEGER);
)sql";

std::string encode_documents(const std::vector<std::uint64_t>& contents, const std::vector<bool>& unknown) {
  Writer w;
  std::uint64_t next = 0;
  for (std::size_t i = 0; i < contents.size(); ++i) {
    w.varint((contents[i] - next) * 2 + (unknown[i] ? 1 : 0));
    next = contents[i] + 1;
  }
  return w.take();
}

bool decode_documents(std::string_view bytes, std::vector<std::uint64_t>& contents, std::vector<bool>& unknown) {
  Reader r(bytes);
  for (std::uint64_t next = 0; !r.done();) {
    const auto gap = r.varint();
    if (r.bad()) return false;
    contents.push_back(next + gap / 2);
    unknown.push_back((gap & 1) != 0);
    next = contents.back() + 1;
  }
  return true;
}

}  // namespace

std::unexpected<Error> File::failure(std::string_view doing) const {
  const int code = sqlite3_errcode(db_);
  const auto kind = code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR ? Errc::corrupt
                    : code == SQLITE_FULL                                                   ? Errc::full
                    : code == SQLITE_CANTOPEN                                               ? Errc::not_found
                                                                                            : Errc::unavailable;
  return fail(kind, cat(doing, ": ", sqlite3_errmsg(db_)));
}

Result<> File::run(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return failure(sql);
  return {};
}

File::~File() {
  sqlite3_close(db_);
}

Result<std::unique_ptr<File>> File::open(const std::string& path, std::uint64_t account, Open how) {
  sqlite3* db = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (how == Open::write ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  std::unique_ptr<File> file(new File(db));
  if (db == nullptr) return fail(Errc::unavailable, "no memory");
  if (code != SQLITE_OK) return file->failure("open");
  TRY_VOID(file->prepare(account, how));
  return file;
}

Result<> File::prepare(std::uint64_t account, Open how) {
  sqlite3_busy_timeout(db_, how == Open::read ? k_read_busy_ms : k_write_busy_ms);
  sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, 64 * 1024 * 1024);
  TRY_VOID(run("PRAGMA cache_size=-2048; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON"));
  int format = 0, application = 0;
  {
    Statement version(db_, "PRAGMA user_version"), id(db_, "PRAGMA application_id");
    if (!version.row() || !id.row()) return failure("version");
    format = static_cast<int>(version.number(0));
    application = static_cast<int>(id.number(0));
  }
  if (format == 0 && application == 0 && how == Open::write) {
    // Purged text does not stay in free pages.
    TRY_VOID(
        run("PRAGMA page_size=8192; PRAGMA secure_delete=ON; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA journal_size_limit=1048576; BEGIN IMMEDIATE"));
    TRY_VOID(run(k_tables));
    TRY_VOID(run(cat("PRAGMA application_id=", k_application, "; PRAGMA user_version=", k_format,
                     "; INSERT INTO state VALUES(", static_cast<std::int64_t>(account), ", 0, x'', 0); COMMIT")
                     .c_str()));
    return {};
  }
  if (format == 0 && application == 0) return fail(Errc::not_found, "it is just being made");
  if (format != k_format || application != k_application) return fail(Errc::unsupported, "another format");
  if (how == Open::write)
    TRY_VOID(run("PRAGMA secure_delete=ON; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=1048576"));
  Statement whose(db_, "SELECT account FROM state");
  if (!whose.row()) return whose.good() ? fail(Errc::corrupt, "no state") : failure("state");
  if (whose.number(0) != static_cast<std::int64_t>(account)) return fail(Errc::unsupported, "another account's");
  return {};
}

void File::remove(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) unlink((path + suffix).c_str());
}

Result<account::TailPoint> File::point() {
  Statement s(db_, "SELECT version, token, content FROM state");
  if (!s.row()) return failure("state");
  account::TailPoint out;
  out.version = static_cast<std::uint64_t>(s.number(0));
  const auto token = s.bytes(1);
  if (out.version != 0 && token.size() != out.token.size()) return fail(Errc::corrupt, "state");
  std::copy(token.begin(), token.end(), out.token.begin());
  out.content = static_cast<std::uint64_t>(s.number(2));
  return out;
}

Result<std::vector<File::Segment>> File::segments() {
  std::vector<Segment> out;
  Statement s(db_, "SELECT id, documents, blocks FROM segment");
  while (s.row()) {
    auto& one = out.emplace_back();
    one.id = s.number(0);
    one.blocks = static_cast<std::uint32_t>(s.number(2));
    std::string documents(s.bytes(1));
    TRY_VOID(check_sum(documents, 0));
    one.sum = Reader(s.bytes(1).substr(documents.size())).u64be();
    if (!decode_documents(documents, one.contents, one.unknown)) return fail(Errc::corrupt, "a segment's documents");
  }
  if (!s.good()) return failure("segments");
  // By content: merged ones have greater ids than those after them.
  std::erase_if(out, [](const Segment& one) { return one.contents.empty(); });
  std::sort(out.begin(), out.end(),
            [](const Segment& a, const Segment& b) { return a.contents.front() < b.contents.front(); });
  for (std::size_t i = 1; i < out.size(); ++i)
    if (out[i].contents.front() <= out[i - 1].contents.back()) return fail(Errc::corrupt, "segments overlap");
  return out;
}

Result<FileFacts> File::facts() {
  FileFacts out;
  TRY_VOID(run("BEGIN"));
  TRY(const auto all, segments());
  TRY(out.point, point());
  for (const auto& one : all) {
    out.documents += one.contents.size();
    out.unknown += static_cast<std::uint64_t>(std::count(one.unknown.begin(), one.unknown.end(), true));
  }
  out.segments = all.size();
  Statement gone(db_, "SELECT count(*) FROM gone"), pages(db_, "PRAGMA page_count"), size(db_, "PRAGMA page_size");
  if (!gone.row() || !pages.row() || !size.row()) return failure("facts");
  out.gone = static_cast<std::uint64_t>(gone.number(0));
  out.bytes = static_cast<std::uint64_t>(pages.number(0) * size.number(0));
  gone.reset();
  pages.reset();
  size.reset();
  TRY_VOID(run("COMMIT"));
  return out;
}

PutBlock File::putter(std::int64_t segment) {
  auto insert = std::make_shared<Statement>(db_, "INSERT INTO block VALUES(?, ?)");
  return [this, segment, insert](Kind kind, std::uint32_t number, std::string_view data) -> Result<> {
    insert->reset();
    if (!insert->bind(1, block_id(segment, kind, number)).bind(2, data).done()) return failure("block");
    return {};
  };
}

GetBlock File::getter(std::int64_t segment) {
  auto select = std::make_shared<Statement>(db_, "SELECT data FROM block WHERE id=?");
  return [this, segment, select](Kind kind, std::uint32_t number) -> Result<std::string> {
    select->reset();
    if (!select->bind(1, block_id(segment, kind, number)).row())
      return select->good() ? fail(Errc::corrupt, "a block is missing") : failure("block");
    std::string out(select->bytes(0));
    select->reset();
    return out;
  };
}

Result<std::int64_t> File::next_segment() {
  Statement next(db_, "SELECT coalesce(max(id), 0) + 1 FROM segment");
  if (!next.row()) return failure("segment");
  return next.number(0);
}

Result<> File::add(const std::vector<std::uint64_t>& contents, const std::vector<bool>& unknown, Builder* terms,
                   const std::vector<std::uint64_t>& freed, const account::TailPoint& point, std::int64_t now) {
  TRY_VOID(run("BEGIN IMMEDIATE"));
  const auto work = [&]() -> Result<> {
    if (!contents.empty()) {
      Segment segment;
      segment.contents = contents;
      segment.unknown = unknown;
      TRY(segment.id, next_segment());
      TRY(segment.blocks, terms->write(putter(segment.id)));
      TRY_VOID(put_segment(segment));
    }
    Statement gone(db_, "INSERT OR IGNORE INTO gone VALUES(?, ?)");
    for (const auto id : freed) {
      if (!gone.bind(1, static_cast<std::int64_t>(id)).bind(2, now).done()) return failure("gone");
      gone.reset();
    }
    Statement state(db_, "UPDATE state SET version=?, token=?, content=?");
    const std::string_view token(reinterpret_cast<const char*>(point.token.data()), point.token.size());
    if (!state.bind(1, static_cast<std::int64_t>(point.version))
             .bind(2, token)
             .bind(3, static_cast<std::int64_t>(point.content))
             .done())
      return failure("state");
    return {};
  };
  return commit(work());
}

// Ends the transaction as `done` says.
Result<> File::commit(Result<> done) {
  if (done) done = run("COMMIT");
  if (!done) (void)run("ROLLBACK");
  return done;
}

Result<> File::put_segment(const Segment& segment) {
  const auto documents = with_sum(encode_documents(segment.contents, segment.unknown), 0);
  Statement insert(db_, "INSERT INTO segment VALUES(?, ?, ?)");
  if (!insert.bind(1, segment.id).bind(2, documents).bind(3, std::int64_t{segment.blocks}).done())
    return failure("segment");
  return {};
}

Result<bool> File::holds_purged() {
  Statement any(db_, "SELECT 1 FROM gone LIMIT 1");
  const bool out = any.row();
  if (!any.good()) return failure("gone");
  return out;
}

}  // namespace mailstead::index

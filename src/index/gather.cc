#include "index/gather.h"

#include <exception>

#include "index/limits.h"
#include "mime/casemap.h"
#include "mime/searchable.h"
#include "runtime/group.h"

namespace mailstead::index {
namespace {

constexpr std::size_t k_summaries = 256;                   // of one trip to the store
constexpr std::uint64_t k_octets_bytes = 4 * 1024 * 1024;  // the same; a larger message comes alone

void add_message(std::string_view octets, const mime::Summary& summary, Gathered& out) {
  const auto add = [&](Column column) {
    return [&out, column](std::string_view text) {
      out.terms.add(column, mime::fold(text));
      return true;
    };
  };
  const auto& m = summary.message;
  for (const auto& part : m.parts) mime::header_texts(octets, part, add(header));
  mime::body_texts(octets, m.parts, add(body));
  add(subject)(mime::subject_text(m.envelope));
  add(from)(mime::addresses_text(m.envelope.from));
  add(to)(mime::addresses_text(m.envelope.to));
  add(cc)(mime::addresses_text(m.envelope.cc));
  add(bcc)(mime::addresses_text(m.envelope.bcc));
}

struct Part {
  Group reading;
  Result<> read;
  std::vector<std::uint64_t> contents;
  std::vector<Result<account::SummaryRef>> summaries;
  std::vector<Result<std::string>> octets;
};

void add_part(const Part& part, Gathered& out) {
  for (std::size_t i = 0; i < part.contents.size(); ++i) {
    const auto gone = [](const auto& r) { return !r && r.error().code == Errc::not_found; };
    if (gone(part.summaries[i]) || gone(part.octets[i])) continue;  // freed since: the history will tell
    // What cannot be read is for whoever looks at it to report.
    const bool readable = part.summaries[i] && part.octets[i];
    if (readable) add_message(*part.octets[i], **part.summaries[i], out);
    const bool fits = out.terms.end_document();
    out.contents.push_back(part.contents[i]);
    out.unknown.push_back(!readable || !fits);
  }
}

// Reads one part after the other: once there is nothing left to read, an empty one.
class Source {
 public:
  Source(account::AccountRef account, std::vector<std::uint64_t> contents)
      : account_(std::move(account)), contents_(std::move(contents)) {}

  Task<void> read(Part& part) {
    auto work = try_read(part);
    part.read = co_await std::move(work);
  }

 private:
  Task<Result<>> try_read(Part& part) {
    if (from_ == ids_.size()) {
      ids_.clear();
      from_ = 0;
      for (; at_ < contents_.size() && ids_.size() < k_summaries; ++at_) ids_.emplace_back(contents_[at_]);
      if (ids_.empty()) co_return Result<>();
      CO_TRY(summaries_, co_await account_->summaries(ids_));
    }
    std::uint64_t bytes = 0;
    std::vector<model::ContentId> some;
    for (; from_ < ids_.size(); ++from_) {
      const auto size = summaries_[from_] ? (*summaries_[from_])->size : 0;
      if (!some.empty() && bytes + size > k_octets_bytes) break;
      bytes += size;
      some.push_back(ids_[from_]);
      part.contents.push_back(ids_[from_].value);
      part.summaries.push_back(std::move(summaries_[from_]));
    }
    CO_TRY(part.octets, co_await account_->read_many(std::move(some)));
    co_return Result<>();
  }

  account::AccountRef account_;
  std::vector<std::uint64_t> contents_;
  std::size_t at_ = 0;  // in contents_: what comes after ids_
  std::vector<model::ContentId> ids_;
  std::vector<Result<account::SummaryRef>> summaries_;
  std::size_t from_ = 0;  // in these two
};

Task<Result<>> gather_parts(Source& source, Pool& pool, Gathered& out, std::unique_ptr<Part>& next) {
  next = std::make_unique<Part>();
  next->reading.spawn(source.read(*next));
  for (;;) {
    co_await next->reading.wait();
    const auto part = std::move(next);
    CO_TRY_VOID(std::move(part->read));
    if (part->contents.empty()) co_return Result<>();
    next = std::make_unique<Part>();
    next->reading.spawn(source.read(*next));
    auto job = [&part, &out] { return add_part(*part, out), true; };
    co_await offload(pool, std::move(job));
    out.last = part->contents.back();
    if (out.terms.bytes() > limits::k_index_batch_bytes) co_return Result<>();
  }
}

}  // namespace

// The next part is read while the terms of one are gathered: a thread each.
Task<Result<std::unique_ptr<Gathered>>> gather(account::AccountRef account, Pool& pool,
                                               std::vector<std::uint64_t> contents) {
  auto out = std::make_unique<Gathered>();
  Source source(std::move(account), std::move(contents));
  std::unique_ptr<Part> next;
  Result<> done;
  std::exception_ptr over;
  try {
    auto work = gather_parts(source, pool, *out, next);
    done = co_await std::move(work);
  } catch (...) {
    over = std::current_exception();
  }
  if (next) co_await next->reading.wait();
  if (over) std::rethrow_exception(over);
  CO_TRY_VOID(std::move(done));
  co_return out;
}

}  // namespace mailstead::index

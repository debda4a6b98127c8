#include "index/gather.h"

#include "index/limits.h"
#include "mime/casemap.h"
#include "mime/searchable.h"

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

}  // namespace

Task<Result<std::unique_ptr<Gathered>>> gather(account::AccountRef account, Pool& pool,
                                               std::vector<std::uint64_t> contents) {
  auto out = std::make_unique<Gathered>();
  for (std::size_t at = 0; at < contents.size();) {
    std::vector<model::ContentId> ids;
    for (auto i = at; i < contents.size() && ids.size() < k_summaries; ++i) ids.emplace_back(contents[i]);
    CO_TRY(auto summaries, co_await account->summaries(ids));
    for (std::size_t from = 0; from < ids.size();) {
      Part part;
      std::uint64_t bytes = 0;
      std::vector<model::ContentId> some;
      for (auto i = from; i < ids.size(); ++i) {
        const auto size = summaries[i] ? (*summaries[i])->size : 0;
        if (i > from && bytes + size > k_octets_bytes) break;
        bytes += size;
        some.push_back(ids[i]);
        part.contents.push_back(ids[i].value);
        part.summaries.push_back(std::move(summaries[i]));
      }
      from += some.size();
      CO_TRY(part.octets, co_await account->read_many(std::move(some)));
      auto job = [&part, &out] { return add_part(part, *out), true; };
      co_await offload(pool, std::move(job));
    }
    at += ids.size();
    out->last = contents[at - 1];
    if (out->terms.bytes() > limits::k_index_batch_bytes) break;
  }
  co_return out;
}

}  // namespace mailstead::index

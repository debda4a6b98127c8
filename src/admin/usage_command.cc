// `quota explain`: where the space went, and what a clean-up would free.
#include <algorithm>
#include <chrono>
#include <map>

#include "admin/handlers.h"
#include "admin/units.h"
#include "base/ascii.h"
#include "mime/address.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

constexpr std::size_t k_batch = 200;
constexpr std::size_t k_senders_shown = 10;
constexpr std::size_t k_senders_counted = 100'000;  // memory of one answer; the rest is "others"
constexpr std::uint64_t k_megabyte = 1024 * 1024;

struct Sum {
  std::uint64_t messages = 0, bytes = 0;
  void add(std::uint64_t size) {
    ++messages;
    bytes += size;
  }
};
using Sums = std::map<std::string, Sum>;

struct Usage {
  Sums folders, senders, years, sizes;
  Sum trash, junk, attachments;
};

std::string size_class(std::uint64_t size) {
  return size < 100 * 1024        ? "1: below 100 KB"
         : size < k_megabyte      ? "2: 100 KB to 1 MB"
         : size < 10 * k_megabyte ? "3: 1 to 10 MB"
                                  : "4: 10 MB and more";
}

int year_of(std::int64_t time) {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(time)));
  return int{std::chrono::year_month_day(day).year()};
}

std::string sender_of(const mime::Summary& s) {
  const auto& from = s.message.envelope.from;
  return from.empty() ? "(no sender)" : lower(mime::address_spec(from.front()));
}

std::vector<std::pair<std::string, Sum>> by_size(const Sums& sums) {
  std::vector<std::pair<std::string, Sum>> out(sums.begin(), sums.end());
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return a.second.bytes != b.second.bytes ? a.second.bytes > b.second.bytes : a.first < b.first;
  });
  return out;
}

// Rows of one kind; beyond `most` they are one row.
void add_rows(Output& out, std::string_view by, const std::vector<std::pair<std::string, Sum>>& sums,
              std::size_t most = SIZE_MAX) {
  Sum rest;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto& [name, sum] = sums[i];
    if (i < most) {
      out.rows.push_back({by, name, Cell(Cell::bytes, sum.bytes), Cell(Cell::number, sum.messages)});
    } else {
      rest.messages += sum.messages;
      rest.bytes += sum.bytes;
    }
  }
  if (rest.messages > 0)
    out.rows.push_back(
        {by, cat(sums.size() - most, " others"), Cell(Cell::bytes, rest.bytes), Cell(Cell::number, rest.messages)});
}

Task<Result<>> count(account::AccountRef a, account::MailboxId id, std::string name,
                     std::optional<model::SpecialUse> use, std::uint64_t over, std::int64_t before, Usage* usage) {
  auto opened = co_await a->open(id);
  if (!opened) {
    if (opened.error().code == Errc::not_found) co_return Result<>();  // deleted meanwhile
    co_return std::unexpected(opened.error());
  }
  std::vector<account::Row> rows;  // a copy: the mailbox may change between two batches
  for (std::size_t i = 0; i < (*opened)->rows->size(); ++i) rows.push_back((*opened)->rows->at(i));
  for (std::size_t at = 0; at < rows.size(); at += k_batch) {
    std::vector<account::ContentId> contents;
    const auto end = std::min(rows.size(), at + k_batch);
    for (auto i = at; i < end; ++i) contents.emplace_back(rows[i].content);
    CO_TRY(const auto summaries, co_await a->summaries(contents));
    for (auto i = at; i < end; ++i) {
      const auto& row = rows[i];
      usage->folders[name].add(row.size);
      usage->years[std::to_string(year_of(row.internal_date))].add(row.size);
      usage->sizes[size_class(row.size)].add(row.size);
      if (use == model::SpecialUse::trash) usage->trash.add(row.size);
      if (use == model::SpecialUse::junk) usage->junk.add(row.size);
      const auto& summary = summaries[i - at];
      if (!summary) continue;  // freed meanwhile
      auto sender = sender_of(**summary);
      if (usage->senders.size() >= k_senders_counted && !usage->senders.contains(sender)) sender = "(others)";
      usage->senders[sender].add(row.size);
      if ((*summary)->message.has_attachment && row.size > over && row.internal_date < before)
        usage->attachments.add(row.size);
    }
    co_await Home::current().yield();
  }
  co_return Result<>();
}

Task<Result<Output>> quota_explain(account::AccountRef a, Invocation i, auth::AccountInfo) {
  std::uint64_t over = 5 * k_megabyte;
  if (i.has("--over")) {
    const auto n = parse_size(i.get("--over"));
    if (!n) co_return fail(Errc::syntax, "--over takes a size: 5M");
    over = *n;
  }
  CO_TRY(const auto before, time_of(i, "--before", INT64_MAX));
  Usage usage;
  struct Box {
    account::MailboxId id;
    std::string name;
    std::optional<model::SpecialUse> use;
  };
  std::vector<Box> boxes;
  for (const auto* m : a->mailboxes())
    if (m->selectable) boxes.push_back({m->id, m->name, m->use});
  for (const auto& box : boxes) {
    CO_TRY_VOID(co_await count(a, box.id, box.name, box.use, over, before, &usage));
  }
  const auto q = a->quota();
  Output out;
  const auto fact = [&](const char* name, std::uint64_t bytes) {
    out.facts.emplace_back(name, Cell(Cell::bytes, bytes));
  };
  fact("bytes", q.bytes_used);
  out.facts.emplace_back("bytes_max", Cell(Cell::limit, q.bytes_max));
  out.facts.emplace_back("messages", Cell(Cell::number, q.messages_used));
  // Of the quota; Recently removed is beside it: purging frees disk.
  fact("emptying_trash_frees", usage.trash.bytes);
  fact("emptying_junk_frees", usage.junk.bytes);
  fact("large_attachments_free", usage.attachments.bytes);
  out.facts.emplace_back("large_attachments", Cell(Cell::number, usage.attachments.messages));
  fact("purging_removed_frees_disk", q.removed_bytes);
  out.rows_name = "usage";
  out.columns = {"by", "name", "size", "messages"};
  add_rows(out, "folder", by_size(usage.folders));
  add_rows(out, "sender", by_size(usage.senders), k_senders_shown);
  add_rows(out, "year", {usage.years.rbegin(), usage.years.rend()});
  std::vector<std::pair<std::string, Sum>> sizes;
  for (const auto& [name, sum] : usage.sizes) sizes.emplace_back(name.substr(3), sum);
  add_rows(out, "size", sizes);
  co_return out;
}

constexpr Entry k_entries[] = {{"quota explain", about_account<quota_explain>}};

}  // namespace

std::span<const Entry> usage_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin

// `at`: the account as it was at a moment, read-only.
#include <algorithm>

#include "account/past.h"
#include "admin/handlers.h"
#include "admin/units.h"
#include "admin/wire.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "mime/encoded_word.h"
#include "runtime/home.h"

namespace mailstead::admin {
namespace {

using account::Past;
constexpr std::size_t k_batch = 200;
constexpr std::size_t k_rows_max = 4000;  // of one answer: it is one frame of the admin socket

void folders(const Past& past, Output& out) {
  out.columns = {"mailbox", "messages", "unseen", "purged"};
  std::vector<const Past::Folder*> all;
  for (const auto& [id, folder] : past.folders) all.push_back(&folder);
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
  for (const auto* folder : all) {
    std::uint64_t unseen = 0, purged = 0;
    for (const auto& [uid, m] : folder->messages) {
      unseen += std::find(m.flags.begin(), m.flags.end(), "\\Seen") == m.flags.end() ? 1 : 0;
      purged += m.freed ? 1 : 0;
    }
    out.rows.push_back({folder->name, Cell(Cell::number, folder->messages.size()), Cell(Cell::number, unseen),
                        Cell(Cell::number, purged)});
  }
}

Task<Result<Output>> messages(account::AccountRef a, const Past::Folder* folder) {
  Output out;
  out.columns = {"uid", "subject", "flags"};
  if (folder->messages.size() > k_rows_max)
    co_return fail(Errc::too_big, "more messages than one answer holds; say MAILBOX/UID");
  for (auto at = folder->messages.begin(); at != folder->messages.end();) {
    const auto first = at;
    std::vector<account::ContentId> contents;
    for (; at != folder->messages.end() && contents.size() < k_batch; ++at) contents.emplace_back(at->second.content);
    CO_TRY(const auto summaries, co_await a->summaries(contents));
    std::size_t n = 0;
    for (auto row = first; row != at; ++row, ++n)
      out.rows.push_back(
          {Cell(Cell::number, row->first),
           summaries[n] ? Cell(mime::decode_header((*summaries[n])->message.envelope.subject)) : Cell("(purged since)"),
           Cell(row->second.flags)});
    co_await Home::current().yield();
  }
  co_return out;
}

Task<Result<Output>> text(account::AccountRef a, const Past::Message* message) {
  CO_TRY(auto octets, co_await a->read(account::ContentId(message->content), 0, k_piece_bytes));
  Output out;
  out.message = std::move(octets);
  co_return out;
}

Task<Result<Output>> at_time(account::AccountRef a, Invocation i, auth::AccountInfo) {
  const auto now = system_clock().now();
  CO_TRY(const auto time, parse_when(i[1], now));
  if (time > now) co_return fail(Errc::syntax, "that moment is still to come");
  CO_TRY(const auto past, co_await account::past(a, time));
  Output out;
  if (i.arguments.size() == 2) {
    folders(past, out);
    co_return out;
  }
  const auto find = [&](std::string_view name) {
    const auto found =
        std::find_if(past.folders.begin(), past.folders.end(), [&](const auto& f) { return f.second.name == name; });
    return found == past.folders.end() ? nullptr : &found->second;
  };
  const auto& name = i[2];
  if (const auto* folder = find(name)) {
    auto task = messages(a, folder);
    co_return co_await std::move(task);
  }
  const auto slash = name.rfind('/');
  const auto uid = slash == std::string::npos ? std::nullopt : parse_number<std::uint32_t>(name.substr(slash + 1));
  const auto* folder = uid ? find(std::string_view(name).substr(0, slash)) : nullptr;
  if (folder == nullptr) co_return fail(Errc::not_found, cat("no such mailbox then: ", name));
  const auto message = folder->messages.find(*uid);
  if (message == folder->messages.end()) co_return fail(Errc::not_found, cat("no such message then: ", name));
  if (message->second.freed) co_return fail(Errc::not_found, "its text was purged since");
  auto task = text(a, &message->second);
  co_return co_await std::move(task);
}

// TIME comes first, as one says it.
Task<Result<Output>> at(Context& c, Invocation i) {
  if (i.arguments.size() > 3) co_return fail(Errc::syntax, "one mailbox or message at a time");
  std::swap(i.arguments[0], i.arguments[1]);
  auto task = with_account(c, std::move(i), at_time);
  co_return co_await std::move(task);
}

constexpr Entry k_entries[] = {{"at", at}};

}  // namespace

std::span<const Entry> past_handlers() {
  return k_entries;
}

}  // namespace mailstead::admin

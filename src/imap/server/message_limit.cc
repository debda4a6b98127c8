#include "imap/server/message_limit.h"

#include <algorithm>

#include "base/ascii.h"
#include "imap/server/session_impl.h"

namespace mailstead::imap {

std::uint32_t message_limit(const Session& s) {
  return s.profile.offers("MESSAGELIMIT") ? s.context.message_limit : 0;
}

std::uint32_t save_limit(const Session& s) {
  if (const auto all = message_limit(s); all != 0) return all;
  return s.profile.offers("SAVELIMIT") ? s.context.save_limit : 0;
}

std::string keep_highest(const Session& s, std::vector<std::uint32_t>& uids) {
  const std::size_t limit = message_limit(s);
  if (limit == 0 || uids.size() <= limit) return {};
  uids.erase(uids.begin(), uids.end() - static_cast<std::ptrdiff_t>(limit));
  return cat("MESSAGELIMIT ", limit, ' ', uids.front());
}

Reply cut_short(Session& s, Reply reply, const std::string& code) {
  if (code.empty() || reply.kind != Reply::ok) return reply;
  if (reply.code.empty()) return Reply::done("Not all of them: go on below this UID", code);
  s.untagged(cat("NO [", code, "] Not all of them: go on below this UID"));
  return reply;
}

std::optional<Reply> refuse_above(std::uint32_t limit, std::size_t messages) {
  if (limit == 0 || messages <= limit) return std::nullopt;
  return Reply::refuse(cat("MESSAGELIMIT ", limit), "Too many messages for one command");
}

std::vector<std::uint32_t> looked_at(const Scope& scope, const model::Query& query) {
  auto uids = scope.uids();
  const auto prepared = prepare(query, scope);  // numbers are UIDs by now
  const auto narrow = [&](const model::Query& q) {
    if (const auto* set = std::get_if<model::key::Uids>(&q.node))
      std::erase_if(uids, [&](std::uint32_t uid) { return !set->set.contains(Uid(uid)); });
  };
  narrow(prepared);
  if (const auto* all = std::get_if<model::key::And>(&prepared.node)) std::ranges::for_each(all->of, narrow);
  return uids;
}

}  // namespace mailstead::imap

#include "model/ids.h"

#include <type_traits>

namespace mailstead::model {

// Mixing must not compile.
static_assert(!std::is_convertible_v<Uid, SeqNum> && !std::is_constructible_v<Uid, SeqNum>);
static_assert(!std::is_convertible_v<std::uint32_t, Uid> && !std::is_convertible_v<Uid, std::uint32_t>);
static_assert(std::is_trivially_copyable_v<Uid> && sizeof(Uid) == 4);

}  // namespace mailstead::model

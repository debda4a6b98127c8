// Texts that occur often, each kept once and known by a number. A view of one stays good as long as the dictionary
// lives, whatever is added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace mailstead::model {

class Dictionary {
 public:
  static constexpr std::uint32_t k_empty = 0;  // the number of ""

  Dictionary() { id({}); }
  Dictionary(const Dictionary&) = delete;

  std::uint32_t id(std::string_view text);
  std::string_view at(std::uint32_t id) const { return texts_[id]; }
  std::size_t size() const { return texts_.size(); }
  std::size_t bytes() const;

 private:
  struct Slot {
    std::uint32_t hash, next_id;  // 0: free; else the id + 1
  };
  std::string_view keep(std::string_view text);
  void grow();

  std::vector<std::string_view> texts_;
  std::vector<Slot> slots_;  // open addressing; the size is a power of two, a third of it free
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t chunk_ = 0, used_ = 0;  // size of the last chunk, and how much of it is taken
  std::size_t kept_ = 0;              // sizes of all
};

}  // namespace mailstead::model

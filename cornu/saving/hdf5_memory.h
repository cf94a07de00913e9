// A driver of HDF5 (a VFD) for files that are written in memory. The library's own one keeps a second copy of all
// values, and a third while it grows; this one keeps what belongs to a tensor as a view of it.
#pragma once

#include <map>
#include <memory>

#include "cornu/saving/hdf5_handle.h"
#include "cornu/saving/pieces.h"

namespace cornu::saving {

class Hdf5Memory {
 public:
  // Sets an H5P_FILE_ACCESS list up, so that a file made with it lies here. Must outlive that file.
  void use_for(hid_t access_list);
  // Values of this tensor are about to be written.
  void expect(const Tensor& tensor) { tensor_ = tensor; }
  // The bytes of the file, once it is flushed. Nothing can be written afterwards.
  Pieces take(std::uint64_t size);

  // What the library calls.
  void write(std::uint64_t at, std::size_t size, const void* bytes);
  void read(std::uint64_t at, std::size_t size, void* bytes) const;

 private:
  static constexpr std::uint64_t kPage = 1 << 16;
  struct View {
    Tensor tensor;
    std::string_view bytes;
  };
  // The view that holds this place, or the first one behind it.
  std::map<std::uint64_t, View>::const_iterator view_at(std::uint64_t at) const;
  void write_pages(std::uint64_t at, std::uint64_t size, const char* from);
  // Calls f(offset from `at`, place in its page, page number, count) for the parts of pages from `at` on.
  template <class F>
  static void for_pages(std::uint64_t at, std::uint64_t size, F&& f);

  std::map<std::uint64_t, View> views_;         // by where they begin; they do not overlap
  std::map<std::uint64_t, std::string> pages_;  // of what is no view; a page that is not there is all zeros
  Tensor tensor_;
};

}  // namespace cornu::saving

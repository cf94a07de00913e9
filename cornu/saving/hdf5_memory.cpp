#include "cornu/saving/hdf5_memory.h"

#include <algorithm>
#include <cstring>
#include <new>

namespace cornu::saving {
namespace {

// Smaller values are copied: the library collects those in a buffer of its own anyway.
constexpr std::size_t kLeastView = 1 << 16;

struct File {
  H5FD_t base;  // the library's; must come first
  Hdf5Memory* memory;
  haddr_t allocated, end;
};
struct Info {
  Hdf5Memory* memory;
};

File& file_of(H5FD_t* file) { return *reinterpret_cast<File*>(file); }
const File& file_of(const H5FD_t* file) { return *reinterpret_cast<const File*>(file); }

// The library is C: no exception may pass through it.
template <class F>
herr_t guarded(const F& work) {
  try {
    work();
    return 0;
  } catch (const std::bad_alloc&) {
    return -1;
  }
}

H5FD_t* open_file(const char*, unsigned, hid_t access_list, haddr_t) {
  const auto* info = static_cast<const Info*>(H5Pget_driver_info(access_list));
  if (info == nullptr) return nullptr;
  auto* file = new (std::nothrow) File{};
  if (file != nullptr) file->memory = info->memory;
  return reinterpret_cast<H5FD_t*>(file);
}
herr_t close_file(H5FD_t* file) {
  delete &file_of(file);
  return 0;
}
// As the library's own drivers say of themselves: this decides how space in the file is handed out.
herr_t query(const H5FD_t*, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}
haddr_t get_allocated(const H5FD_t* file, H5FD_mem_t) { return file_of(file).allocated; }
herr_t set_allocated(H5FD_t* file, H5FD_mem_t, haddr_t to) {
  file_of(file).allocated = to;
  return 0;
}
haddr_t get_end(const H5FD_t* file, H5FD_mem_t) { return file_of(file).end; }
herr_t read_file(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, void* to) {
  return guarded([&] { file_of(file).memory->read(at, size, to); });
}
herr_t write_file(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t at, size_t size, const void* from) {
  File& f = file_of(file);
  f.end = std::max<haddr_t>(f.end, at + size);
  return guarded([&] { f.memory->write(at, size, from); });
}
herr_t truncate_file(H5FD_t* file, hid_t, hbool_t) {
  file_of(file).end = file_of(file).allocated;
  return 0;
}

hid_t driver() {
  static const hid_t id = [] {
    static H5FD_class_t description{};
    description.name = "cornu_memory";
    description.maxaddr = ~haddr_t{0} >> 2;
    description.fc_degree = H5F_CLOSE_WEAK;
    description.fapl_size = sizeof(Info);
    description.open = open_file;
    description.close = close_file;
    description.query = query;
    description.get_eoa = get_allocated;
    description.set_eoa = set_allocated;
    description.get_eof = get_end;
    description.read = read_file;
    description.write = write_file;
    description.truncate = truncate_file;
    const H5FD_mem_t map[] = H5FD_FLMAP_DICHOTOMY;
    std::copy(std::begin(map), std::end(map), description.fl_map);
    return H5FDregister(&description);
  }();
  return id;
}

}  // namespace

void Hdf5Memory::use_for(hid_t access_list) {
  const Info info{this};
  H5Pset_driver(access_list, driver(), &info);
}

template <class F>
void Hdf5Memory::for_pages(std::uint64_t at, std::uint64_t size, F&& f) {
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t in_page = (at + done) % kPage, count = std::min(size - done, kPage - in_page);
    f(done, (at + done) / kPage, in_page, count);
    done += count;
  }
}

std::map<std::uint64_t, Hdf5Memory::View>::const_iterator Hdf5Memory::view_at(std::uint64_t at) const {
  auto it = views_.upper_bound(at);
  if (it != views_.begin() && std::prev(it)->first + std::prev(it)->second.bytes.size() > at) --it;
  return it;
}

void Hdf5Memory::write(std::uint64_t at, std::size_t size, const void* bytes) {
  const auto* from = static_cast<const char*>(bytes);
  const auto* values = static_cast<const char*>(tensor_.raw());
  const bool of_tensor = values != nullptr && from >= values && from + size <= values + tensor_.bytes();
  if (of_tensor && size >= kLeastView) {
    views_[at] = {tensor_, {from, size}};
    return;
  }
  // What is written over a part of a view turns it into pages first.
  for (auto it = view_at(at); it != views_.end() && it->first < at + size; it = view_at(at)) {
    const std::uint64_t begin = it->first;
    const View view = it->second;
    views_.erase(it);
    write_pages(begin, view.bytes.size(), view.bytes.data());
  }
  write_pages(at, size, from);
}

void Hdf5Memory::write_pages(std::uint64_t at, std::uint64_t size, const char* from) {
  for_pages(at, size, [&](std::uint64_t done, std::uint64_t page, std::uint64_t in_page, std::uint64_t count) {
    std::string& to = pages_[page];
    if (to.empty()) to.resize(kPage);
    std::memcpy(to.data() + in_page, from + done, count);
  });
}

void Hdf5Memory::read(std::uint64_t at, std::size_t size, void* bytes) const {
  auto* to = static_cast<char*>(bytes);
  for_pages(at, size, [&](std::uint64_t done, std::uint64_t page, std::uint64_t in_page, std::uint64_t count) {
    const auto found = pages_.find(page);
    if (found == pages_.end())
      std::memset(to + done, 0, count);
    else
      std::memcpy(to + done, found->second.data() + in_page, count);
  });
  for (auto it = view_at(at); it != views_.end() && it->first < at + size; ++it) {
    const std::uint64_t begin = std::max(at, it->first);
    const std::uint64_t end = std::min<std::uint64_t>(at + size, it->first + it->second.bytes.size());
    std::memcpy(to + (begin - at), it->second.bytes.data() + (begin - it->first), end - begin);
  }
}

Pieces Hdf5Memory::take(std::uint64_t size) {
  Pieces out;
  for (std::uint64_t at = 0; at < size;) {
    const auto view = view_at(at);
    if (view != views_.end() && view->first == at) {
      out.add(view->second.tensor, view->second.bytes.substr(0, size - at));
      at += view->second.bytes.size();
      continue;
    }
    const std::uint64_t end = std::min(size, view == views_.end() ? size : view->first);
    std::string bytes(end - at, '\0');
    read(at, bytes.size(), bytes.data());
    out.add(std::move(bytes));
    at = end;
  }
  views_.clear();
  pages_.clear();
  return out;
}

}  // namespace cornu::saving

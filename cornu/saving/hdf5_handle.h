// A small RAII skin over the HDF5 C API: handles that close themselves, and a guard that keeps the library quiet.
// Everything that includes <hdf5.h> is in files named hdf5_*; nothing of it shows in other headers.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <utility>

namespace cornu::saving {

// Holds the process-wide HDF5 lock (Debian's library is not thread-safe) and silences its printing to stderr.
// One at a time on a thread; every read or write of a file holds one.
class Hdf5Guard {
 public:
  Hdf5Guard() : lock_(mutex()) {
    H5Eget_auto2(H5E_DEFAULT, &printer_, &client_data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Hdf5Guard() { H5Eset_auto2(H5E_DEFAULT, printer_, client_data_); }
  Hdf5Guard(const Hdf5Guard&) = delete;
  Hdf5Guard& operator=(const Hdf5Guard&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex m;
    return m;
  }
  std::lock_guard<std::mutex> lock_;
  H5E_auto2_t printer_ = nullptr;
  void* client_data_ = nullptr;
};

// One HDF5 identifier, closed by `Close` when it goes out of scope. Invalid (negative) when opening failed.
template <herr_t (*Close)(hid_t)>
class Hdf5Handle {
 public:
  Hdf5Handle() = default;
  explicit Hdf5Handle(hid_t id) : id_(id) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    return *this;
  }
  ~Hdf5Handle() {
    if (id_ >= 0) Close(id_);
  }
  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  // Closes now; false when the library reports an error.
  bool close() {
    const hid_t id = std::exchange(id_, H5I_INVALID_HID);
    return id < 0 || Close(id) >= 0;
  }

 private:
  hid_t id_ = H5I_INVALID_HID;
};

using FileHandle = Hdf5Handle<H5Fclose>;
using GroupHandle = Hdf5Handle<H5Gclose>;
using ObjectHandle = Hdf5Handle<H5Oclose>;
using DatasetHandle = Hdf5Handle<H5Dclose>;
using AttributeHandle = Hdf5Handle<H5Aclose>;
using SpaceHandle = Hdf5Handle<H5Sclose>;
using TypeHandle = Hdf5Handle<H5Tclose>;
using PropertyHandle = Hdf5Handle<H5Pclose>;

}  // namespace cornu::saving

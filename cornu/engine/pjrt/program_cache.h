// Compiled programs on the disk. A file holds its whole key, so that a program is found only for the very same text,
// options, plug-in and device; a sum over its bytes, so that what is damaged counts as absent. What cannot be read,
// written or restored is never an error: the program is compiled then.
//
// CORNU_CACHE names the folder, "off" switches it off; else it is $XDG_CACHE_HOME/cornu, else ~/.cache/cornu.
#pragma once

#include <cstdint>
#include <string>

#include "cornu/engine/pjrt/plugin.h"

namespace cornu::pjrt {

class ProgramCache {
 public:
  // All files together; the ones not used for longest go first.
  static constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30;

  // One that keeps nothing.
  ProgramCache() = default;
  explicit ProgramCache(std::string folder, std::uintmax_t most_bytes = kMostBytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}
  static ProgramCache of_user();

  // Null when it is not there.
  PJRT_LoadedExecutable* load(const Plugin& plugin, const std::string& key) const;
  void store(const Plugin& plugin, const std::string& key, PJRT_LoadedExecutable* program) const;

  // The file of a key; "" when nothing is kept.
  std::string file_of(const std::string& key) const;
  // Deletes files until the rest have room; store() does so.
  void make_room() const;

 private:
  std::string folder_;
  std::uintmax_t most_bytes_ = kMostBytes;
};

}  // namespace cornu::pjrt

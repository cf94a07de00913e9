#include "cornu/engine/pjrt/program_cache.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <vector>

#include "cornu/core/error.h"

namespace cornu::pjrt {
namespace {

namespace fs = std::filesystem;

// A file: this, the sizes of key and program and the sum of both (8 bytes each, this machine's order), key, program.
constexpr char kMagic[8] = {'c', 'o', 'r', 'n', 'u', 'X', 'L', '1'};
struct Head {
  char magic[8];
  std::uint64_t key_bytes, program_bytes, sum;
};

// FNV-1a, to tell keys apart and to notice damage; not against people, who may as well replace the plug-in.
std::uint64_t sum_of(std::string_view bytes, std::uint64_t from = 0xcbf29ce484222325u) {
  for (const char c : bytes) from = (from ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return from;
}

std::string hexadecimal(std::uint64_t value) {
  std::string out(16, '0');
  for (int i = 15; i >= 0; --i, value >>= 4) out[static_cast<std::size_t>(i)] = "0123456789abcdef"[value & 15];
  return out;
}

// The program of a file whose key is this one.
std::optional<std::string> read(const std::string& path, const std::string& key) {
  std::ifstream file(path, std::ios::binary);
  Head head;
  if (!file.read(reinterpret_cast<char*>(&head), sizeof head)) return std::nullopt;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (error || std::memcmp(head.magic, kMagic, sizeof kMagic) != 0 || head.key_bytes != key.size() ||
      size < sizeof head + key.size() || head.program_bytes != size - sizeof head - key.size())
    return std::nullopt;
  std::string own(key.size(), '\0'), program(head.program_bytes, '\0');
  if (!file.read(own.data(), static_cast<std::streamsize>(own.size())) ||
      !file.read(program.data(), static_cast<std::streamsize>(program.size())))
    return std::nullopt;
  if (own != key || sum_of(program, sum_of(key)) != head.sum) return std::nullopt;
  return program;
}

// Whole or not at all, also when others write the same file.
void write(const std::string& path, const std::string& key, std::string_view program) {
  Head head;
  std::memcpy(head.magic, kMagic, sizeof kMagic);
  head.key_bytes = key.size();
  head.program_bytes = program.size();
  head.sum = sum_of(program, sum_of(key));
  const std::string beside = cat(path, ".", getpid(), ".part");
  std::ofstream file(beside, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&head), sizeof head);
  file.write(key.data(), static_cast<std::streamsize>(key.size()));
  file.write(program.data(), static_cast<std::streamsize>(program.size()));
  file.close();
  std::error_code error;
  if (file) fs::rename(beside, path, error);
  if (!file || error) fs::remove(beside, error);
}

// What the plug-in makes of a program; "" when it cannot.
std::string serialized(const Plugin& plugin, PJRT_LoadedExecutable* program) {
  const Api& api = plugin.api();
  CORNU_PJRT_ARGS(PJRT_LoadedExecutable_GetExecutable, get);
  get.loaded_executable = program;
  api.call(&PJRT_Api::PJRT_LoadedExecutable_GetExecutable, get, "look into a program");
  CORNU_PJRT_ARGS(PJRT_Executable_Destroy, destroy);
  destroy.executable = get.executable;
  CORNU_PJRT_ARGS(PJRT_Executable_Serialize, args);
  args.executable = get.executable;
  std::string out;
  try {
    api.call(&PJRT_Api::PJRT_Executable_Serialize, args, "write a program");
    out.assign(args.serialized_bytes, args.serialized_bytes_size);
    args.serialized_executable_deleter(args.serialized_executable);
  } catch (const EngineError&) {
  }
  api.release(&PJRT_Api::PJRT_Executable_Destroy, destroy);
  return out;
}

}  // namespace

ProgramCache ProgramCache::of_user() {
  const auto from = [](const char* name) -> std::string {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  const std::string own = from("CORNU_CACHE"), xdg = from("XDG_CACHE_HOME"), home = from("HOME");
  if (own == "off") return {};
  if (!own.empty()) return ProgramCache(own);
  if (!xdg.empty()) return ProgramCache(xdg + "/cornu");
  return home.empty() ? ProgramCache() : ProgramCache(home + "/.cache/cornu");
}

std::string ProgramCache::file_of(const std::string& key) const {
  return folder_.empty() ? "" : cat(folder_, "/", hexadecimal(sum_of(key)), ".pjrt");
}

PJRT_LoadedExecutable* ProgramCache::load(const Plugin& plugin, const std::string& key) const {
  if (folder_.empty()) return nullptr;
  const std::string path = file_of(key);
  const std::optional<std::string> program = read(path, key);
  if (!program) return nullptr;
  CORNU_PJRT_ARGS(PJRT_Executable_DeserializeAndLoad, args);
  args.client = plugin.client();
  args.serialized_executable = program->data();
  args.serialized_executable_size = program->size();
  try {
    plugin.api().call(&PJRT_Api::PJRT_Executable_DeserializeAndLoad, args, "read a program");
  } catch (const EngineError&) {
    return nullptr;
  }
  std::error_code none;
  fs::last_write_time(path, fs::file_time_type::clock::now(), none);  // used just now
  return args.loaded_executable;
}

void ProgramCache::store(const Plugin& plugin, const std::string& key, PJRT_LoadedExecutable* program) const {
  if (folder_.empty()) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return;
  const std::string bytes = serialized(plugin, program);
  if (bytes.empty() || bytes.size() + key.size() > most_bytes_ / 2) return;
  write(file_of(key), key, bytes);
  make_room();
}

void ProgramCache::make_room() const {
  struct File {
    fs::path path;
    fs::file_time_type used;
    std::uintmax_t bytes;
  };
  std::vector<File> files;
  std::uintmax_t all = 0;
  std::error_code error;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const std::string ending = it->path().extension();
    if (ending != ".pjrt" && ending != ".part") continue;
    std::error_code gone;
    files.push_back({it->path(), it->last_write_time(gone), it->file_size(gone)});
    if (gone) files.back().bytes = 0;
    all += files.back().bytes;
  }
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.used < b.used; });
  for (const File& file : files) {
    if (all <= most_bytes_) return;
    std::error_code gone;
    fs::remove(file.path, gone);
    all -= file.bytes;
  }
}

}  // namespace cornu::pjrt

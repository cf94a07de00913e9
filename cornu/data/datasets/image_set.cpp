#include "cornu/data/datasets/image_set.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>

#include "cornu/core/error.h"
#include "cornu/data/datasets/fetch.h"
#include "cornu/data/idx.h"
#include "cornu/data/npy.h"

namespace cornu::datasets {
namespace {

namespace fs = std::filesystem;

// In the order: train images, train labels, test images, test labels.
constexpr std::array<const char*, 4> kStems = {"train-images", "train-labels", "t10k-images", "t10k-labels"};
constexpr std::array<const char*, 4> kKinds = {"idx3-ubyte", "idx1-ubyte", "idx3-ubyte", "idx1-ubyte"};

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// The name as published, as Kaggle unpacks it (a dot for the first dash), each plain or gzipped.
std::optional<std::string> find_idx(const fs::path& folder, std::size_t which) {
  for (const char* dash : {"-", "."})
    for (const char* end : {"", ".gz"}) {
      const fs::path path = folder / cat(kStems[which], dash, kKinds[which], end);
      if (is_file(path)) return path.string();
    }
  return std::nullopt;
}

// The single .npz, or the four IDX files; empty when this folder has neither. Notes what it looked for.
std::vector<std::string> find_in(const ImageSet& set, const fs::path& folder, std::vector<std::string>& looked) {
  if (!set.npz.empty() && is_file(folder / set.npz)) return {(folder / set.npz).string()};
  std::vector<std::string> found, missing;
  for (std::size_t i = 0; i < kStems.size(); ++i) {
    if (const auto path = find_idx(folder, i))
      found.push_back(*path);
    else
      missing.push_back(cat(kStems[i], "-", kKinds[i], "[.gz]"));
  }
  if (missing.empty()) return found;
  std::error_code ignored;
  looked.push_back(cat(folder.string(), found.empty() ? "" : cat(" (incomplete: no ", join(missing, ", "), ")"),
                       fs::is_directory(folder, ignored) ? "" : " (there is no such folder)"));
  return {};
}

data::Arrays load_pair(const std::string& images, const std::string& labels) {
  data::Arrays out{data::load_idx(images), data::load_idx(labels)};
  if (out.x.rank() != 3 || out.y.rank() != 1 || out.x.dim(0) != out.y.dim(0))
    throw FileError(cat("\"", images, "\" and \"", labels, "\" are not images and their labels\n  received: shapes ",
                        out.x.shape(), " and ", out.y.shape(), "\n  expected: (n, 28, 28) and (n,)"));
  return out;
}

TrainTest load_npz_set(const std::string& path) {
  TrainTest out;
  out.train = {data::load_npz(path, "x_train"), data::load_npz(path, "y_train")};
  out.test = {data::load_npz(path, "x_test"), data::load_npz(path, "y_test")};
  data::check_arrays(out.train, cat("[", path, "]"));
  data::check_arrays(out.test, cat("[", path, "]"));
  return out;
}

TrainTest load_files(const std::vector<std::string>& files) {
  if (files.size() == 1) return load_npz_set(files[0]);
  // A gzip stream inflates on one core only; the smaller half does so beside the larger one.
  auto test = std::async(std::launch::async, [&] { return load_pair(files[2], files[3]); });
  TrainTest out;
  out.train = load_pair(files[0], files[1]);
  out.test = test.get();
  return out;
}

std::vector<std::string> find_at(const ImageSet& set, const std::string& path, const Places& places,
                                 std::vector<std::string>& looked) {
  if (ends_with(path, ".npz")) {
    if (is_file(path)) return {path};
    looked.push_back(path);
    if (fs::path(path).is_relative() && !places.keras_cache.empty()) {
      const fs::path cached = fs::path(places.keras_cache) / path;
      if (is_file(cached)) return {cached.string()};
      looked.push_back(cached.string());
    }
    return {};
  }
  return find_in(set, path, looked);
}

std::vector<std::string> search(const ImageSet& set, const Places& places, std::vector<std::string>& looked) {
  std::vector<fs::path> folders;
  if (!places.user.empty()) {
    for (const std::string& name : set.folders) folders.push_back(fs::path(places.user) / name);
    // What the user names may be the folder itself. MNIST and Fashion-MNIST share their file names, so nobody else's
    // may.
    folders.push_back(places.user);
  }
  for (const fs::path& folder : folders)
    if (auto files = find_in(set, folder, looked); !files.empty()) return files;
  if (!places.keras_cache.empty()) {
    const fs::path cached = fs::path(places.keras_cache) / set.npz;
    if (!set.npz.empty() && is_file(cached)) return {cached.string()};
    if (!set.npz.empty())
      looked.push_back(cached.string());
    else if (auto files = find_in(set, fs::path(places.keras_cache) / set.cache_folder, looked); !files.empty())
      return files;
  }
  return find_in(set, fs::path(places.system) / set.folders.front(), looked);
}

std::vector<std::string> download(const ImageSet& set, const Places& places) {
  if (places.keras_cache.empty())
    throw FileError("no folder to keep a download in\n  received: neither HOME nor KERAS_HOME is set");
  const fs::path folder = fs::path(places.keras_cache) / set.cache_folder;
  std::vector<std::string> files;
  for (const RemoteFile& file : set.remote) {
    files.push_back((folder / file.name).string());
    if (!is_file(files.back())) data::fetch(set.url + file.name, files.back(), file.sha256);
  }
  return files;
}

[[noreturn]] void not_found(const ImageSet& set, const std::vector<std::string>& looked,
                            const std::string& download_error) {
  std::string message =
      cat(set.name, " is not on this machine\n  looked in: ", join(looked, "\n             "), "\n  for: ");
  message += set.npz.empty() ? "" : cat(set.npz, ", or ");
  message +=
      "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (each plain or "
      ".gz)";
  if (!download_error.empty()) message += cat("\n  download: ", download_error);
  throw FileError(cat(message, "\n  ", set.advice));
}

}  // namespace

Places places_from_environment() {
  Places places;
  places.user = environment("CORNU_DATA");
  std::string home = environment("KERAS_HOME");
  if (home.empty() && !environment("HOME").empty()) home = environment("HOME") + "/.keras";
  if (!home.empty()) places.keras_cache = home + "/datasets";
  const std::string offline = environment("CORNU_OFFLINE");
  places.download = offline.empty() || offline == "0";
  return places;
}

TrainTest load_image_set(const ImageSet& set, const std::string& path, const Places& places) {
  std::vector<std::string> looked;
  std::vector<std::string> files = path.empty() ? search(set, places, looked) : find_at(set, path, places, looked);
  std::string download_error;
  if (files.empty() && path.empty() && places.download) {
    try {
      files = download(set, places);
    } catch (const FileError& error) {
      download_error = error.what();
    }
  }
  if (files.empty()) not_found(set, looked, download_error);
  return load_files(files);
}

}  // namespace cornu::datasets

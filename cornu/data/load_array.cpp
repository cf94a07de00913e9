#include "cornu/data/load_array.h"

#include <filesystem>

#include "cornu/core/error.h"
#include "cornu/data/csv.h"
#include "cornu/data/file_io.h"
#include "cornu/data/gzip.h"
#include "cornu/data/idx.h"
#include "cornu/data/npy.h"
#include "cornu/data/npy_format.h"

namespace cornu::data {
namespace {

constexpr std::string_view kNpzMark = ".npz:";

bool is_table_name(std::string_view path) {
  const std::string name = lower(ends_with(path, ".gz") ? path.substr(0, path.size() - 3) : path);
  return ends_with(name, ".csv") || ends_with(name, ".tsv") || ends_with(name, ".txt");
}

bool begins_with(const Tensor& blob, std::string_view magic) {
  return blob.bytes() >= magic.size() && std::string_view(static_cast<const char*>(blob.raw()), magic.size()) == magic;
}

Tensor load_only_array(const std::string& path) {
  std::vector<NamedArray> arrays = load_npz(path);
  if (arrays.size() == 1) return std::move(arrays.front().value);
  std::vector<std::string> names;
  for (const NamedArray& array : arrays) names.push_back(array.name);
  throw FileError(cat("\"", path, "\" holds ", arrays.size(), " arrays\n  received: no name of one\n  expected: ", path,
                      ":NAME with one of ", join(names, ", ")));
}

}  // namespace

Tensor load_array(const std::string& spec) {
  const std::size_t mark = spec.rfind(kNpzMark);
  if (mark != std::string::npos && !std::filesystem::exists(spec))
    return load_npz(spec.substr(0, mark + kNpzMark.size() - 1), spec.substr(mark + kNpzMark.size()));
  Tensor start = Tensor({8}, uint8);
  {
    FileReader reader(spec);
    if (!reader.is_regular())
      start = Tensor();
    else
      start = start.rows(0, static_cast<std::int64_t>(reader.read(start.mutable_raw(), 8))).copy();
  }
  if (start.dtype() == uint8) {  // a regular file: choose the reader that needs the least memory
    if (begins_with(start, "\x93NUMPY")) return load_npy(spec);
    if (begins_with(start, "PK\3\4") || begins_with(start, "PK\5\6")) return load_only_array(spec);
    if (is_table_name(spec)) return load_csv(spec);
  }
  Tensor blob = read_file(spec);
  if (is_gzip(blob)) blob = gunzip(blob, spec);
  if (begins_with(blob, "\x93NUMPY")) return npy_from_blob(blob, spec);
  if (is_idx(blob)) return idx_from_blob(blob, spec);
  if (is_table_name(spec)) return parse_csv({static_cast<const char*>(blob.raw()), blob.bytes()}, spec);
  throw FileError(cat("\"", spec, "\" is no array that Cornu can read\n  received: ", blob.bytes(),
                      " bytes of an unknown kind\n",
                      "  expected: x.npy, x.npz:name, an IDX file (also .gz), or a .csv of numbers"));
}

}  // namespace cornu::data

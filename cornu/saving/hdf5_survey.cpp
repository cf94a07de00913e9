#include "cornu/saving/hdf5_survey.h"

#include <set>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_chunks.h"

namespace cornu::saving::hdf5 {
namespace {

constexpr std::size_t kMaxDepth = 64;         // Keras nests a dozen groups
constexpr std::size_t kMaxObjects = 1 << 18;  // and writes some thousands
constexpr unsigned kVirtual = 3;

std::uint64_t declared_bytes(const Datatype& type, const Dataspace& space) {
  std::uint64_t bytes = space.is_null ? 0 : type.size;
  for (const std::uint64_t dim : space.dims)
    if (__builtin_mul_overflow(bytes, dim, &bytes)) return ~std::uint64_t{0};
  return bytes;
}

// The names in the local heap of an external-files message.
std::vector<std::string> external_files(const Image& image, const Message& message) {
  Cursor in(image, message.data, "a list of external files");
  in.skip(4);
  in.skip(2);
  const std::uint64_t used = in.u16();
  Cursor heap(image, image.at(in.u64(), 32), "a list of external files");
  heap.expect("HEAP");
  heap.skip(4);
  const std::uint64_t size = heap.u64();
  heap.skip(8);
  const std::string_view names = image.at(heap.u64(), size);
  std::vector<std::string> result;
  for (std::uint64_t i = 0; i < used; ++i) {
    const std::uint64_t at = in.u64();
    in.skip(16);
    if (at >= names.size()) image.damaged("a list of external files");
    const std::string_view name = names.substr(at, 4096);
    result.emplace_back(name.substr(0, name.find('\0')));
  }
  return result;
}

class Surveyor {
 public:
  explicit Surveyor(Image& image) : image_(image) {}

  Survey run() {
    visit(image_.root(), "", 0);
    return std::move(survey_);
  }

 private:
  void visit(std::uint64_t address, const std::string& path, std::size_t depth) {
    // Several names of one object, or a group that holds itself.
    if (!seen_.insert(address).second) return;
    try {
      if (depth > kMaxDepth) image_.damaged(cat("a group that is nested more than ", kMaxDepth, " deep"));
      if (seen_.size() > kMaxObjects) image_.damaged(cat("the structure, with more than ", kMaxObjects, " objects,"));
      if (const Links* links = image_.links(address)) {
        survey_.groups.push_back(path);
        visit_members(*links, path, depth);
      } else if (find_message(image_.object(address), kDatatype) != nullptr) {
        add_dataset(address, path);
      }
    } catch (const FileError& error) {
      survey_.problems.push_back({path, error.what()});
    }
  }

  void visit_members(const Links& links, const std::string& path, std::size_t depth) {
    for (const auto& [name, link] : links) {
      std::string inner = path.empty() ? name : cat(path, "/", name);
      image_.take_structure(inner.size());
      if (link.is_hard)
        visit(link.address, inner, depth + 1);
      else
        survey_.links.push_back({std::move(inner), link.is_external, link.target});
    }
  }

  void add_dataset(std::uint64_t address, const std::string& path) {
    const Object& object = image_.object(address);
    const Message* type = find_message(object, kDatatype);
    const Message* space = find_message(object, kDataspace);
    const Message* layout = find_message(object, kLayout);
    if (space == nullptr || layout == nullptr) image_.damaged("a dataset without shape or layout");
    SurveyedDataset dataset;
    dataset.path = path;
    dataset.address = address;
    const Dataspace shape = parse_dataspace(image_, space->data);
    dataset.dims = shape.dims;
    dataset.declared = declared_bytes(parse_datatype(image_, type->data), shape);
    dataset.filters = parse_filters(image_, object);
    if (const Message* external = find_message(object, kExternalFiles))
      dataset.external_files = external_files(image_, *external);
    set_stored(dataset, *layout);
    survey_.datasets.push_back(std::move(dataset));
  }

  // An estimate for chunks, whose tree is read with the values: no more than the file has.
  void set_stored(SurveyedDataset& dataset, const Message& layout) const {
    constexpr std::uint64_t kCompact = 0, kContiguous = 1;
    Cursor in(image_, layout.data, "a dataset's layout");
    const std::uint64_t version = in.u8();
    if (version < 3) in.skip(1);
    const std::uint64_t kind = in.u8();
    dataset.is_virtual = version >= 3 && kind == kVirtual;
    if (kind == kCompact) dataset.stored = layout.data.size();
    if (kind == kContiguous) {
      if (version < 3) in.skip(5);
      if (const std::uint64_t at = in.u64(); at != kUndefined && at < image_.size())
        dataset.stored = std::min(version < 3 ? dataset.declared : in.u64(), image_.size() - at);
    }
    if (kind == 2) dataset.stored = image_.size();
  }

  Image& image_;
  Survey survey_;
  std::set<std::uint64_t> seen_;
};

}  // namespace

Survey survey(Image& image) { return Surveyor(image).run(); }

}  // namespace cornu::saving::hdf5

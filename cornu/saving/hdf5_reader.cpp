#include "cornu/saving/hdf5_reader.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/read_bytes.h"

namespace cornu::saving {
namespace {

constexpr std::uint64_t kMaxNames = 1u << 20;

// "a/b/c" without empty and "." parts.
std::vector<std::string> path_parts(const std::string& path) {
  std::vector<std::string> parts = split(path, '/');
  std::erase_if(parts, [](const std::string& part) { return part.empty() || part == "."; });
  return parts;
}

std::string joined(const std::string& a, const std::string& b) {
  return a.empty() || starts_with(b, "/") ? b : cat(a, "/", b);
}

std::string fixed_text(std::string_view bytes, unsigned padding) {
  constexpr unsigned kNulTerminated = 0;
  constexpr unsigned kSpaces = 2;
  if (padding == kNulTerminated) bytes = bytes.substr(0, bytes.find('\0'));
  const char filler = padding == kSpaces ? ' ' : '\0';
  while (!bytes.empty() && bytes.back() == filler) bytes.remove_suffix(1);
  return std::string(bytes);
}

}  // namespace

std::string cannot_read(const std::string& shown) { return cat("[load] cannot read '", shown, "'.\n"); }

Hdf5File Hdf5File::open(const std::string& path) { return open_image(read_shared_bytes(path), path); }

Hdf5File Hdf5File::open_image(SharedBytes bytes, const std::string& shown) {
  Hdf5File file;
  file.image_ = std::make_shared<hdf5::Image>(std::move(bytes), shown);
  return file;
}

Hdf5File Hdf5File::open_damaged(SharedBytes bytes, const std::string& shown) {
  Hdf5File file;
  file.image_ = std::make_shared<hdf5::Image>(std::move(bytes), shown, true);
  return file;
}

Hdf5Group Hdf5File::root() const { return Hdf5Group(image_, image_->root(), ""); }

void Hdf5Group::fail(const std::string& what, const std::string& why, const std::string& way_out) const {
  image_->refuse(cat(what, " in group '/", path_, "': ", why), way_out);
}

// --- Attributes

std::optional<hdf5::Attribute> Hdf5Group::attribute(const std::string& name) const {
  hdf5::Attribute result;
  for (const hdf5::Message& message : image_->object(address_))
    if (message.type == hdf5::kAttribute && hdf5::parse_attribute(*image_, message, name, result)) return result;
  return std::nullopt;
}

bool Hdf5Group::has_attribute(const std::string& name) const { return attribute(name).has_value(); }

std::optional<std::string> Hdf5Group::text(const std::string& name) const {
  const std::optional<hdf5::Attribute> found = attribute(name);
  if (!found) return std::nullopt;
  std::vector<std::string> texts = read_texts(name, *found);
  if (texts.size() != 1) fail(cat("attribute '", name, "'"), "expected one text", "this is no Keras model file");
  return std::move(texts.front());
}

std::optional<std::vector<std::string>> Hdf5Group::texts(const std::string& name) const {
  if (const auto whole = attribute(name)) return read_texts(name, *whole);
  std::vector<std::string> all;
  constexpr int kMaxChunks = 4096;  // each is looked for among all attributes
  for (int chunk = 0; chunk < kMaxChunks; ++chunk) {
    const std::string part_name = cat(name, chunk);
    const auto part = attribute(part_name);
    if (!part) break;
    std::vector<std::string> texts = read_texts(part_name, *part);
    all.insert(all.end(), std::make_move_iterator(texts.begin()), std::make_move_iterator(texts.end()));
  }
  if (all.empty()) return std::nullopt;
  return all;
}

std::vector<std::string> Hdf5Group::read_texts(const std::string& name, const hdf5::Attribute& attribute) const {
  const std::string what = cat("attribute '", name, "'");
  std::uint64_t count = attribute.space.is_null ? 0 : 1;
  for (const std::uint64_t dim : attribute.space.dims)
    if (__builtin_mul_overflow(count, dim, &count)) image_->damaged(what);
  if (count == 0) return {};  // Keras stores an empty list as numbers, not as text
  const bool is_variable = attribute.type.is(hdf5::TypeClass::kVariable) && attribute.type.is_text;
  if (!is_variable && !attribute.type.is(hdf5::TypeClass::kString))
    fail(what, "expected text", "this is no Keras model file");
  const std::uint64_t size = attribute.type.size;
  if (count > kMaxNames || size == 0 || attribute.data.size() / size < count || (is_variable && size != 16))
    image_->damaged(what);
  std::vector<std::string> result;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::string_view bytes = attribute.data.substr(i * size, size);
    if (!is_variable) {
      result.push_back(fixed_text(bytes, attribute.type.padding));
      continue;
    }
    hdf5::Cursor in(*image_, bytes, "a text");
    const std::uint64_t length = in.u32();
    const std::uint64_t heap = in.u64();
    const auto index = static_cast<std::uint32_t>(in.u32());
    const std::string_view text = length == 0 ? std::string_view() : image_->heap_object(heap, index);
    // The same long text may be named again and again: that, too, counts as memory.
    if (!image_->take(std::min<std::uint64_t>(length, text.size()))) image_->damaged(what);
    result.push_back(fixed_text(text.substr(0, length), 0));
  }
  return result;
}

// --- Members

std::uint64_t Hdf5Group::find(const std::string& path) const {
  std::uint64_t address = starts_with(path, "/") ? image_->root() : address_;
  for (const std::string& part : path_parts(path)) {
    const hdf5::Links* links = image_->links(address);
    const auto link = links == nullptr ? hdf5::Links::const_iterator{} : links->find(part);
    if (links == nullptr || link == links->end())
      fail(cat("'", path, "'"), "there is nothing of that name", "the file is incomplete; save it again");
    if (!link->second.is_hard)
      fail(cat("'", path, "'"), cat("'", part, "' is a soft or external link, which Cornu does not follow"),
           "copy the data itself into the file (h5repack, or save the model again)");
    address = link->second.address;
  }
  return address;
}

bool Hdf5Group::has(const std::string& path) const {
  std::uint64_t address = starts_with(path, "/") ? image_->root() : address_;
  for (const std::string& part : path_parts(path)) {
    const hdf5::Links* links = image_->links(address);
    if (links == nullptr) return false;
    const auto link = links->find(part);
    if (link == links->end() || !link->second.is_hard) return false;
    address = link->second.address;
  }
  return true;
}

Hdf5Group Hdf5Group::group(const std::string& path) const {
  const std::uint64_t address = find(path);
  if (image_->links(address) == nullptr) fail(cat("'", path, "'"), "expected a group", "this is no Keras model file");
  return Hdf5Group(image_, address, joined(path_, path));
}

Tensor Hdf5Group::dataset(const std::string& path) const {
  return read_dataset(*image_, find(path), joined(path_, path));
}

std::vector<std::string> Hdf5Group::members() const {
  std::vector<std::string> names;
  if (const hdf5::Links* links = image_->links(address_))
    for (const auto& [name, link] : *links) names.push_back(name);
  return names;
}

std::vector<std::string> Hdf5Group::attribute_names() const {
  std::vector<std::string> names;
  for (const hdf5::Message& message : image_->object(address_))
    if (message.type == hdf5::kAttribute) names.push_back(hdf5::attribute_name(*image_, message));
  return names;
}

}  // namespace cornu::saving

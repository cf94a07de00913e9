#include "cornu/saving/hdf5_format.h"

#include <algorithm>

#include "cornu/core/error.h"
#include "cornu/saving/hdf5_reader.h"

namespace cornu::saving::hdf5 {
namespace {

constexpr std::string_view kSignature = "\x89HDF\r\n\x1a\n";
constexpr std::size_t kMaxMessages = 1 << 16;

// The NUL-terminated text at an offset of a group's heap.
std::string heap_text(const Image& image, std::string_view heap, std::uint64_t offset, const char* what) {
  if (offset >= heap.size()) image.damaged(what);
  const std::string_view text = heap.substr(offset);
  const std::size_t length = text.find('\0');
  constexpr std::size_t kMaxName = 1 << 16;
  if (std::min(length, text.size()) > kMaxName) image.damaged(what);
  return std::string(text.substr(0, length));
}

}  // namespace

std::uint64_t Cursor::number(std::size_t bytes) {
  const std::string_view view = take(bytes);
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<unsigned char>(view[i]);
  return value;
}

std::string_view Cursor::take(std::uint64_t bytes) {
  if (bytes > left()) image_.damaged(what_);
  const std::string_view result = data_.substr(at_, bytes);
  at_ += bytes;
  return result;
}

void Cursor::align(std::size_t unit) { at_ = std::min((at_ + unit - 1) / unit * unit, data_.size()); }

void Cursor::expect(std::string_view signature) {
  if (take(signature.size()) != signature) image_.damaged(what_);
}

Image::Image(SharedBytes bytes, std::string shown, bool salvage)
    : bytes_(std::move(bytes)), shown_(std::move(shown)), salvage_(salvage) {
  // Twice the file plus room for what compresses well, and of a small file no more than deflate could have packed; a
  // file cannot make us allocate more than that in all.
  constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
  budget_ = std::min(2 * size() + 4096 * kMiB, 1100 * size() + 16 * kMiB);
  structure_budget_ = 16 * size() + kMiB;
  Cursor in(*this, bytes_.view, "the superblock");
  in.expect(kSignature);
  const std::uint64_t version = in.u8();
  if (version > 1)
    refuse("an HDF5 file in the newer layout (libver=\"latest\"), which no Keras writes",
           "convert it: h5repack --low=0 --high=0 IN OUT");
  in.skip(4);
  if (in.u8() != 8 || in.u8() != 8) refuse("an HDF5 file with addresses that are not 64-bit", "save the model again");
  in.skip(1 + 2 + 2 + 4 + (version == 1 ? 4 : 0));
  const std::uint64_t base = in.u64();
  in.skip(8);
  const std::uint64_t end = in.u64();
  in.skip(8 + 8);
  root_ = in.u64();
  if (base != 0) refuse("an HDF5 file that begins with foreign bytes", "save the model again");
  if (end > size() && !salvage_)
    throw FileError(cat(cannot_read(shown_), "  received: an HDF5 file that is cut off: ", size(), " of ", end,
                        " bytes\n", "  way out: copy or save it again"));
}

void Image::damaged(const std::string& what) const {
  throw FileError(cat(cannot_read(shown_), "  received: an HDF5 file in which ", what, " is damaged\n",
                      "  way out: copy or save it again"));
}

void Image::refuse(const std::string& what, const std::string& way_out) const {
  throw FileError(cat(cannot_read(shown_), "  received: ", what, "\n", "  way out: ", way_out));
}

std::string_view Image::at(std::uint64_t offset, std::uint64_t length) const {
  if (offset > size() || length > size() - offset) damaged("an address");
  return bytes_.view.substr(offset, length);
}

bool Image::take(std::uint64_t bytes) {
  if (bytes > budget_) return false;
  budget_ -= bytes;
  return true;
}

void Image::take_structure(std::uint64_t bytes) {
  if (bytes > structure_budget_) damaged("its structure, which claims more than a file of this size can hold,");
  structure_budget_ -= bytes;
}

// --- Objects

const Object& Image::object(std::uint64_t address) {
  const auto known = objects_.find(address);
  if (known != objects_.end()) return known->second;
  return objects_.emplace(address, parse_object(address)).first->second;
}

Object Image::parse_object(std::uint64_t address) {
  Cursor in(*this, at(address, 16), "an object header");
  if (at(address, 4) == "OHDR")
    refuse("an HDF5 file with objects in the newer layout (libver=\"latest\" or track_order), which no Keras writes",
           "convert it: h5repack --low=0 --high=0 IN OUT");
  if (in.u8() != 1) damaged("an object header");
  in.skip(1);
  const std::uint64_t count = in.u16();
  in.skip(4);
  const std::uint64_t length = in.u32();
  Object object;
  std::vector<std::string_view> blocks{at(address + 16, length)};
  // Every block holds at least one message, so damaged continuations that go round in circles end here.
  for (std::size_t i = 0; i < blocks.size() && i <= count; ++i) {
    const std::string_view block = blocks[i];
    try {
      parse_messages(block, count, object, blocks);
    } catch (const FileError&) {
      if (!salvage_) throw;  // else the messages before the damage are the object
    }
  }
  take_structure(object.size() * sizeof(Message));
  return object;
}

void Image::parse_messages(std::string_view block, std::size_t limit, Object& object,
                           std::vector<std::string_view>& continuations) const {
  Cursor in(*this, block, "an object header");
  while (in.left() >= 8 && object.size() < std::min(limit, kMaxMessages)) {
    Message message;
    message.type = static_cast<unsigned>(in.u16());
    const std::uint64_t length = in.u16();
    message.is_shared = (in.u8() & 2) != 0;
    in.skip(3);
    message.data = in.take(length);
    if (message.type == kContinuation) {
      Cursor next(*this, message.data, "an object header");
      const std::uint64_t offset = next.u64();
      continuations.push_back(at(offset, next.u64()));
    }
    object.push_back(message);
  }
}

const Message* find_message(const Object& object, unsigned type) {
  for (const Message& message : object)
    if (message.type == type) return &message;
  return nullptr;
}

// --- Groups

const Links* Image::links(std::uint64_t address) {
  const auto known = links_.find(address);
  if (known != links_.end()) return known->second.get();
  const Object& group = object(address);
  const Message* table = find_message(group, kSymbolTable);
  const Message* info = find_message(group, kLinkInfo);
  std::unique_ptr<Links> links;
  if (table != nullptr || info != nullptr) links = std::make_unique<Links>();
  if (table != nullptr) parse_symbol_table(*table, *links);
  if (info != nullptr) {
    Cursor in(*this, info->data, "a group");
    in.skip(1);
    if ((in.u8() & 1) != 0) in.skip(8);
    if (in.u64() != kUndefined)
      refuse("an HDF5 file with a group in the newer layout, which no Keras writes",
             "convert it: h5repack --low=0 --high=0 IN OUT");
    for (const Message& message : group)
      if (message.type == kLink) parse_link(message, *links);
  }
  return links_.emplace(address, std::move(links)).first->second.get();
}

void Image::parse_symbol_table(const Message& message, Links& links) {
  Cursor in(*this, message.data, "a group");
  const std::uint64_t tree = in.u64();
  Cursor heap(*this, at(in.u64(), 32), "a group's heap");
  heap.expect("HEAP");
  heap.skip(4);
  const std::uint64_t heap_size = heap.u64();
  heap.skip(8);
  const std::string_view names = at(heap.u64(), heap_size);
  // Honest nodes do not overlap, so no more entries can be there than fit into the file.
  std::uint64_t left = size() / 16 + 64;
  parse_group_node(tree, -1, names, left, links);
}

void Image::parse_group_node(std::uint64_t address, int level, std::string_view heap, std::uint64_t& left,
                             Links& links) {
  Cursor in(*this, at(address, 24), "a group's tree");
  in.expect("TREE");
  if (in.u8() != 0) damaged("a group's tree");
  const int own_level = static_cast<int>(in.u8());
  // The level falls by one at each step, so a tree that bites its tail is noticed.
  if (level >= 0 && own_level != level) damaged("a group's tree");
  const std::uint64_t count = in.u16();
  Cursor children(*this, at(address + 24, count * 16 + 8), "a group's tree");
  for (std::uint64_t i = 0; i < count; ++i) {
    children.skip(8);
    const std::uint64_t child = children.u64();
    if (left == 0) damaged("a group's tree");
    --left;
    try {
      if (own_level == 0)
        parse_symbols(child, heap, left, links);
      else
        parse_group_node(child, own_level - 1, heap, left, links);
    } catch (const FileError&) {
      if (!salvage_) throw;  // else the other branches may be whole
    }
  }
}

void Image::parse_symbols(std::uint64_t address, std::string_view heap, std::uint64_t& left, Links& links) {
  Cursor head(*this, at(address, 8), "a group's members");
  head.expect("SNOD");
  head.skip(2);
  const std::uint64_t count = head.u16();
  Cursor in(*this, at(address + 8, count * 40), "a group's members");
  for (std::uint64_t i = 0; i < count; ++i) {
    if (left == 0) damaged("a group's tree");
    --left;
    const std::uint64_t name_at = in.u64();
    Link link;
    link.address = in.u64();
    link.is_hard = in.u32() != 2;
    in.skip(4);
    const std::uint64_t target_at = in.u32();
    in.skip(12);
    link.name = heap_text(*this, heap, name_at, "the name of a group's member");
    if (!link.is_hard) link.target = heap_text(*this, heap, target_at, "a soft link");
    add_link(std::move(link), links);
  }
}

void Image::add_link(Link link, Links& links) {
  take_structure(link.name.size() + link.target.size() + sizeof(Link));
  std::string name = link.name;
  links.emplace(std::move(name), std::move(link));
}

void Image::parse_link(const Message& message, Links& links) {
  Cursor in(*this, message.data, "a link");
  in.skip(1);
  const std::uint64_t flags = in.u8();
  const std::uint64_t type = (flags & 8) != 0 ? in.u8() : 0;
  in.skip((flags & 4) != 0 ? 8 : 0);
  in.skip((flags & 16) != 0 ? 1 : 0);
  const std::uint64_t length = in.number(std::size_t{1} << (flags & 3));
  Link link;
  link.name = in.take(length);
  constexpr std::uint64_t kExternal = 64;
  link.is_hard = type == 0;
  link.is_external = type == kExternal;
  if (link.is_hard) {
    link.address = in.u64();
  } else {
    std::string_view target = in.take(in.u16());
    // An external link is a byte of flags, the name of the file and the path in it, each with a NUL behind it.
    if (link.is_external && !target.empty()) target.remove_prefix(1);
    link.target = target;
    while (!link.target.empty() && link.target.back() == '\0') link.target.pop_back();
    std::replace(link.target.begin(), link.target.end(), '\0', ':');
  }
  add_link(std::move(link), links);
}

// --- Global heap: texts of variable length

std::string_view Image::heap_object(std::uint64_t address, std::uint32_t index) {
  auto known = heaps_.find(address);
  if (known == heaps_.end()) {
    Cursor head(*this, at(address, 16), "a heap of texts");
    head.expect("GCOL");
    head.skip(4);
    const std::uint64_t length = head.u64();
    if (length < 16) damaged("a heap of texts");
    std::map<std::uint32_t, std::string_view> objects;
    Cursor in(*this, at(address, length).substr(16), "a heap of texts");
    while (in.left() >= 16) {
      const auto at_index = static_cast<std::uint32_t>(in.u16());
      in.skip(6);
      const std::uint64_t size = in.u64();
      if (at_index == 0) break;                       // the free rest
      take_structure(sizeof(std::string_view) + 48);  // a node of the map
      objects.emplace(at_index, in.take(size));
      in.align(8);
    }
    known = heaps_.emplace(address, std::move(objects)).first;
  }
  const auto found = known->second.find(index);
  if (found == known->second.end()) damaged("a heap of texts");
  return found->second;
}

}  // namespace cornu::saving::hdf5

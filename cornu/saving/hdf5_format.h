// The HDF5 file format as Keras's files use it (version 0/1 superblock, version 1 objects), read from bytes in memory.
// Why not the HDF5 library: it crashes on damaged files (a wrong heap address is enough), and a model file may come
// from anywhere. Here every offset is checked before it is used, and every loop has an end. Not here: the newer layout
// of `libver="latest"`, which no Keras writes; it is refused with a way out.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cornu/core/shape.h"
#include "cornu/saving/shared_bytes.h"

namespace cornu::saving::hdf5 {

inline constexpr std::uint64_t kUndefined = ~std::uint64_t{0};

// A member of a group.
struct Link {
  std::string name;
  std::uint64_t address = kUndefined;
  bool is_hard = false;      // a soft or external link otherwise
  bool is_external = false;  // it leads into another file
  std::string target = {};   // of a link that is not hard: a path, or "file:path"
};

struct Message {
  unsigned type = 0;
  bool is_shared = false;
  std::string_view data;
};

enum MessageType : unsigned {
  kDataspace = 0x01,
  kLinkInfo = 0x02,
  kDatatype = 0x03,
  kLink = 0x06,
  kExternalFiles = 0x07,
  kLayout = 0x08,
  kFilters = 0x0B,
  kAttribute = 0x0C,
  kContinuation = 0x10,
  kSymbolTable = 0x11,
  kAttributeInfo = 0x15,
};

enum class TypeClass : unsigned { kInteger = 0, kFloat = 1, kString = 3, kOpaque = 5, kEnum = 8, kVariable = 9 };

struct Datatype {
  unsigned type_class = 0;
  std::uint64_t size = 0;
  bool is_big_endian = false;
  bool is_signed = false;
  bool is_plain = true;        // all bits of an integer are used, a float has IEEE's layout
  unsigned exponent_bits = 0;  // of a float
  unsigned padding = 0;        // of a text: 0 ends at NUL, 1 NULs, 2 spaces
  bool is_text = false;        // of a variable-length type
  bool is(TypeClass c) const { return type_class == static_cast<unsigned>(c); }
};

struct Dataspace {
  bool is_null = false;
  std::vector<std::uint64_t> dims;
};

struct Attribute {
  Datatype type;
  Dataspace space;
  std::string_view data;
};

using Object = std::vector<Message>;
using Links = std::map<std::string, Link, std::less<>>;

// One file. What was parsed once is kept, so that names can be looked up one by one.
class Image {
 public:
  // Throws FileError when it is not an HDF5 file that this reader knows. `shown` names it in messages. With `salvage`
  // it may be cut off, and of a damaged group or object what can be read is given.
  Image(SharedBytes bytes, std::string shown, bool salvage = false);

  const std::string& shown() const { return shown_; }
  const std::shared_ptr<const void>& owner() const { return bytes_.owner; }
  std::uint64_t size() const { return bytes_.size(); }
  std::uint64_t root() const { return root_; }

  // `length` bytes at `offset`, or FileError.
  std::string_view at(std::uint64_t offset, std::uint64_t length) const;
  const Object& object(std::uint64_t address);
  // The members of a group; null when the object is no group.
  const Links* links(std::uint64_t address);
  // The object `index` of the global heap collection at `address`.
  std::string_view heap_object(std::uint64_t address, std::uint32_t index);

  // Takes `bytes` from what this file's values may still make us allocate; false when that is too much.
  bool take(std::uint64_t bytes);
  // The same for its structure (objects, links, heaps), which may overlap and so grow without end; FileError when that
  // is more than an honest file of this size needs.
  void take_structure(std::uint64_t bytes);

  [[noreturn]] void damaged(const std::string& what) const;
  [[noreturn]] void refuse(const std::string& what, const std::string& way_out) const;

 private:
  Object parse_object(std::uint64_t address);
  void parse_messages(std::string_view block, std::size_t limit, Object& object,
                      std::vector<std::string_view>& continuations) const;
  void parse_symbol_table(const Message& message, Links& links);
  void parse_group_node(std::uint64_t address, int level, std::string_view heap, std::uint64_t& left, Links& links);
  void parse_symbols(std::uint64_t address, std::string_view heap, std::uint64_t& left, Links& links);
  void parse_link(const Message& message, Links& links);
  void add_link(Link link, Links& links);

  SharedBytes bytes_;
  std::string shown_;
  std::uint64_t root_ = 0;
  std::uint64_t budget_ = 0;
  std::uint64_t structure_budget_ = 0;
  bool salvage_ = false;
  std::map<std::uint64_t, Object> objects_;
  std::map<std::uint64_t, std::unique_ptr<Links>> links_;
  std::map<std::uint64_t, std::map<std::uint32_t, std::string_view>> heaps_;
};

// Reads numbers off a view, each checked.
class Cursor {
 public:
  Cursor(const Image& image, std::string_view data, const char* what) : image_(image), data_(data), what_(what) {}
  std::uint64_t number(std::size_t bytes);
  std::uint64_t u8() { return number(1); }
  std::uint64_t u16() { return number(2); }
  std::uint64_t u32() { return number(4); }
  std::uint64_t u64() { return number(8); }
  std::string_view take(std::uint64_t bytes);
  void skip(std::uint64_t bytes) { (void)take(bytes); }
  // Skips to a multiple of `unit` bytes from the start; the padding may be missing at the end.
  void align(std::size_t unit);
  std::size_t left() const { return data_.size() - at_; }
  std::string_view rest() const { return data_.substr(at_); }
  void expect(std::string_view signature);

 private:
  const Image& image_;
  std::string_view data_;
  const char* what_;
  std::size_t at_ = 0;
};

// The first message of a type, or null.
const Message* find_message(const Object& object, unsigned type);
Datatype parse_datatype(const Image& image, std::string_view data);
Dataspace parse_dataspace(const Image& image, std::string_view data);
// The name that an attribute message gives.
std::string attribute_name(const Image& image, const Message& message);
// Fills `attribute` when the message is the attribute of that name.
bool parse_attribute(const Image& image, const Message& message, std::string_view name, Attribute& attribute);

}  // namespace cornu::saving::hdf5

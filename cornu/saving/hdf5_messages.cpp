// Types, shapes and attributes of HDF5 objects.
#include "cornu/saving/hdf5_format.h"

namespace cornu::saving::hdf5 {

Datatype parse_datatype(const Image& image, std::string_view data) {
  Cursor in(image, data, "a type");
  Datatype type;
  type.type_class = static_cast<unsigned>(in.u8() & 15);
  const std::uint64_t bits = in.number(3);
  type.size = in.u32();
  switch (static_cast<TypeClass>(type.type_class)) {
    case TypeClass::kInteger: {
      type.is_big_endian = (bits & 1) != 0;
      type.is_signed = (bits & 8) != 0;
      const std::uint64_t offset = in.u16();
      type.is_plain = offset == 0 && in.u16() == type.size * 8;
      break;
    }
    case TypeClass::kFloat: {
      type.is_big_endian = (bits & 1) != 0;
      const std::uint64_t sign_at = bits >> 8 & 255;
      in.skip(4);
      const std::uint64_t exponent_at = in.u8();
      const std::uint64_t exponent = in.u8();
      const std::uint64_t mantissa_at = in.u8();
      const std::uint64_t mantissa = in.u8();
      type.exponent_bits = static_cast<unsigned>(exponent);
      type.is_plain = (bits & 64) == 0 && mantissa_at == 0 && exponent_at == mantissa &&
                      sign_at == mantissa + exponent && sign_at + 1 == type.size * 8;
      break;
    }
    case TypeClass::kString: type.padding = static_cast<unsigned>(bits & 15); break;
    case TypeClass::kVariable: type.is_text = (bits & 15) == 1; break;
    case TypeClass::kOpaque:
    case TypeClass::kEnum: break;
    default: break;  // known by its number only; nobody reads such values
  }
  return type;
}

Dataspace parse_dataspace(const Image& image, std::string_view data) {
  Cursor in(image, data, "a shape");
  const std::uint64_t version = in.u8();
  const std::uint64_t rank = in.u8();
  in.skip(1);
  Dataspace space;
  if (version == 1)
    in.skip(5);
  else if (version == 2)
    space.is_null = in.u8() == 2;
  else
    image.damaged("a shape");
  for (std::uint64_t i = 0; i < rank; ++i) space.dims.push_back(in.u64());
  return space;
}

std::string attribute_name(const Image& image, const Message& message) {
  Cursor in(image, message.data, "an attribute");
  const std::uint64_t version = in.u8();
  in.skip(1);
  const std::uint64_t name_size = in.u16();
  in.skip(version == 3 ? 5 : 4);
  const std::string_view stored = in.take(name_size);
  return std::string(stored.substr(0, stored.find('\0')));
}

bool parse_attribute(const Image& image, const Message& message, std::string_view name, Attribute& attribute) {
  Cursor in(image, message.data, "an attribute");
  const std::uint64_t version = in.u8();
  const std::uint64_t flags = in.u8();
  const std::uint64_t name_size = in.u16();
  const std::uint64_t type_size = in.u16();
  const std::uint64_t space_size = in.u16();
  if (version < 1 || version > 3) image.damaged("an attribute");
  if (version == 3) in.skip(1);
  // Version 1 pads each part to 8 bytes; its head is 8 bytes long, so counting from the start is right.
  const auto part = [&](std::uint64_t size) {
    const std::string_view view = in.take(size);
    if (version == 1) in.align(8);
    return view;
  };
  const std::string_view stored = part(name_size);
  if (stored.substr(0, stored.find('\0')) != name) return false;
  if (version > 1 && (flags & 3) != 0) image.refuse("an attribute with a shared type", "save the model again");
  attribute.type = parse_datatype(image, part(type_size));
  attribute.space = parse_dataspace(image, part(space_size));
  attribute.data = in.rest();
  return true;
}

}  // namespace cornu::saving::hdf5

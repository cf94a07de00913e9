#include "cornu/data/npy_format.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <new>
#include <optional>

#include "cornu/core/error.h"
#include "cornu/data/file_io.h"

namespace cornu::data {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMaxHeader = 1 << 20;  // numpy itself refuses to parse more than 10,000 bytes
constexpr int kMaxRank = 64;                 // numpy 2's limit

[[noreturn]] void bad_header(const std::string& name, std::string_view received) {
  throw FileError(
      cat("\"", name, "\" is not a usable .npy file\n  received: ", received,
          "\n  expected: a header such as {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }"));
}

// A parser for the one Python literal that numpy writes: a dictionary of a string, a bool and a tuple of integers.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  void parse() {
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr" && peek() != '[')
        descr = string();
      else if (key == "descr")
        not_simple();
      else if (key == "fortran_order")
        fortran = boolean();
      else if (key == "shape")
        shape = tuple();
      else
        bad_header(name_, cat("the unknown key '", key, "'"));
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (!descr || !fortran || !shape) bad_header(name_, "a header without descr, fortran_order or shape");
  }

  std::optional<std::string> descr;
  std::optional<bool> fortran;
  std::optional<Shape> shape;

 private:
  [[noreturn]] void not_simple() {
    throw NotSupportedError(
        cat("\"", name_, "\" holds records, not one kind of number\n  received: a structured dtype\n",
            "  expected: one numeric dtype\n  save the fields apart: np.save('x.npy', a['field'])"));
  }
  char peek() {
    while (at_ < text_.size() && std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) bad_header(name_, cat("a header that breaks off or has no '", c, "' at its byte ", at_));
  }
  std::string string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') bad_header(name_, cat("no text in quotes at byte ", at_, " of the header"));
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) bad_header(name_, "a text without its closing quote");
    std::string out(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return out;
  }
  bool boolean() {
    peek();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "True" : "False";
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      return value;
    }
    bad_header(name_, "a fortran_order that is neither True nor False");
  }
  std::int64_t integer() {
    if (peek() < '0' || peek() > '9') bad_header(name_, "a shape with something that is no whole number");
    std::int64_t value = 0;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      if (value > std::numeric_limits<std::int64_t>::max() / 10 - 1) bad_header(name_, "a dimension beyond 2^63");
      value = value * 10 + (text_[at_] - '0');
    }
    accept('L');  // Python 2 wrote long integers so
    return value;
  }
  Shape tuple() {
    Shape out;
    expect('(');
    while (!accept(')')) {
      if (out.rank() == kMaxRank) bad_header(name_, cat("a shape of more than ", kMaxRank, " dimensions"));
      out.push_back(integer());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return out;
  }

  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

std::optional<DType> dtype_of_code(std::string_view code) {
  struct Row {
    std::string_view code;
    DType dtype;
  };
  constexpr Row kRows[] = {{"b1", bool_},   {"i1", int8},    {"i2", int16},   {"i4", int32},  {"i8", int64},
                           {"u1", uint8},   {"u2", uint16},  {"u4", uint32},  {"u8", uint64}, {"f2", float16},
                           {"f4", float32}, {"f8", float64}, {"V2", bfloat16}};
  for (const Row& row : kRows)
    if (row.code == code) return row.dtype;
  return std::nullopt;
}

void set_dtype(NpyHeader& header, std::string_view descr, const std::string& name) {
  const char order = descr.empty() ? '\0' : descr.front();
  const bool has_order = order == '<' || order == '>' || order == '|' || order == '=';
  const std::optional<DType> dtype = dtype_of_code(descr.substr(has_order ? 1 : 0));
  if (!dtype)
    throw NotSupportedError(
        cat("\"", name, "\" holds elements that Cornu has no dtype for\n  received: descr '", descr,
            "'\n  expected: bool, int8 ... int64, uint8 ... uint64, float16, bfloat16, float32 or float64\n",
            "  convert first: np.save('x.npy', x.astype('float32'))"));
  header.dtype = *dtype;
  constexpr bool kLittle = std::endian::native == std::endian::little;
  header.swapped = size_of(*dtype) > 1 && ((order == '>' && kLittle) || (order == '<' && !kLittle));
}

// numpy writes 0 and 1; any other byte in a C++ bool would be undefined behaviour.
void normalize_bool(Tensor& tensor) {
  auto* bytes = static_cast<std::uint8_t*>(tensor.mutable_raw());
  for (std::int64_t i = 0; i < tensor.size(); ++i) bytes[i] = bytes[i] != 0;
}

// From elements as they lay in the file to a C-ordered tensor of this machine. `raw` has the shape that Fortran order
// reads as: reversed.
Tensor finish(Tensor raw, const NpyHeader& header) {
  if (header.dtype == bool_) normalize_bool(raw);
  if (header.swapped) swap_bytes(raw.mutable_raw(), raw.size(), size_of(header.dtype));
  return header.fortran ? raw.transpose() : raw;
}

Shape stored_shape(const NpyHeader& header) {
  if (!header.fortran) return header.shape;
  return Shape(std::vector<std::int64_t>(header.shape.dims().rbegin(), header.shape.dims().rend()));
}

}  // namespace

std::size_t npy_header_bytes(std::span<const std::uint8_t> prefix, std::uint64_t available, const std::string& name) {
  if (prefix.size() < kNpyPrefix || std::memcmp(prefix.data(), kMagic.data(), kMagic.size()) != 0)
    bad_header(name, cat("a file of ", available, " bytes that does not begin with numpy's magic"));
  const int major = prefix[6];
  if (major < 1 || major > 3) bad_header(name, cat("format version ", major, ".", static_cast<int>(prefix[7])));
  std::size_t length = prefix[8] | static_cast<std::size_t>(prefix[9]) << 8;
  if (major > 1) length |= static_cast<std::size_t>(prefix[10]) << 16 | static_cast<std::size_t>(prefix[11]) << 24;
  const std::size_t total = length + (major == 1 ? 10 : 12);
  if (total > kMaxHeader || total > available || total < kNpyPrefix)
    bad_header(name, cat("a header that claims ", length, " bytes in a file of ", available));
  return total;
}

NpyHeader parse_npy_header(std::span<const std::uint8_t> header, std::uint64_t payload, const std::string& name) {
  const std::size_t start = header[6] == 1 ? 10 : 12;
  HeaderParser parser({reinterpret_cast<const char*>(header.data()) + start, header.size() - start}, name);
  parser.parse();
  NpyHeader out;
  set_dtype(out, *parser.descr, name);
  out.fortran = *parser.fortran;
  out.shape = *parser.shape;
  // Zeros are left out of the product: no dimension, however large, may overflow the ones beside it.
  std::uint64_t elements = 1;
  for (const std::int64_t d : out.shape)
    if (d != 0 && elements > (std::uint64_t{1} << 56) / static_cast<std::uint64_t>(d))
      bad_header(name, cat("shape ", out.shape, ", larger than any memory"));
    else
      elements *= d == 0 ? 1 : static_cast<std::uint64_t>(d);
  const std::uint64_t bytes = static_cast<std::uint64_t>(out.shape.size()) * size_of(out.dtype);
  if (bytes > payload)
    throw FileError(cat("\"", name, "\" is cut off\n  received: ", payload, " bytes of elements\n  expected: ", bytes,
                        " bytes for shape ", out.shape, " of ", name_of(out.dtype), "\n  copy or save the file again"));
  return out;
}

Tensor read_npy(const std::function<void(void*, std::size_t)>& read_exactly, std::uint64_t total,
                const std::string& name) {
  std::vector<std::uint8_t> header(kNpyPrefix);
  if (total < kNpyPrefix) bad_header(name, cat("a file of ", total, " bytes"));
  read_exactly(header.data(), kNpyPrefix);
  header.resize(npy_header_bytes(header, total, name));
  read_exactly(header.data() + kNpyPrefix, header.size() - kNpyPrefix);
  const NpyHeader parsed = parse_npy_header(header, total - header.size(), name);
  try {
    Tensor raw = Tensor::empty(stored_shape(parsed), parsed.dtype);
    if (raw.bytes() > 0) read_exactly(raw.mutable_raw(), raw.bytes());
    return finish(std::move(raw), parsed);
  } catch (const std::bad_alloc&) {
    throw FileError(cat("\"", name, "\" does not fit into memory\n  received: shape ", parsed.shape, " of ",
                        name_of(parsed.dtype), "\n  either split the array or use a machine with more memory"));
  }
}

Tensor npy_from_blob(const Tensor& blob, const std::string& name) {
  const auto bytes = bytes_of(blob);
  const std::size_t length = npy_header_bytes(bytes.first(std::min(bytes.size(), kNpyPrefix)), bytes.size(), name);
  const NpyHeader parsed = parse_npy_header(bytes.first(length), bytes.size() - length, name);
  return finish(view(blob, length, stored_shape(parsed), parsed.dtype), parsed);
}

std::string npy_header_of(const Tensor& tensor) {
  const char kind = tensor.dtype() == bool_               ? 'b'
                    : tensor.dtype() == bfloat16          ? 'V'
                    : is_floating(tensor.dtype())         ? 'f'
                    : is_unsigned_integer(tensor.dtype()) ? 'u'
                                                          : 'i';
  const std::size_t width = size_of(tensor.dtype());
  const char order = width == 1 ? '|' : std::endian::native == std::endian::little ? '<' : '>';
  std::string dictionary =
      cat("{'descr': '", order, kind, width, "', 'fortran_order': False, 'shape': ", tensor.shape(), ", }");
  // numpy leaves room for the first dimension to grow in place, and pads even when nothing is missing: same bytes.
  if (tensor.rank() > 0) dictionary.append(21 - std::to_string(tensor.shape()[0]).size(), ' ');
  constexpr std::size_t kPrefix = 10, kAlignment = 64;
  dictionary.append(kAlignment - (kPrefix + dictionary.size() + 1) % kAlignment, ' ');
  dictionary += '\n';
  std::string out(kMagic);
  out += {'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff), static_cast<char>(dictionary.size() >> 8)};
  return out + dictionary;
}

}  // namespace cornu::data

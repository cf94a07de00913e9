#include "tests/export/onnx_reader.h"

#include <stdexcept>

namespace cornu::export_test {
namespace {

std::uint64_t varint(std::string_view& bytes) {
  std::uint64_t out = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) throw std::runtime_error("a number that has no end");
    const auto byte = static_cast<unsigned char>(bytes[0]);
    bytes.remove_prefix(1);
    out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return out;
  }
  throw std::runtime_error("a number of more than ten bytes");
}

std::string_view taken(std::string_view& bytes, std::uint64_t count) {
  if (count > bytes.size()) throw std::runtime_error("a length beyond the end");
  const std::string_view out = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return out;
}

std::string shape_of(const Decoded& value_info) {
  std::string out = "(";
  const Decoded type(value_info.all(2).at(0)), tensor(type.all(1).at(0)), shape(tensor.all(2).at(0));
  for (const std::string_view d : shape.all(1)) {
    const Decoded dim(d);
    const std::string length = dim.value(1) >= 0 ? std::to_string(dim.value(1)) : dim.text(2);
    out += (out.size() > 1 ? ", " : "") + (length.empty() ? "?" : length);
  }
  return out + ")";
}

}  // namespace

Decoded::Decoded(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::uint64_t key = varint(bytes);
    Field field{static_cast<int>(key >> 3), 0, {}};
    switch (key & 7) {
      case 0: field.value = varint(bytes); break;
      case 2: field.bytes = taken(bytes, varint(bytes)); break;
      case 1: taken(bytes, 8); break;
      case 5: taken(bytes, 4); break;
      default: throw std::runtime_error("a kind of field that there is none of");
    }
    fields.push_back(field);
  }
}

std::vector<std::string_view> Decoded::all(int number) const {
  std::vector<std::string_view> out;
  for (const Field& f : fields)
    if (f.number == number) out.push_back(f.bytes);
  return out;
}

std::string Decoded::text(int number) const {
  const std::vector<std::string_view> found = all(number);
  return found.empty() ? "" : std::string(found.back());
}

std::int64_t Decoded::value(int number) const {
  std::int64_t out = -1;
  for (const Field& f : fields)
    if (f.number == number) out = static_cast<std::int64_t>(f.value);
  return out;
}

std::vector<std::string> OnnxModel::ops() const {
  std::vector<std::string> out;
  for (const OnnxNode& n : nodes) out.push_back(n.op);
  return out;
}

OnnxModel read_onnx(std::string_view bytes) {
  const Decoded model(bytes), graph(model.all(7).at(0)), opset(model.all(8).at(0));
  OnnxModel out{opset.value(2), model.value(1), {}, {}, {}, {}};
  for (const std::string_view n : graph.all(1)) {
    const Decoded node(n);
    OnnxNode read{node.text(4), {}, {}};
    for (const std::string_view name : node.all(1)) read.inputs.emplace_back(name);
    for (const std::string_view name : node.all(2)) read.outputs.emplace_back(name);
    out.nodes.push_back(std::move(read));
  }
  for (const std::string_view t : graph.all(5)) {
    const Decoded tensor(t);
    OnnxTensor read{{}, tensor.value(2), tensor.all(9).at(0).size()};
    for (const Decoded::Field& f : tensor.fields)
      if (f.number == 1) read.dims.push_back(static_cast<std::int64_t>(f.value));
    out.constants[tensor.text(8)] = read;
  }
  for (const std::string_view i : graph.all(11)) out.inputs[Decoded(i).text(1)] = shape_of(Decoded(i));
  for (const std::string_view o : graph.all(12)) out.outputs[Decoded(o).text(1)] = shape_of(Decoded(o));
  return out;
}

}  // namespace cornu::export_test

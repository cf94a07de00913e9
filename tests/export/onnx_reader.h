// What a test reads out of a .onnx file: a Protocol Buffers decoder of its own, so that a mistake of the encoder is
// none of the test's, too.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cornu::export_test {

// One message: its fields in the order of the bytes. Throws std::runtime_error for what is no encoding.
struct Decoded {
  struct Field {
    int number;
    std::uint64_t value;     // of a varint, or of four or eight bytes
    std::string_view bytes;  // of a text, a message or packed numbers
  };
  std::vector<Field> fields;
  explicit Decoded(std::string_view bytes);
  std::vector<std::string_view> all(int number) const;
  std::string text(int number) const;    // "": there is none
  std::int64_t value(int number) const;  // -1: there is none
};

struct OnnxNode {
  std::string op;
  std::vector<std::string> inputs, outputs;
};
struct OnnxTensor {
  std::vector<std::int64_t> dims;
  std::int64_t dtype;
  std::size_t bytes;
};
// "(N, 28, 28, 1)"
struct OnnxModel {
  std::int64_t opset, ir_version;
  std::vector<OnnxNode> nodes;
  std::map<std::string, OnnxTensor> constants;
  std::map<std::string, std::string> inputs, outputs;  // names and shapes
  std::vector<std::string> ops() const;
};
OnnxModel read_onnx(std::string_view bytes);

}  // namespace cornu::export_test

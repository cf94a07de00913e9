// Protocol Buffers as bytes: the few lines of the encoding that ONNX needs, instead of a library.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace cornu::onnx {

// One message, field by field in the order in which they are added. Large payloads are not copied: a model's weights
// stay where they are until write().
class Message {
 public:
  void number(int field, std::int64_t value);
  void real(int field, float value);
  void text(int field, std::string_view value);
  void message(int field, Message value);
  // `data` outlives the message.
  void borrowed(int field, const void* data, std::size_t size);

  // Bytes of the encoded message.
  std::size_t size() const { return size_; }
  void write(std::ostream& out) const;

 private:
  // Text of its own, then memory of somebody else.
  struct Piece {
    std::string own;
    const void* data = nullptr;
    std::size_t size = 0;
  };
  std::string& open();
  void append(std::string_view bytes);
  void varint(std::uint64_t value);
  void key(int field, int wire_type);

  std::vector<Piece> pieces_;
  std::size_t size_ = 0;
};

}  // namespace cornu::onnx

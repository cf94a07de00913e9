#include "cornu/export/onnx/protobuf.h"

#include <cstring>

namespace cornu::onnx {
namespace {

// What follows a key: https://protobuf.dev/programming-guides/encoding
constexpr int kVarint = 0, kLength = 2, kFourBytes = 5;

}  // namespace

std::string& Message::open() {
  if (pieces_.empty() || pieces_.back().data) pieces_.emplace_back();
  return pieces_.back().own;
}

void Message::append(std::string_view bytes) {
  open().append(bytes);
  size_ += bytes.size();
}

void Message::varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>((value & 0x7f) | 0x80);
  append(bytes + static_cast<char>(value));
}

void Message::key(int field, int wire_type) { varint(static_cast<std::uint64_t>(field) << 3 | wire_type); }

void Message::number(int field, std::int64_t value) {
  key(field, kVarint);
  varint(static_cast<std::uint64_t>(value));
}

void Message::real(int field, float value) {
  key(field, kFourBytes);
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(bits >> shift & 0xff);
  append(bytes);
}

void Message::text(int field, std::string_view value) {
  key(field, kLength);
  varint(value.size());
  append(value);
}

void Message::message(int field, Message value) {
  key(field, kLength);
  varint(value.size_);
  for (Piece& piece : value.pieces_) {
    open().append(piece.own);
    if (piece.data) pieces_.push_back({"", piece.data, piece.size});
  }
  size_ += value.size_;
}

void Message::borrowed(int field, const void* data, std::size_t size) {
  key(field, kLength);
  varint(size);
  if (size > 0) pieces_.push_back({"", data, size});
  size_ += size;
}

void Message::write(std::ostream& out) const {
  for (const Piece& piece : pieces_) {
    out.write(piece.own.data(), static_cast<std::streamsize>(piece.own.size()));
    if (piece.data) out.write(static_cast<const char*>(piece.data), static_cast<std::streamsize>(piece.size));
  }
}

}  // namespace cornu::onnx

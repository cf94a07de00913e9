#include "cornu/saving/stored_zip.h"

#include <libdeflate.h>

#include <algorithm>

namespace cornu::saving {
namespace {

// Above these zipfile goes over to 64-bit sizes.
constexpr std::uint64_t kLimit = (std::uint64_t{1} << 31) - 1;

bool is_large(std::uint64_t size) { return static_cast<double>(size) * 1.05 > static_cast<double>(kLimit); }

class Bytes {
 public:
  Bytes& u16(std::uint64_t value) { return put(value, 2); }
  Bytes& u32(std::uint64_t value) { return put(value, 4); }
  Bytes& u64(std::uint64_t value) { return put(value, 8); }
  Bytes& text(std::string_view value) {
    bytes_.append(value);
    return *this;
  }
  std::string take() { return std::move(bytes_); }

 private:
  Bytes& put(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
    return *this;
  }
  std::string bytes_;
};

std::uint64_t dos_time(const std::tm& t) {
  return static_cast<std::uint64_t>(t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec / 2);
}
std::uint64_t dos_date(const std::tm& t) {
  return static_cast<std::uint64_t>(std::clamp(t.tm_year - 80, 0, 127) << 9 | (t.tm_mon + 1) << 5 | t.tm_mday);
}

std::uint64_t size_of(const ZipMember& member) {
  std::uint64_t size = 0;
  for (const std::string_view piece : member.bytes) size += piece.size();
  return size;
}

// The fields that local and central header share, from "version needed" to "extra length".
void common_fields(Bytes& out, const ZipMember& member, std::uint64_t crc, bool zip64, std::size_t extra) {
  const std::uint64_t size = zip64 ? 0xffffffff : size_of(member);
  out.u16(is_large(size_of(member)) ? 45 : 20).u16(0).u16(0);  // no flags, stored
  out.u16(dos_time(member.time)).u16(dos_date(member.time));
  out.u32(crc).u32(size).u32(size);
  out.u16(member.name.size()).u16(extra);
}

std::string local_header(const ZipMember& member, std::uint64_t crc) {
  const bool zip64 = is_large(size_of(member));
  Bytes out;
  out.u32(0x04034b50);
  common_fields(out, member, crc, zip64, zip64 ? 20 : 0);
  out.text(member.name);
  if (zip64) out.u16(1).u16(16).u64(size_of(member)).u64(size_of(member));
  return out.take();
}

std::string central_header(const ZipMember& member, std::uint64_t crc, std::uint64_t offset) {
  const bool large_size = size_of(member) > kLimit;
  const bool large_offset = offset > kLimit;
  const std::size_t values = (large_size ? 16 : 0) + (large_offset ? 8 : 0);
  Bytes out;
  out.u32(0x02014b50).u16(std::uint64_t{3} << 8 | (is_large(size_of(member)) ? 45 : 20));  // made on Unix
  common_fields(out, member, crc, large_size, values == 0 ? 0 : values + 4);
  out.u16(0).u16(0).u16(0);                                      // no comment, first disk, binary
  out.u32(0600u << 16).u32(large_offset ? 0xffffffff : offset);  // readable by its owner
  out.text(member.name);
  if (values != 0) out.u16(1).u16(values);
  if (large_size) out.u64(size_of(member)).u64(size_of(member));
  if (large_offset) out.u64(offset);
  return out.take();
}

std::string end_record(std::size_t count, std::uint64_t size, std::uint64_t offset) {
  const bool zip64 = offset > kLimit || count > 0xffff;
  Bytes out;
  if (zip64) {
    out.u32(0x06064b50).u64(44).u16(45).u16(45).u32(0).u32(0).u64(count).u64(count).u64(size).u64(offset);
    out.u32(0x07064b50).u32(0).u64(offset + size).u32(1);
  }
  const std::uint64_t short_count = std::min<std::uint64_t>(count, 0xffff);
  const std::uint64_t short_offset = std::min<std::uint64_t>(offset, 0xffffffff);
  out.u32(0x06054b50).u16(0).u16(0).u16(short_count).u16(short_count);
  out.u32(std::min<std::uint64_t>(size, 0xffffffff)).u32(short_offset).u16(0);
  return out.take();
}

}  // namespace

std::tm zip_epoch() {
  std::tm time{};
  time.tm_year = 80;
  time.tm_mday = 1;
  return time;
}

std::vector<std::string_view> stored_zip(const std::vector<ZipMember>& members, std::vector<std::string>& storage) {
  storage.clear();
  storage.reserve(members.size() + 1);  // the views below must stay valid
  std::vector<std::string_view> parts;
  std::string central;
  std::uint64_t offset = 0;
  for (const ZipMember& member : members) {
    std::uint32_t crc = 0;
    for (const std::string_view piece : member.bytes) crc = libdeflate_crc32(crc, piece.data(), piece.size());
    central += central_header(member, crc, offset);
    storage.push_back(local_header(member, crc));
    parts.push_back(storage.back());
    parts.insert(parts.end(), member.bytes.begin(), member.bytes.end());
    offset += storage.back().size() + size_of(member);
  }
  storage.push_back(central + end_record(members.size(), central.size(), offset));
  parts.push_back(storage.back());
  return parts;
}

}  // namespace cornu::saving

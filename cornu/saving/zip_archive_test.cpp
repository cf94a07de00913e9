// Archives written here byte by byte, as APPNOTE.TXT describes them: what other writers make, and what they never
// would.
#include "cornu/saving/zip_archive.h"

#include <gtest/gtest.h>
#include <libdeflate.h>

#include "cornu/core/error.h"

namespace cornu::saving {
namespace {

void put(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
}

std::string deflated(const std::string& text) {
  std::string out(text.size() + 100, '\0');
  libdeflate_compressor* const c = libdeflate_alloc_compressor(6);
  out.resize(libdeflate_deflate_compress(c, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(c);
  return out;
}

struct Form {
  bool deflate = false, zip64 = false, link = false, encrypted = false;
  std::string comment = "";
  std::uint64_t claimed = 0;  // not 0: the size that the directory claims
};

// One member, "a.txt".
std::string archive(const std::string& text, const Form& form) {
  const std::string name = "a.txt", stored = form.deflate ? deflated(text) : text;
  const std::uint32_t crc = libdeflate_crc32(0, text.data(), text.size());
  const std::uint64_t size = form.claimed != 0 ? form.claimed : text.size(), full = 0xffffffff;
  std::string out;
  const auto common = [&](bool wide) {
    put(out, form.encrypted ? 1 : 0, 2);
    put(out, form.deflate ? 8 : 0, 2);
    put(out, 0, 4);
    put(out, crc, 4);
    put(out, wide ? full : stored.size(), 4);
    put(out, wide ? full : size, 4);
    put(out, name.size(), 2);
    put(out, wide ? 28 : 0, 2);
  };
  out += "PK\x03\x04";
  put(out, 20, 2);
  common(false);
  out += name + stored;
  const std::uint64_t directory = out.size();
  out += "PK\x01\x02";
  put(out, 3 << 8 | 20, 2);
  put(out, 20, 2);
  common(form.zip64);
  put(out, 0, 6);
  put(out, (form.link ? 0120777ULL : 0100644ULL) << 16, 4);
  put(out, form.zip64 ? full : 0, 4);
  out += name;
  if (form.zip64) {
    put(out, 1, 2);
    put(out, 24, 2);
    for (const std::uint64_t v : {size, std::uint64_t{stored.size()}, std::uint64_t{0}}) put(out, v, 8);
  }
  const std::uint64_t end = out.size();
  if (form.zip64) {
    out += "PK\x06\x06";
    put(out, 44, 8);
    put(out, 0, 12);
    for (const std::uint64_t v : {std::uint64_t{1}, std::uint64_t{1}, end - directory, directory}) put(out, v, 8);
    out += "PK\x06\x07";
    put(out, 0, 4);
    put(out, end, 8);
    put(out, 1, 4);
  }
  out += "PK\x05\x06";
  put(out, 0, 4);
  put(out, form.zip64 ? 0xffff : 1, 2);
  put(out, form.zip64 ? 0xffff : 1, 2);
  put(out, form.zip64 ? full : end - directory, 4);
  put(out, form.zip64 ? full : directory, 4);
  put(out, form.comment.size(), 2);
  return out + form.comment;
}

std::string read(const std::string& bytes) {
  return ZipArchive::open_image(bytes, "m.keras").read("a.txt", 1 << 20).value_or("nothing");
}

void expect_refused(const std::string& bytes, const std::string& part) {
  try {
    read(bytes);
    ADD_FAILURE() << "nothing was thrown, expected: " << part;
  } catch (const FileError& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(ZipArchive, ReadsEveryForm) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "cornu ";
  EXPECT_EQ(read(archive(text, {})), text);
  EXPECT_EQ(read(archive(text, {.deflate = true})), text);
  EXPECT_EQ(read(archive(text, {.deflate = true, .zip64 = true})), text);
  EXPECT_EQ(read(archive(text, {.comment = "a comment with PK\x05\x06 in it"})), text);
  EXPECT_EQ(read(archive("", {})), "");
  EXPECT_TRUE(ZipArchive::open_image(archive("x", {.link = true}), "m").entries().at(0).is_link);
  EXPECT_FALSE(ZipArchive::open_image(archive("x", {}), "m").entries().at(0).is_link);
}

TEST(ZipArchive, RefusesWhatIsNotWhole) {
  const std::string whole = archive("some text that is stored", {});
  for (std::size_t size = 0; size < whole.size(); ++size) expect_refused(whole.substr(0, size), "cut off or damaged");
  std::string changed = whole;
  changed[40] ^= 1;  // in the text
  expect_refused(changed, "checksum of member 'a.txt'");
  std::string broken = archive(std::string(1000, 'x'), {.deflate = true});
  broken[36] ^= 0x7f;
  expect_refused(broken, "member 'a.txt'");
  expect_refused(archive("x", {.encrypted = true}), "encrypted");
}

TEST(ZipArchive, BelievesNoSize) {
  expect_refused(archive("x", {.claimed = 1 << 19}), "claims");
  expect_refused(archive("x", {.deflate = true, .claimed = 1 << 19}), "claims");
  expect_refused(archive("xx", {.deflate = true, .claimed = 3}), "cut off or damaged");
  // A directory that leads out of the file.
  std::string bytes = archive("x", {});
  bytes[bytes.size() - 6 + 3] = '\x7f';
  expect_refused(bytes, "leads out of the file");
}

}  // namespace
}  // namespace cornu::saving

// For tests only: text of files, and gzip by libdeflate.
#pragma once

#include <gtest/gtest.h>
#include <libdeflate.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>

#include "cornu/core/error.h"
#include "cornu/core/test_folder.h"

namespace cornu::data {

inline std::string read_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::string gzip(const std::string& text) {
  libdeflate_compressor* c = libdeflate_alloc_compressor(6);
  std::string out(libdeflate_gzip_compress_bound(c, text.size()), '\0');
  out.resize(libdeflate_gzip_compress(c, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(c);
  return out;
}

// An IDX file of bytes: code 0x08.
inline std::string idx_bytes(std::initializer_list<unsigned> dims, const std::string& elements, char code = 0x08) {
  std::string out = {'\0', '\0', code, static_cast<char>(dims.size())};
  for (const unsigned d : dims)
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(d >> shift);
  return out + elements;
}

// tests/data of this source tree.
inline std::string fixture(const std::string& name) { return (std::filesystem::path(CORNU_TEST_DATA) / name).string(); }

// What the call threw, or "" when it threw nothing; the test fails when it was not a cornu::Error.
template <class F>
std::string error_of(F&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "not one of Cornu's errors: " << error.what();
  }
  return "";
}

}  // namespace cornu::data

#include "cornu/data/npy.h"

#include "cornu/data/npy_format.h"
#include "cornu/data/test_files.h"

namespace cornu::data {
namespace {

const std::vector<double> kSix = {0, 1, 2, 3, 4, 5};

TEST(Npy, ReadsEveryDtypeThatNumpyWrote) {
  for (const DType d :
       {bool_, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, bfloat16, float32, float64}) {
    const Tensor t = load_npy(fixture(cat("npy/", name_of(d), ".npy")));
    EXPECT_EQ(t.dtype(), d);
    EXPECT_EQ(t.shape(), (Shape{2, 3}));
    for (int i = 0; i < 6; ++i) EXPECT_EQ(t.at(i), d == bool_ ? i % 2 : i) << name_of(d);
  }
}

TEST(Npy, WritesTheBytesThatNumpyWrites) {
  const TemporaryFolder folder;
  for (const char* name :
       {"bool", "int8", "uint16", "int64", "float16", "bfloat16", "float32", "float64", "scalar", "empty"}) {
    const std::string path = fixture(cat("npy/", name, ".npy"));
    save_npy(folder / "out.npy", load_npy(path));
    EXPECT_EQ(read_text(folder / "out.npy"), read_text(path)) << name;
  }
}

TEST(Npy, ReadsFortranOrderBothByteOrdersAndAllVersions) {
  EXPECT_EQ(load_npy(fixture("npy/fortran.npy")).to_vector<double>(), kSix);
  EXPECT_EQ(load_npy(fixture("npy/big_endian.npy")).to_vector<double>(), kSix);
  EXPECT_EQ(load_npy(fixture("npy/version2.npy")).to_vector<double>(), kSix);
  EXPECT_EQ(load_npy(fixture("npy/version3.npy")).to_vector<double>(), kSix);
  const Tensor both = load_npy(fixture("npy/big_endian_fortran.npy"));
  EXPECT_EQ(both.shape(), (Shape{2, 3, 4}));
  for (int i = 0; i < 24; ++i) EXPECT_EQ(both.at(i), i);
  EXPECT_EQ(load_npy(fixture("npy/scalar.npy")).item(), 2.5);
  EXPECT_EQ(load_npy(fixture("npy/empty.npy")).shape(), (Shape{0, 3}));
}

TEST(Npy, NamesWhatItCannotHold) {
  EXPECT_THROW(load_npy(fixture("npy/complex.npy")), NotSupportedError);
  EXPECT_THROW(load_npy(fixture("npy/text.npy")), NotSupportedError);
  EXPECT_THROW(load_npy(fixture("npy/records.npy")), NotSupportedError);
  EXPECT_NE(error_of([] { load_npy(fixture("npy/complex.npy")); }).find("<c8"), std::string::npos);
}

TEST(Npy, EveryTruncationIsAFileError) {
  const TemporaryFolder folder;
  const std::string whole = read_text(fixture("npy/float32.npy"));
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_THROW(load_npy(folder.write("cut.npy", whole.substr(0, n))), FileError) << n << " bytes";
}

TEST(Npy, EveryFlippedByteIsAnErrorOrAnArray) {
  const TemporaryFolder folder;
  const std::string whole = read_text(fixture("npy/int16.npy"));
  for (std::size_t n = 0; n < whole.size(); ++n)
    for (const int bit : {0, 3, 7}) {
      std::string bytes = whole;
      bytes[n] = static_cast<char>(bytes[n] ^ (1 << bit));
      error_of([&] { load_npy(folder.write("flipped.npy", bytes)); });
    }
}

std::string with_header(std::string dictionary) {
  dictionary.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dictionary + "\n" + std::string(64, 'x');
}

TEST(Npy, HostileShapesAllocateNothing) {
  const TemporaryFolder folder;
  for (const char* shape :
       {"(1000000000000,)", "(4294967296, 4294967296, 4294967296)", "(9223372036854775807,)",
        "(99999999999999999999999,)", "(0, 9223372036854775807, 9223372036854775807)", "(-1,)", "(3", "3", "(a,)"}) {
    const std::string path = folder.write(
        "hostile.npy", with_header(cat("{'descr': '<f4', 'fortran_order': False, 'shape': ", shape, ", }")));
    EXPECT_THROW(load_npy(path), FileError) << shape;
  }
  for (const char* header :
       {"", "{}", "{'descr': '<f4'", "{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", "{'descr: 1}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'extra': 1}", "import os"})
    EXPECT_THROW(load_npy(folder.write("hostile.npy", with_header(header))), FileError) << header;
  EXPECT_EQ(
      load_npy(folder.write("python2.npy", with_header("{\"shape\":(4L,2L), 'descr':'=i8',\n'fortran_order':False}")))
          .shape(),
      (Shape{4, 2}));
}

TEST(Npy, BoolBytesOtherThanOneAreTrue) {
  const TemporaryFolder folder;
  const Tensor t =
      load_npy(folder.write("b.npy", with_header("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }")));
  EXPECT_EQ(t.sum(), 2);
}

TEST(Npy, SaysWhyAFileCannotBeOpenedOrWritten) {
  const TemporaryFolder folder;
  EXPECT_THROW(load_npy(folder / "absent.npy"), FileError);
  EXPECT_THROW(load_npy(folder.path()), FileError);
  EXPECT_THROW(save_npy(folder / "no/such/folder.npy", Tensor({2})), FileError);
  EXPECT_THROW(save_npy(folder.path(), Tensor({2})), FileError);
  EXPECT_THROW(save_npy("/dev/full", Tensor({2})), FileError);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));  // no temporary file stays behind
}

TEST(Npz, ReadsStoredAndDeflated) {
  for (const char* name : {"npy/stored.npz", "npy/deflated.npz"}) {
    const auto arrays = load_npz(fixture(name));
    ASSERT_EQ(arrays.size(), 2u);
    EXPECT_EQ(arrays[0].name, "x");
    EXPECT_EQ(arrays[1].name, "y");
    EXPECT_EQ(arrays[0].value.at(5), 5.0);
    EXPECT_EQ(arrays[1].value, Tensor::from<std::int64_t>({1, 2}));
    EXPECT_EQ(load_npz(fixture(name), "y.npy"), arrays[1].value);
  }
}

TEST(Npz, RoundTrips) {
  const TemporaryFolder folder;
  const std::vector<NamedArray> arrays = {
      {"y1", Tensor::full({100, 3}, 0.5)}, {"y0", Tensor({0, 2}, int8)}, {"a/b", Tensor::scalar(7.0)}};
  for (const bool compress : {false, true}) {
    save_npz(folder / "out.npz", arrays, {.compress = compress});
    const auto back = load_npz(folder / "out.npz");
    ASSERT_EQ(back.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(back[i].name, arrays[i].name);
      EXPECT_EQ(back[i].value, arrays[i].value);
    }
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Npz, SameArraysGiveSameBytes) {
  const TemporaryFolder folder;
  save_npz(folder / "a.npz", {{"x", Tensor({2})}});
  save_npz(folder / "b.npz", {{"x", Tensor({2})}});
  EXPECT_EQ(read_text(folder / "a.npz"), read_text(folder / "b.npz"));
}

TEST(Npz, NamesTheArraysThereAre) {
  const std::string message = error_of([] { load_npz(fixture("npy/stored.npz"), "z"); });
  EXPECT_NE(message.find("x, y"), std::string::npos) << message;
  const TemporaryFolder folder;
  EXPECT_THROW(save_npz(folder / "x.npz", {{"x", Tensor()}, {"x", Tensor()}}), ValueError);
  EXPECT_THROW(save_npz(folder / "x.npz", {{"", Tensor()}}), ValueError);
  EXPECT_THROW(save_npz(folder / "x.npz", {}), ValueError);
  EXPECT_THROW(save_npz(folder / "no/folder/x.npz", {{"x", Tensor()}}), FileError);
  EXPECT_THROW(load_npz(folder / "absent.npz"), FileError);
}

TEST(Npz, DamageIsFound) {
  const TemporaryFolder folder;
  for (const char* name : {"npy/stored.npz", "npy/deflated.npz"}) {
    const std::string whole = read_text(fixture(name));
    for (std::size_t n = 0; n < whole.size(); n += 3)
      EXPECT_NE(error_of([&] { load_npz(folder.write("cut.npz", whole.substr(0, n))); }), "") << n;
    for (std::size_t n = 0; n < whole.size(); ++n) {
      std::string bytes = whole;
      bytes[n] = static_cast<char>(bytes[n] ^ 0x55);
      error_of([&] { load_npz(folder.write("flipped.npz", bytes)); });  // an error, or a harmless field: never a crash
    }
  }
  std::string bytes = read_text(fixture("npy/stored.npz"));
  bytes[bytes.find("NUMPY") + 125] = 'Z';  // inside the elements: only the checksum can tell
  EXPECT_THROW(load_npz(folder.write("changed.npz", bytes)), FileError);
}

}  // namespace
}  // namespace cornu::data

#include "cornu/data/idx.h"

#include <chrono>

#include "cornu/data/gzip.h"
#include "cornu/data/test_files.h"

namespace cornu::data {
namespace {

TEST(Idx, ReadsPlainAndGzipped) {
  const TemporaryFolder folder;
  const std::string bytes = idx_bytes({2, 2, 3}, std::string("abcdefghijkl"));
  for (const std::string& path : {folder.write("images", bytes), folder.write("images.gz", gzip(bytes))}) {
    const Tensor t = load_idx(path);
    EXPECT_EQ(t.shape(), (Shape{2, 2, 3}));
    EXPECT_EQ(t.dtype(), uint8);
    EXPECT_EQ(t.at(11), 'l');
    Tensor copy = t;
    copy.mutable_data<std::uint8_t>()[0] = 0;  // detaches: the tensor borrows from what was read
    EXPECT_EQ(t.at(0), 'a');
  }
}

TEST(Idx, ReadsTheOtherElementCodes) {
  const TemporaryFolder folder;
  EXPECT_EQ(load_idx(folder.write("i8", idx_bytes({1}, "\xff", 0x09))), Tensor::from<std::int8_t>({-1}));
  EXPECT_EQ(load_idx(folder.write("i16", idx_bytes({1}, std::string("\x01\x02", 2), 0x0B))),
            Tensor::from<std::int16_t>({258}));
  EXPECT_EQ(load_idx(folder.write("i32", idx_bytes({1}, std::string("\0\0\x01\x02", 4), 0x0C))),
            Tensor::from<std::int32_t>({258}));
  EXPECT_EQ(load_idx(folder.write("f32", idx_bytes({1}, std::string("\x3f\x80\0\0", 4), 0x0D))),
            Tensor::from<float>({1.0f}));
  EXPECT_EQ(load_idx(folder.write("f64", idx_bytes({1}, std::string("\x3f\xf0\0\0\0\0\0\0", 8), 0x0E))),
            Tensor::from<double>({1.0}));
  EXPECT_EQ(load_idx(folder.write("empty", idx_bytes({0, 28, 28}, ""))).shape(), (Shape{0, 28, 28}));
}

TEST(Idx, WrongLengthsAndForeignFilesAreErrors) {
  const TemporaryFolder folder;
  const std::string whole = idx_bytes({3, 2}, "abcdef");
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_THROW(load_idx(folder.write("cut", whole.substr(0, n))), FileError) << n;
  EXPECT_THROW(load_idx(folder.write("long", whole + "x")), FileError);
  EXPECT_THROW(load_idx(folder.write("huge", idx_bytes({0xffffffff, 0xffffffff, 0xffffffff}, "x"))), FileError);
  EXPECT_THROW(load_idx(folder.write("code", idx_bytes({1}, "x", 0x0A))), FileError);
  EXPECT_THROW(load_idx(folder.write("text", "hello world")), FileError);
  EXPECT_THROW(load_idx(folder / "absent"), FileError);
  const std::string message = error_of([&] { load_idx(folder.write("cut", whole.substr(0, 14))); });
  EXPECT_NE(message.find("(3, 2)"), std::string::npos) << message;
}

TEST(Gzip, TruncationAndFlippedBytesAreErrors) {
  const TemporaryFolder folder;
  const std::string whole = gzip(idx_bytes({10, 10}, std::string(100, 'z')));
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_NE(error_of([&] { load_idx(folder.write("cut.gz", whole.substr(0, n))); }), "") << n;
  for (std::size_t n = 10; n < whole.size(); ++n) {
    std::string bytes = whole;
    bytes[n] = static_cast<char>(bytes[n] ^ 0x10);
    Tensor out;
    const std::string error = error_of([&] { out = load_idx(folder.write("flipped.gz", bytes)); });
    if (error.empty()) {  // bits of padding mean nothing
      EXPECT_EQ(out, Tensor::full({10, 10}, 'z', uint8)) << n;
    }
  }
}

TEST(Gzip, SeveralMembersAreOneFile) {
  const std::string text = gzip(std::string(100000, 'a')) + gzip("bc") + gzip("");
  const Tensor out = gunzip(Tensor::from(std::vector<std::uint8_t>(text.begin(), text.end())), "members");
  EXPECT_EQ(out.size(), 100002);
  EXPECT_EQ(out.at(100001), 'c');
}

TEST(Idx, LoadsFashionMnistQuickly) {
  const std::string path = "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
  const auto start = std::chrono::steady_clock::now();
  const Tensor t = load_idx(path);
  const double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(t.shape(), (Shape{60000, 28, 28}));
  RecordProperty("milliseconds", static_cast<int>(ms));
}

}  // namespace
}  // namespace cornu::data

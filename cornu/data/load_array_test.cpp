#include "cornu/data/load_array.h"

#include "cornu/data/npy.h"
#include "cornu/data/test_files.h"

namespace cornu::data {
namespace {

TEST(LoadArray, KnowsEveryKind) {
  const TemporaryFolder folder;
  const Tensor x = Tensor::from<float>({1, 2, 3});
  save_npy(folder / "x.npy", x);
  EXPECT_EQ(load_array(folder / "x.npy"), x);
  save_npz(folder / "one.npz", {{"a", x}});
  EXPECT_EQ(load_array(folder / "one.npz"), x);
  EXPECT_EQ(load_array(folder / "one.npz:a"), x);
  EXPECT_EQ(load_array(folder.write("t10k-labels-idx1-ubyte", idx_bytes({2}, "ab"))).shape(), (Shape{2}));
  EXPECT_EQ(load_array(folder.write("t10k-labels-idx1-ubyte.gz", gzip(idx_bytes({2}, "ab")))).shape(), (Shape{2}));
  EXPECT_EQ(load_array(folder.write("x.csv", "1.5,2\n")), Tensor::from<float>({1.5f, 2}, {1, 2}));
  EXPECT_EQ(load_array(folder.write("x.csv.gz", gzip("1.5,2\n"))), Tensor::from<float>({1.5f, 2}, {1, 2}));
  EXPECT_EQ(load_array(folder.write("PK.csv", "PKW,b\n1,2\n")).dtype(), int32);
  EXPECT_EQ(load_array(folder.write("x.npy.gz", gzip(read_text(folder / "x.npy")))), x);
}

TEST(LoadArray, SaysWhatItWouldTake) {
  const TemporaryFolder folder;
  EXPECT_NE(error_of([] { load_array(fixture("npy/stored.npz")); }).find("x, y"), std::string::npos);
  EXPECT_NE(error_of([] { load_array(fixture("npy/stored.npz:z")); }).find("x, y"), std::string::npos);
  EXPECT_NE(error_of([&] { load_array(folder.write("model.bin", "something")); }).find(".npy"), std::string::npos);
  EXPECT_NE(error_of([&] { load_array(folder / "absent.npy"); }).find("No such file"), std::string::npos);
  EXPECT_NE(error_of([&] { load_array(folder / "absent.npz:x"); }).find("No such file"), std::string::npos);
  EXPECT_NE(error_of([&] { load_array(folder.path()); }).find("folder"), std::string::npos);
  EXPECT_NE(error_of([&] { load_array(folder.write("empty.npy", "")); }), "");
  EXPECT_NE(error_of([&] { load_array(""); }), "");
}

}  // namespace
}  // namespace cornu::data

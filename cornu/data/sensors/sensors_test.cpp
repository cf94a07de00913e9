#include "cornu/data/sensors/csv.h"
#include "cornu/data/sensors/idx.h"
#include "cornu/data/sensors/npy.h"

#include "cornu/data/npy.h"
#include "cornu/data/sensors/arrays.h"
#include "cornu/data/test_files.h"

namespace cornu::data {
namespace {

// What a user writes: a source without an end.
class Counter final : public SensorBase {
 public:
  std::optional<Sample> next() override { return Sample{.x = Tensor::scalar(static_cast<float>(n_++))}; }

 private:
  int n_ = 0;
};

TEST(Sensor, AUsersOwnKindIsAsGoodAsOurs) {
  Sensor sensor = Counter();
  EXPECT_FALSE(sensor.remaining().has_value());
  EXPECT_EQ(sensor.next()->x.item(), 0);
  const Arrays read = sensor.read(100);
  EXPECT_EQ(read.x.shape(), (Shape{100}));
  EXPECT_EQ(read.x.at(99), 100);
  EXPECT_FALSE(read.has_y());
}

TEST(Sensor, ArraysGiveRowsAndThenTheRest) {
  Sensor sensor =
      sensors::arrays({Tensor::from<float>({1, 2, 3, 4, 5, 6}, {3, 2}), Tensor::from<std::int32_t>({7, 8, 9})});
  EXPECT_EQ(sensor.remaining(), 3);
  const Sample first = *sensor.next();
  EXPECT_EQ(first.x, Tensor::from<float>({1, 2}));
  EXPECT_EQ(*first.y, Tensor::scalar(std::int32_t{7}));
  const Arrays rest = sensor.read_all();
  EXPECT_EQ(rest.x, Tensor::from<float>({3, 4, 5, 6}, {2, 2}));
  EXPECT_EQ(rest.y, Tensor::from<std::int32_t>({8, 9}));
  EXPECT_FALSE(sensor.next().has_value());
  EXPECT_EQ(sensor.read_all().size(), 0);
  EXPECT_THROW(sensors::arrays({Tensor({3, 2}), Tensor({2})}), ValueError);
  EXPECT_THROW(sensors::arrays({Tensor::scalar(1.0f)}), ValueError);
}

TEST(Sensor, IdxWithAndWithoutLabels) {
  const TemporaryFolder folder;
  const std::string images = folder.write("images.gz", gzip(idx_bytes({2, 1, 2}, "abcd")));
  const std::string labels = folder.write("labels", idx_bytes({2}, std::string("\x03\x04")));
  Sensor both = sensors::idx(images, labels);
  const Sample sample = *both.next();
  EXPECT_EQ(sample.x.shape(), (Shape{1, 2}));
  EXPECT_EQ(sample.y->item(), 3);
  EXPECT_FALSE(sensors::idx(images).next()->y.has_value());
  EXPECT_THROW(sensors::idx(images, folder.write("one", idx_bytes({1}, "a"))), ValueError);
  EXPECT_THROW(sensors::idx(folder / "absent"), FileError);
}

TEST(Sensor, NpyTakesAnyArrayFile) {
  const TemporaryFolder folder;
  save_npz(folder / "set.npz", {{"x", Tensor({2, 3})}, {"y", Tensor({2})}});
  EXPECT_EQ(sensors::npy(folder / "set.npz:x", folder / "set.npz:y").read_all().x.shape(), (Shape{2, 3}));
}

TEST(Sensor, CsvYieldsLines) {
  const TemporaryFolder folder;
  Sensor sensor = sensors::csv(folder.write("a.csv", "a,b,label\n# remark\n1,2,0\n\n3,4,1"), {.target = -1});
  const Arrays all = sensor.read_all();
  EXPECT_EQ(all.x, Tensor::from<float>({1, 2, 3, 4}, {2, 2}));
  EXPECT_EQ(all.y, Tensor::from<float>({0, 1}));
}

TEST(Sensor, CsvGoesOnAfterABadLine) {
  const TemporaryFolder folder;
  Sensor sensor = sensors::csv(folder.write("a.csv", "1,2\n3,x\n5\n7,8\n"));
  EXPECT_EQ(sensor.next()->x.at(0), 1);
  EXPECT_NE(error_of([&] { sensor.next(); }).find("line 2"), std::string::npos);
  EXPECT_NE(error_of([&] { sensor.next(); }).find("line 3"), std::string::npos);
  EXPECT_EQ(sensor.next()->x.at(0), 7);
  EXPECT_FALSE(sensor.next().has_value());
  EXPECT_THROW(sensors::csv(folder / "absent.csv"), FileError);
  Sensor wrong = sensors::csv(folder.write("b.csv", "1,2\n"), {.target = 2});
  EXPECT_THROW(wrong.next(), ValueError);
}

}  // namespace
}  // namespace cornu::data

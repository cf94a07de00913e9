#include <set>

#include "cornu/data/dataset/steps.h"
#include "cornu/data/sensors/arrays.h"
#include "cornu/data/test_files.h"

namespace cornu::data {
namespace {

// n samples: x uint8 (2, 2) filled with the sample's number, y its number modulo 3.
Arrays numbered(std::int64_t n) {
  Arrays a{Tensor({n, 2, 2}, uint8), Tensor({n}, uint8)};
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t k = 0; k < 4; ++k) a.x.mutable_data<std::uint8_t>()[4 * i + k] = static_cast<std::uint8_t>(i);
    a.y.mutable_data<std::uint8_t>()[i] = static_cast<std::uint8_t>(i % 3);
  }
  return a;
}

// A source that is neither in memory nor of ours.
class Squares final : public DatasetBase {
 public:
  std::int64_t size() const override { return 5; }
  Sample at(std::int64_t i) const override {
    return {Tensor::scalar(static_cast<float>(i * i)).reshape({1}), Tensor::scalar(static_cast<float>(i))};
  }
};

// Both ways to the same samples: one by one, and all at once.
void expect_consistent(const Dataset& dataset) {
  const Arrays all = dataset.arrays();
  ASSERT_EQ(all.size(), dataset.size());
  for (std::int64_t i = 0; i < dataset.size(); ++i) {
    EXPECT_EQ(dataset.at(i).x, all.at(i).x) << i;
    ASSERT_EQ(dataset.at(i).y.has_value(), all.has_y());
    if (all.has_y()) {
      EXPECT_EQ(*dataset.at(i).y, *all.at(i).y) << i;
    }
  }
  EXPECT_THROW(dataset.at(dataset.size()), ValueError);
  EXPECT_THROW(dataset.at(-1), ValueError);
}

TEST(Dataset, OneByOneAndAllAtOnceAgree) {
  const Dataset raw = numbered(10);
  expect_consistent(raw);
  expect_consistent(raw | reshape({4}));
  expect_consistent(raw | reshape({-1, 1}) | cast(float32));
  expect_consistent(raw | scale({.multiply = 2, .divide = 255, .add = -1}));
  expect_consistent(raw | one_hot(3));
  expect_consistent(raw | map([](Sample s) { return Sample{s.x + 1, s.y}; }));
  expect_consistent(shuffle(raw, {.seed = 1}) | one_hot(3));
  expect_consistent(take(raw, 3));
  expect_consistent(take(take(raw, 2, 9), 1, 4));
  expect_consistent(Squares());
  expect_consistent(shuffle(Squares(), {.seed = 3}));
}

TEST(Dataset, StepsOnArraysDatasetAndSensorAreTheSame) {
  const Step step = scale({.divide = 255});
  const Arrays arrays = numbered(4) | step;
  const Dataset dataset = Dataset(numbered(4)) | step;
  Sensor sensor = sensors::arrays(numbered(4)) | step;
  EXPECT_EQ(arrays.x.dtype(), float32);
  EXPECT_EQ(arrays.x.at(4), 1.0f / 255.0f);
  EXPECT_EQ(dataset.arrays().x, arrays.x);
  EXPECT_EQ(sensor.next()->x, arrays.at(0).x);
  EXPECT_EQ(sensor.read_all().x, arrays.rows(1, 4).x);
}

TEST(Dataset, StepsReuseMemoryOfTheOnlyHandle) {
  Arrays a{Tensor::full({100, 8}, 2.0), Tensor({100})};
  const void* memory = a.x.raw();
  Dataset dataset = Dataset(std::move(a)) | reshape({4, 2}) | scale({.multiply = 3, .divide = 2, .add = 1});
  dataset = shuffle(std::move(dataset), {.seed = 2});
  const Arrays out = std::move(dataset).arrays();
  EXPECT_EQ(out.x.raw(), memory);
  EXPECT_EQ(out.x.at(0), 4.0);
  EXPECT_EQ(out.x.shape(), (Shape{100, 4, 2}));
}

TEST(Dataset, ASharedSourceIsNotChanged) {
  const Dataset raw = numbered(5) | cast(float32);
  const Dataset scaled = raw | scale({.divide = 255});
  const Arrays before = raw.arrays();
  (void)scaled.arrays();
  Dataset copy = scaled;
  (void)std::move(copy).arrays();
  EXPECT_EQ(raw.arrays().x, before.x);
  EXPECT_EQ(scaled.at(4).x.at(0), 4.0f / 255.0f);
}

TEST(Dataset, StepsNameTheirErrors) {
  EXPECT_NE(error_of([] { numbered(2) | reshape({3}); }).find("(2, 2)"), std::string::npos);
  EXPECT_THROW(numbered(2) | reshape({-1, -1}), ValueError);
  EXPECT_THROW(numbered(5) | one_hot(2), ValueError);
  EXPECT_THROW(one_hot(0), ValueError);
  EXPECT_THROW(scale({.divide = 0}), ValueError);
  EXPECT_THROW(numbered(5) | Step("drop", [](const Arrays& a) { return a.rows(0, 1); }), ValueError);
  EXPECT_THROW(numbered(5) | map([n = 0](Sample s) mutable { return Sample{Tensor({++n}), s.y}; }), ValueError);
  EXPECT_THROW(Dataset(Arrays{Tensor({2}), Tensor({3})}), ValueError);
  EXPECT_EQ((Arrays{Tensor({0, 2, 2})} | reshape({-1})).x.shape(), (Shape{0, 4}));
}

TEST(Shuffle, IsAPermutationFixedByItsSeed) {
  const Arrays a = shuffle(numbered(100), {.seed = 7}).arrays();
  const Arrays b = shuffle(numbered(100), {.seed = 7}).arrays();
  const Arrays c = shuffle(numbered(100), {.seed = 8}).arrays();
  EXPECT_EQ(a.x, b.x);
  EXPECT_FALSE(a.x == c.x);
  std::set<double> seen;
  for (std::int64_t i = 0; i < 100; ++i) {
    const double number = a.at(i).x.at(0);
    seen.insert(number);
    EXPECT_EQ(a.y.at(i), static_cast<int>(number) % 3);  // targets travel with their samples
  }
  EXPECT_EQ(seen.size(), 100u);
  EXPECT_EQ(shuffle(numbered(0)).size(), 0);
}

TEST(Split, CountsAsKeras) {
  const auto [left, right] = split(numbered(10), 0.25);  // 2.5 samples: Python rounds halves to even
  EXPECT_EQ(left.size(), 2);
  EXPECT_EQ(right.size(), 8);
  EXPECT_EQ(right.at(0).x.at(0), 2);
  EXPECT_EQ(split(numbered(10), 7).left.size(), 7);
  for (const double bad : {0.0, -1.0, 10.0, 11.0, 0.01, 0.999})
    EXPECT_THROW(split(numbered(10), bad), ValueError) << bad;
}

TEST(Take, StaysInside) {
  EXPECT_EQ(take(numbered(5), 10).size(), 5);
  EXPECT_THROW(take(numbered(5), -1), ValueError);
  EXPECT_THROW(take(numbered(5), 2, 6), ValueError);
}

TEST(Batch, TheLastMayBeSmaller) {
  const Batches batches = batch(numbered(10), 4);
  EXPECT_EQ(batches.size(), 3);
  std::int64_t rows = 0;
  for (const Arrays& b : batches) rows += b.x.dim(0);
  EXPECT_EQ(rows, 10);
  EXPECT_EQ(batches.at(2).x.shape(), (Shape{2, 2, 2}));
  EXPECT_EQ(batches.at(2).y.at(1), 0);
  EXPECT_EQ(batch(numbered(10), 4, {.drop_remainder = true}).size(), 2);
  EXPECT_THROW(batches.at(3), ValueError);
  EXPECT_THROW(batch(numbered(10), 0), ValueError);
}

}  // namespace
}  // namespace cornu::data

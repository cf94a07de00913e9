// A judge is compared with Model::predict, which tests/golden compares with Keras; and held to its promises: many
// threads, no allocation, errors that say what to do.
#include "cornu/judge/judge.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/judge/count_allocations.h"
#include "tests/judge/test_models.h"

namespace cornu {
namespace {

using test::JudgeTest;
using test::numbers;

TEST_F(JudgeTest, AnswersAsPredictDoes) {
  for (const char* ending : {"keras", "h5"}) {
    const Model model = test::convnet();
    model.save(path(cat("m.", ending)));
    const Judge judge(path(cat("m.", ending)));
    for (const std::int64_t n : {1, 3, 32}) {
      const Tensor x = numbers({n, 8, 8, 1}, 5);
      EXPECT_TRUE(judge.judge(x) == model.predict(x, {.batch_size = n, .verbose = 0})) << ending << " " << n;
    }
  }
}

TEST_F(JudgeTest, ASampleWithoutBatchAxis) {
  const Model model = test::convnet();
  model.save(path("m.keras"));
  const Judge judge(path("m.keras"));
  const Tensor x = numbers({1, 8, 8, 1}, 6);
  const Tensor y = judge.judge(x.reshape({8, 8, 1}));
  EXPECT_EQ(y.shape(), Shape{3});
  EXPECT_TRUE(y.reshape({1, 3}) == judge.judge(x));
}

TEST_F(JudgeTest, SeveralInputsAndOutputs) {
  const Model model = test::two_by_two();
  model.save(path("m.keras"));
  const Judge judge(path("m.keras"));
  ASSERT_EQ(judge.inputs().size(), 2u);
  EXPECT_EQ(judge.inputs()[1].name, "b");
  EXPECT_EQ(judge.outputs()[0].shape, (Shape{-1, 2}));
  const Tensor a = numbers({4, 3}, 1), b = numbers({4, 5}, 2);
  const std::vector<Tensor> y = judge.judge({a, b});
  const std::vector<Tensor> expected = model.predict_all({a, b}, {.verbose = 0});
  ASSERT_EQ(y.size(), 2u);
  EXPECT_TRUE(y[0] == expected[0] && y[1] == expected[1]);
  const std::vector<Tensor> one = judge.judge({a.rows(0, 1).reshape({3}), b.rows(0, 1).reshape({5})});
  EXPECT_EQ(one[1].shape(), Shape{1});
}

TEST_F(JudgeTest, BytesInMemoryAreTheFile) {
  for (const char* ending : {"keras", "h5"}) {
    test::convnet().save(path("m." + std::string(ending)));
    const Judge from_file(path("m." + std::string(ending)));
    std::string bytes = contents("m." + std::string(ending));
    const Judge from_memory = Judge::from_bytes(bytes);
    std::fill(bytes.begin(), bytes.end(), 'x');  // they are not needed any more
    const Tensor x = numbers({2, 8, 8, 1}, 7);
    EXPECT_TRUE(from_file.judge(x) == from_memory.judge(x)) << ending;
  }
}

TEST_F(JudgeTest, MemoryOfTheCaller) {
  const Model model = test::two_by_two();
  model.save(path("m.keras"));
  const Judge judge(path("m.keras"));
  const Tensor a = numbers({4, 3}, 1), b = numbers({4, 5}, 2);
  std::vector<float> u(8), v(4);
  const void* const x[] = {a.raw(), b.raw()};
  void* const y[] = {u.data(), v.data()};
  judge.judge(4, x, y);
  const std::vector<Tensor> expected = judge.judge({a, b});
  EXPECT_EQ(u, expected[0].to_vector<float>());
  EXPECT_EQ(v, expected[1].to_vector<float>());
  EXPECT_THROW(judge.judge(0, x, y), ValueError);
  EXPECT_THROW(judge.judge(4, std::span(x).first(1), y), ValueError);
}

TEST_F(JudgeTest, EightThreadsAtOnce) {
  test::convnet().save(path("m.keras"));
  const Judge judge(path("m.keras"));
  std::vector<Tensor> x, expected;
  for (std::int64_t n = 1; n <= 8; ++n) {
    x.push_back(numbers({n, 8, 8, 1}, 8));
    expected.push_back(Judge(path("m.keras")).judge(x.back()));
  }
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (std::size_t t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      Tensor y;
      for (std::size_t round = 0; round < 200; ++round) {
        const std::size_t i = (round + t) % 8;
        judge.judge(x[i], y);
        if (!(y == expected[i])) ++wrong;
      }
    });
  for (std::thread& t : threads) t.join();
  EXPECT_EQ(wrong.load(), 0);
}

TEST_F(JudgeTest, AllocatesNothingAfterTheFirstCall) {
  test::convnet().save(path("m.keras"));
  const Judge judge(path("m.keras"));
  const Tensor one = numbers({8, 8, 1}, 9), many = numbers({16, 8, 8, 1}, 9);
  Tensor y, z;
  std::vector<float> memory(48);
  const auto round = [&] {
    judge.judge(one, y);
    judge.judge(many, z);
    const void* const in = many.raw();
    void* const out = memory.data();
    judge.judge(16, {&in, 1}, {&out, 1});
  };
  round();
  const long before = test::allocations();
  for (int i = 0; i < 100; ++i) round();
  EXPECT_EQ(test::allocations() - before, 0);
}

TEST_F(JudgeTest, OpenDimensions) {
  const KerasTensor in = layers::Input({Shape::kNone, Shape::kNone, 1});
  const Model model(in, layers::GlobalAveragePooling2D()(layers::Conv2D(2, {3, 3})(in)));
  model.save(path("m.keras"));
  const Judge judge(path("m.keras"));
  for (const std::int64_t side : {5, 9, 5}) {
    const Tensor x = numbers({2, side, side, 1}, 3);
    EXPECT_TRUE(judge.judge(x) == model.predict(x, {.verbose = 0})) << side;
  }
  float memory[50] = {};
  const void* const x = memory;
  void* const y = memory;
  test::expect_error<ValueError>(
      [&] {
        judge.judge(2, {&x, 1}, {&y, 1});
      },
      {"received: memory for input", "expected: a Tensor, which says its shape"});
}

TEST_F(JudgeTest, WrongShapesAndDtypes) {
  test::convnet().save(path("m.keras"));
  const Judge judge(path("m.keras"));
  test::expect_error<ValueError>(
      [&] {
        judge.judge(numbers({2, 64}, 1));
      },
      {"received: x of shape (2, 64)", "expected: (None, 8, 8, 1), or one sample (8, 8, 1)",
       "way out: the same elements as a batch: x.reshape({-1, 8, 8, 1})"});
  test::expect_error<ValueError>([&] { judge.judge(numbers({0, 8, 8, 1}, 1)); }, {"received: x of shape (0, 8, 8, 1)"});
  test::expect_error<ValueError>(
      [&] {
        judge.judge(numbers({1, 8, 8, 1}, 1).astype(uint8));
      },
      {"received: x of uint8", "expected: float32", "way out: x.astype(float32)"});
  test::expect_error<ValueError>(
      [&] {
        judge.judge(std::vector<Tensor>(2, numbers({1, 8, 8, 1}, 1)));
      },
      {"received: 2 inputs", "expected: 1"});
  test::two_by_two().save(path("two.keras"));
  const Judge two(path("two.keras"));
  test::expect_error<ValueError>([&] { two.judge(numbers({1, 3}, 1)); }, {"received: one tensor", "2 inputs and 2"});
  test::expect_error<ValueError>(
      [&] {
        two.judge({numbers({4, 3}, 1), numbers({3, 5}, 1)});
      },
      {"received: 4 samples of input \"a\" and 3 of \"b\""});
}

TEST_F(JudgeTest, FilesThatCannotBeOpened) {
  test::expect_error<FileError>([&] { Judge judge(path("none.keras")); }, {"none.keras", "way out: check the path"});
  test::expect_error<FileError>([&] { Judge::from_bytes("GIF89a"); },
                                {"the model in memory", "received: a file that is neither HDF5 nor a zip archive"});
  test::expect_error<FileError>([&] { Judge::from_bytes(""); }, {"received: an empty file"});
  for (const char* ending : {"keras", "h5"}) {
    test::convnet().save(path("m." + std::string(ending)));
    const std::string bytes = contents("m." + std::string(ending));
    test::expect_error<FileError>([&] { Judge::from_bytes(std::string_view(bytes).substr(0, bytes.size() / 2)); },
                                  {"the model in memory", "received: ", "way out: "});
  }
}

TEST_F(JudgeTest, UnknownLayersAreNamed) {
  test::convnet().save(path("m.h5"));
  std::string bytes = contents("m.h5");
  for (std::size_t at = 0; (at = bytes.find("\"Conv2D\"", at)) != std::string::npos; ++at)
    bytes.replace(at, 8, "\"Honk2D\"");
  test::expect_error<NotSupportedError>([&] { Judge::from_bytes(bytes); }, {"Honk2D", "received: ", "known are: "});
}

TEST_F(JudgeTest, AModelWithoutInputShape) {
  Sequential({layers::Dense(3)}).save(path("m.h5"));
  test::expect_error<FileError>([&] { Judge judge(path("m.h5")); },
                                {"received: a model that does not say the shape of its input", "way out: give its"});
}

}  // namespace
}  // namespace cornu

// Golden samples in a file: written, found again, compared when a judge opens the file.
#include "cornu/saving/self_test.h"
#include "cornu/judge/judge.h"
#include "cornu/models/from_file.h"
#include "tests/judge/test_models.h"

namespace cornu {
namespace {

class SelfTestTest : public test::JudgeTest {
 protected:
  // A file of the model, with samples whose answers are wrong by `error`.
  std::string saved(const std::string& name, const Model& model, const std::vector<Tensor>& x, double error = 0) const {
    std::vector<Tensor> y = model.predict_all(x, {.verbose = 0});
    y[0] = y[0] + error;
    saving::write_model_file(models::file_from_network(model), path(name), {x, y});
    return path(name);
  }
};

TEST_F(SelfTestTest, GoesIntoAFileAndComesBack) {
  const Model model = test::two_by_two();
  const Tensor a = test::numbers({4, 3}, 1), b = test::numbers({4, 5}, 2);
  for (const char* name : {"m.keras", "m.h5"}) {
    saved(name, model, {a, b});
    const auto read = saving::read_self_test(path(name));
    ASSERT_TRUE(read.has_value()) << name;
    EXPECT_TRUE(read->x.size() == 2 && read->x[0] == a && read->x[1] == b) << name;
    EXPECT_TRUE(read->y.size() == 2 && read->y[1] == model.predict_all({a, b}, {.verbose = 0})[1]) << name;
    EXPECT_EQ(read->tolerance, 1e-4);
    EXPECT_TRUE(Judge(path(name)).judge({a, b})[0] == read->y[0]);
    // The model itself is what it was.
    EXPECT_TRUE(load_model(path(name)).predict_all({a, b}, {.verbose = 0})[0] == read->y[0]) << name;
  }
}

TEST_F(SelfTestTest, AFileWithoutOneHasNone) {
  for (const char* name : {"m.keras", "m.h5"}) {
    test::convnet().save(path(name));
    EXPECT_FALSE(saving::read_self_test(path(name)).has_value());
  }
}

TEST_F(SelfTestTest, AnotherAnswerIsANamedError) {
  const Model model = test::convnet();
  const Tensor x = test::numbers({3, 8, 8, 1}, 4);
  for (const char* name : {"m.keras", "m.h5"}) {
    const std::string file = saved(name, model, {x}, 0.01);
    test::expect_error<SelfTestError>(
        [&] { Judge judge(file); },
        {"the self-test of '", name, "received: ", "as output 0, sample 0, element 0", "expected: ", "within 0.0001"});
    EXPECT_TRUE(Judge(file, {.self_test = false}).judge(x) == model.predict(x, {.verbose = 0}));
    saved(name, model, {x}, 1e-5);
    EXPECT_NO_THROW(Judge{file});
  }
}

TEST_F(SelfTestTest, SamplesOfAnotherModelAreRefused) {
  const Model model = test::convnet();
  const Tensor y = test::numbers({3, 3}, 4);
  const auto write = [&](const saving::SelfTest& samples) {
    saving::write_model_file(models::file_from_network(model), path("m.keras"), samples);
  };
  write({{test::numbers({3, 7}, 4)}, {y}});
  test::expect_error<FileError>([&] { Judge judge(path("m.keras")); },
                                {"is not for its model", "received: float32 (3, 7) among the inputs", "(8, 8, 1)"});
  write({{test::numbers({3, 8, 8, 1}, 4)}, {y, y}});
  test::expect_error<FileError>([&] { Judge judge(path("m.keras")); }, {"received: samples of 2 outputs"});
  write({{test::numbers({3, 8, 8, 1}, 4)}, {test::numbers({2, 3}, 4)}});
  test::expect_error<FileError>([&] { Judge judge(path("m.keras")); },
                                {"received: a self-test with a tensor of shape"});
}

TEST_F(SelfTestTest, OpenDimensionsAreThoseOfTheSamples) {
  const KerasTensor in = layers::Input({Shape::kNone, 1});
  const Model model(in, layers::GlobalAveragePooling1D()(layers::Conv1D(2, {3})(in)));
  EXPECT_NO_THROW(Judge{saved("m.keras", model, {test::numbers({2, 9, 1}, 3)})});
}

}  // namespace
}  // namespace cornu

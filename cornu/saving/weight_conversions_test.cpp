// Old weights in Keras 3's order: each number is traced by hand, or by what numpy does in Keras's own conversion.
#include "cornu/saving/weight_conversions.h"

#include <gtest/gtest.h>

#include <numeric>

#include "cornu/core/error.h"

namespace cornu::saving {
namespace {

Tensor counted(const Shape& shape, float first = 0) {
  Tensor out(shape, float32);
  std::iota(out.mutable_data<float>(), out.mutable_data<float>() + out.size(), first);
  return out;
}

Json layer(const char* class_name, const char* config) {
  return Json{{"class_name", class_name}, {"config", parse_json(config, "config")}};
}

TEST(WeightConversions, Keras1KernelsWithChannelsFirst) {
  const Json conv = layer("Conv2D", R"({"name": "c", "data_format": "channels_first", "filters": 5})");
  const Tensor stored = counted({5, 4, 2, 3});  // filters, in, rows, columns
  const WeightMove move = move_of(conv, "c/kernel", stored.shape(), 1, false);
  const Tensor kernel = move(stored);
  EXPECT_EQ(kernel.shape(), Shape({2, 3, 4, 5}));
  // kernel[1, 2, 3, 4] is stored[4, 3, 1, 2].
  EXPECT_EQ(kernel.at(((1 * 3 + 2) * 4 + 3) * 5 + 4), stored.at(((4 * 4 + 3) * 2 + 1) * 3 + 2));
}

TEST(WeightConversions, TheanoTurnsBy180Degrees) {
  const Json conv = layer("Conv2D", R"({"name": "c", "data_format": "channels_last", "filters": 5})");
  const Tensor stored = counted({2, 3, 4, 5});
  const Tensor kernel = move_of(conv, "c/kernel", stored.shape(), 2, true)(stored);
  EXPECT_EQ(kernel.at(((0 * 3 + 0) * 4 + 1) * 5 + 2), stored.at(((1 * 3 + 2) * 4 + 1) * 5 + 2));
  EXPECT_EQ(kernel.at(((1 * 3 + 1) * 4 + 3) * 5 + 4), stored.at(((0 * 3 + 1) * 4 + 3) * 5 + 4));
  EXPECT_TRUE(move_of(layer("Dense", R"({"name": "d"})"), "d/kernel", {4, 5}, 2, true).nothing());
  EXPECT_TRUE(move_of(conv, "c/kernel", stored.shape(), 2, false).nothing());
}

TEST(WeightConversions, Keras1Convolution1D) {
  const Json conv = layer("Conv1D", R"({"name": "c", "filters": 5})");
  EXPECT_EQ(move_of(conv, "c/kernel", {3, 1, 4, 5}, 1, false)(counted({3, 1, 4, 5})).shape(), Shape({3, 4, 5}));
  // Before 1.1: (filters, in, length, 1).
  const Tensor older = counted({5, 4, 3, 1});
  const Tensor kernel = move_of(conv, "c/kernel", older.shape(), 1, false)(older);
  EXPECT_EQ(kernel.shape(), Shape({3, 4, 5}));
  EXPECT_EQ(kernel.at((2 * 4 + 3) * 5 + 1), older.at((1 * 4 + 3) * 3 + 2));
}

TEST(WeightConversions, ALayerInsideOfAModelIsFound) {
  const Json model = layer("Sequential", R"({"name": "s", "layers": [
      {"class_name": "Dense", "config": {"name": "d"}}, {"class_name": "Conv2D", "config": {"name": "c"}}]})");
  EXPECT_TRUE(move_of(model, "s/c/kernel", {3, 3, 1, 1}, 2, true).turn);
}

std::vector<NamedTensor> triples(const std::vector<Shape>& shapes, int gates) {
  std::vector<NamedTensor> out;
  for (int gate = 0; gate < gates; ++gate)
    for (const Shape& shape : shapes) out.push_back({"x", Tensor::full(shape, gate, float32)});
  return out;
}

// Keras 1 has i c f o, Keras 3 i f c o.
TEST(WeightConversions, GatesOfAnLstm) {
  const auto merged = merge_lstm_gates("lstm", triples({{2, 1}, {1, 1}, {1}}, 4));
  ASSERT_EQ(merged.size(), 3u);
  EXPECT_EQ(merged[0].name, "lstm/kernel");
  EXPECT_EQ(merged[0].value.to_vector<float>(), (std::vector<float>{0, 2, 1, 3, 0, 2, 1, 3}));
  EXPECT_EQ(merged[2].value.to_vector<float>(), (std::vector<float>{0, 2, 1, 3}));
  EXPECT_THROW(merge_lstm_gates("lstm", triples({{2, 1}}, 4)), FileError);
}

TEST(WeightConversions, GatesOfAGruAndOfAConvLstm) {
  const auto gru = merge_gru_gates("gru", triples({{2, 1}, {1, 1}, {1}}, 3));
  EXPECT_EQ(gru[1].name, "gru/recurrent_kernel");
  EXPECT_EQ(gru[2].value.to_vector<float>(), (std::vector<float>{0, 1, 2}));
  const auto conv = merge_conv_lstm_gates("c", triples({{1, 2, 3, 3}, {1, 1, 3, 3}, {1}}, 4), true);
  EXPECT_EQ(conv[0].value.shape(), Shape({3, 3, 2, 4}));
}

// numpy: np.hstack([k.T.reshape(k.shape, order='F') for k in np.hsplit(arange(24).reshape(3, 8), 4)]) and k.T for the
// recurrent kernels; biases np.sum(np.split(b, 2)).
TEST(WeightConversions, LstmOfCudnn) {
  const auto lstm = lstm_of_cudnn({{"k", counted({3, 8})}, {"r", counted({2, 8})}, {"b", counted({16})}});
  EXPECT_EQ(lstm[0].value.to_vector<float>(),
            (std::vector<float>{0, 9, 2, 11, 4, 13, 6, 15, 1, 16, 3, 18, 5, 20, 7, 22, 8, 17, 10, 19, 12, 21, 14, 23}));
  EXPECT_EQ(lstm[1].value.to_vector<float>(),
            (std::vector<float>{0, 8, 2, 10, 4, 12, 6, 14, 1, 9, 3, 11, 5, 13, 7, 15}));
  EXPECT_EQ(lstm[2].value.to_vector<float>(), (std::vector<float>{8, 10, 12, 14, 16, 18, 20, 22}));
  const auto gru = gru_of_cudnn({{"k", counted({3, 6})}, {"r", counted({2, 6})}, {"b", counted({12})}});
  EXPECT_EQ(gru[2].value.shape(), Shape({2, 6}));
}

}  // namespace
}  // namespace cornu::saving

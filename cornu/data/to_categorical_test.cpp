#include "cornu/data/to_categorical.h"

#include <gtest/gtest.h>

#include "cornu/core/error.h"
#include "cornu/data/sha256.h"

namespace cornu::utils {
namespace {

TEST(ToCategorical, IsKeras) {
  const Tensor out = to_categorical(Tensor::from<std::uint8_t>({0, 2, 1}));
  EXPECT_EQ(out, Tensor::from<double>({1, 0, 0, 0, 0, 1, 0, 1, 0}, {3, 3}));
  EXPECT_EQ(to_categorical(Tensor::from<std::int64_t>({0, 1}, {2, 1}), 4).shape(), (Shape{2, 4}));
  EXPECT_EQ(to_categorical(Tensor::from<float>({0, 1}, {1, 2}), 2).shape(), (Shape{1, 2, 2}));
  EXPECT_EQ(to_categorical(Tensor::from<std::int64_t>({1})).shape(), (Shape{1, 2}));
  EXPECT_EQ(to_categorical(Tensor::scalar(std::int32_t{1}), 3), Tensor::from<double>({0, 1, 0}));
  EXPECT_EQ(to_categorical(Tensor({0}, int32), 3).shape(), (Shape{0, 3}));
  EXPECT_EQ(to_categorical(Tensor::from<std::int32_t>({1}), 2, float32), Tensor::from<float>({0, 1}, {1, 2}));
}

TEST(ToCategorical, RefusesLabelsOutside) {
  EXPECT_THROW(to_categorical(Tensor::from<std::int32_t>({3}), 3), ValueError);
  EXPECT_THROW(to_categorical(Tensor::from<std::int32_t>({-1}), 3), ValueError);
  EXPECT_THROW(to_categorical(Tensor::from<std::int32_t>({0}), -3), ValueError);
  EXPECT_THROW(to_categorical(Tensor({0}, int32)), ValueError);
  EXPECT_THROW(to_categorical(Tensor::from<double>({1e15})), ValueError);
}

TEST(Sha256, GivesTheStandardsAnswers) {
  const auto hash = [](std::string text) {
    data::Sha256 sha;
    sha.update({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    return sha.finish();
  };
  EXPECT_EQ(hash(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hash("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hash(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace cornu::utils

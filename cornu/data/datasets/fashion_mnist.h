// Fashion-MNIST: pictures of clothes in ten classes, in the shape of MNIST.
//   auto [train, test] = datasets::fashion_mnist::load_data();
#pragma once

#include <string>

#include "cornu/data/datasets/image_set.h"

namespace cornu::datasets::fashion_mnist {

// x: uint8 (n, 28, 28); y: uint8 (n,): 0 T-shirt/top, 1 Trouser, 2 Pullover, 3 Dress, 4 Coat, 5 Sandal, 6 Shirt,
// 7 Sneaker, 8 Bag, 9 Ankle boot.
// `path`: a folder with the four IDX files, plain or .gz. Not given, these are searched in this order: the folder in
// the environment variable CORNU_DATA (itself, or fashion-mnist/ in it), Keras's cache
// (~/.keras/datasets/fashion-mnist), /usr/share/datasets/fashion-mnist (Debian's package dataset-fashion-mnist); at
// last they are downloaded into Keras's cache, with their SHA-256 checked (CORNU_OFFLINE=1 forbids that). Throws
// FileError that names every place looked in and the ways out.
TrainTest load_data(const std::string& path = "");

}  // namespace cornu::datasets::fashion_mnist

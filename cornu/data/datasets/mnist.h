// MNIST: handwritten digits, 60,000 to train on and 10,000 to test with.
//   auto [train, test] = datasets::mnist::load_data();
#pragma once

#include <string>

#include "cornu/data/datasets/image_set.h"

namespace cornu::datasets::mnist {

// x: uint8 (n, 28, 28), 0 (paper) to 255 (ink); y: uint8 (n,), the digit.
// `path`: a folder with the four IDX files (plain or .gz) or mnist.npz, or the path of such an .npz. Not given, these
// are searched in this order: the folder in the environment variable CORNU_DATA (itself, or mnist/ in it), Keras's
// cache
// (~/.keras/datasets/mnist.npz), /usr/share/datasets/mnist; at last the .npz that Keras publishes is downloaded into
// Keras's cache, with its SHA-256 checked (CORNU_OFFLINE=1 forbids that).
// Throws FileError that names every place looked in and the ways out.
TrainTest load_data(const std::string& path = "");

}  // namespace cornu::datasets::mnist

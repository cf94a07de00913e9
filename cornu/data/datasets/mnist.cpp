#include "cornu/data/datasets/mnist.h"

namespace cornu::datasets::mnist {

TrainTest load_data(const std::string& path) {
  static const ImageSet set{
      .name = "MNIST",
      .folders = {"mnist", "MNIST/raw"},
      .npz = "mnist.npz",
      .cache_folder = "",
      .url = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      .remote = {{"mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"}},
      .advice =
          "either put the files into a folder and name it: CORNU_DATA=FOLDER, or load_data(\"FOLDER\")\n"
          "  or use Fashion-MNIST, which has the same files and shapes: apt-get install dataset-fashion-mnist, and\n"
          "  datasets::fashion_mnist::load_data(), or CORNU_DATA=/usr/share/datasets/fashion-mnist"};
  return load_image_set(set, path, places_from_environment());
}

}  // namespace cornu::datasets::mnist

#include "cornu/data/datasets/fashion_mnist.h"

namespace cornu::datasets::fashion_mnist {

TrainTest load_data(const std::string& path) {
  // The hashes are of the files as published; Debian's package holds the same pictures, compressed anew.
  static const ImageSet set{
      .name = "Fashion-MNIST",
      .folders = {"fashion-mnist", "fashion_mnist", "FashionMNIST/raw"},
      .npz = "",
      .cache_folder = "fashion-mnist",
      .url = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
      .remote = {{"train-images-idx3-ubyte.gz", "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"},
                 {"train-labels-idx1-ubyte.gz", "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"},
                 {"t10k-images-idx3-ubyte.gz", "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"},
                 {"t10k-labels-idx1-ubyte.gz", "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"}},
      .advice =
          "either install it: apt-get install dataset-fashion-mnist\n"
          "  or put the four files into a folder and name it: CORNU_DATA=FOLDER, or load_data(\"FOLDER\")"};
  return load_image_set(set, path, places_from_environment());
}

}  // namespace cornu::datasets::fashion_mnist

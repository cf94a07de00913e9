// What the MNIST family shares: train and test images with labels, as one .npz or as four IDX files, somewhere on this
// machine or on the network. mnist.h and fashion_mnist.h are for users; this is for them and for tests.
#pragma once

#include <string>
#include <vector>

#include "cornu/data/arrays.h"

namespace cornu::datasets {

// Structured bindings give Keras's line: auto [train, test] = datasets::mnist::load_data();
struct TrainTest {
  data::Arrays train = {};
  data::Arrays test = {};
};

// A file on the network.
struct RemoteFile {
  std::string name;
  std::string sha256;
};

// What one data set is called, and where it may be.
struct ImageSet {
  std::string name;                  // "MNIST", for messages
  std::vector<std::string> folders;  // names of its folder inside of a folder of data sets: "mnist", "MNIST/raw"
  std::string npz;                   // Keras's single file, or "" when there is none
  std::string cache_folder;          // of Keras, below ~/.keras/datasets: "" or "fashion-mnist"
  std::string url;                   // of the folder with the remote files, ending in '/'
  std::vector<RemoteFile> remote;    // the .npz, or the four IDX files
  std::string advice;                // the way out when it is found nowhere
};

// The folders to look in; load_image_set takes them from the environment, tests from elsewhere.
struct Places {
  std::string user;         // $CORNU_DATA, or ""
  std::string keras_cache;  // $KERAS_HOME/datasets or ~/.keras/datasets, or "" when neither is known
  std::string system = "/usr/share/datasets";
  bool download = true;  // false when CORNU_OFFLINE is set and not "0"
};
Places places_from_environment();

// `path`: "" to search, or a folder (then only that is looked at), or an .npz (a bare name is looked for in Keras's
// cache too). Throws FileError: not found anywhere (all places are named), incomplete, damaged.
TrainTest load_image_set(const ImageSet& set, const std::string& path, const Places& places);

}  // namespace cornu::datasets

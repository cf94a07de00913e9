// MNIST-like data sets: a file of images and, for training, a file of labels.
//   data::Sensor sensor = data::sensors::idx("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz");
#pragma once

#include <string>

#include "cornu/data/sensors/sensor.h"

namespace cornu::data::sensors {

// x: the rows of `images`, such as uint8 (28, 28); y: those of `labels`, such as uint8 (), or none for "".
// Reads both files at once. Throws FileError for a bad file, ValueError when the counts differ.
Sensor idx(const std::string& images, const std::string& labels = "");

}  // namespace cornu::data::sensors

// Golden samples on their way into a file.
#pragma once

#include <vector>

#include "cornu/saving/hdf5_writer.h"
#include "cornu/saving/self_test.h"
#include "cornu/saving/writers.h"

namespace cornu::saving {

// Into a .h5 that is being written: attribute and group of the root.
void add_self_test(Hdf5Writer& writer, const SelfTest& self_test);
// The members for a .keras.
std::vector<ExtraMember> self_test_members(const SelfTest& self_test, const std::string& shown);

}  // namespace cornu::saving

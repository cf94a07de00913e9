// A model file as lines of text that stay the same while the model does, whatever format it has: what git compares.
#pragma once

#include <string>

#include "cornu/saving/model_file.h"

namespace cornu::tool {

std::string text_of(const saving::ModelFile& file);

}  // namespace cornu::tool

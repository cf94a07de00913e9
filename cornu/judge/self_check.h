// Whether a model still answers as it did when its file was saved.
#pragma once

#include <string>

#include "cornu/judge/prediction.h"
#include "cornu/saving/self_test.h"

namespace cornu {

// Judges each sample of the self-test alone with `one`, a plan for one sample. Throws SelfTestError for an answer that
// is further away than the file allows, FileError when the samples are not for this model. `shown` names the file.
void check_self_test(const Prediction& one, const saving::SelfTest& self_test, const std::string& shown);

}  // namespace cornu

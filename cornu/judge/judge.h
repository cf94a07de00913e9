// Judge: a trained model that only judges. It is opened once - weights folded and packed - and then called from any
// number of threads at once on one const object. Not here: training, callbacks, progress (trainers/).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cornu/core/error.h"
#include "cornu/core/tensor.h"
#include "cornu/models/network.h"

namespace cornu {

// The model does not answer as it did when its file was saved.
class SelfTestError : public Error {
 public:
  using Error::Error;
};

struct JudgeOptions {
  // Threads that one judgment computes with. Who calls from several threads wants 1.
  int threads = 1;
  // "": the default of this build, or CORNU_ENGINE.
  std::string engine;
  // Whether golden samples of the file, where it has some (`cornu fit --self-test`), are judged while it is opened.
  bool self_test = true;
};

class Judge {
 public:
  // Opens any model file that Cornu reads. Throws FileError: not there, damaged; NotSupportedError: layers that this
  // build does not have; SelfTestError.
  explicit Judge(const std::string& path, const JudgeOptions& options = {});
  // The same from the bytes of such a file, which are not needed any more afterwards. `shown` names them in messages.
  static Judge from_bytes(std::string_view bytes, const JudgeOptions& options = {},
                          const std::string& shown = "the model in memory");
  Judge(Judge&&) noexcept;
  Judge& operator=(Judge&&) noexcept;
  ~Judge();

  const std::string& name() const;
  // Names, shapes (the first dimension, -1, is the number of samples) and dtypes, in the order in which they are given
  // and come.
  const std::vector<TensorSpec>& inputs() const;
  const std::vector<TensorSpec>& outputs() const;

  // A batch (samples, ...), or one sample without that axis; the answer is of the same kind. Throws ValueError for
  // other shapes and dtypes, and for models of several inputs or outputs.
  Tensor judge(const Tensor& x) const;
  // Into a tensor that is used again. From the second call of a size on, in a thread: no lock, no allocation, no
  // exception.
  void judge(const Tensor& x, Tensor& y) const;
  // All inputs and outputs, with the same promises.
  std::vector<Tensor> judge(const std::vector<Tensor>& x) const;
  void judge(std::span<const Tensor> x, std::vector<Tensor>& y) const;
  // The same on memory of the caller: `samples` rows at each pointer, one an input and one an output. Throws ValueError
  // for other numbers of pointers, and for a model that leaves more open than the number of samples.
  void judge(std::int64_t samples, std::span<const void* const> x, std::span<void* const> y) const;

 private:
  struct State;
  explicit Judge(std::unique_ptr<const State> state);
  std::unique_ptr<const State> state_;
};

}  // namespace cornu

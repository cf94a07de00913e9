// The C face of Judge: no exception leaves a function, the text of the last error stays with its thread.
#include "cornu/judge/cornu_judge.h"

#include <cstring>
#include <exception>
#include <new>

#include "cornu/core/error.h"
#include "cornu/judge/judge.h"

struct cornu_judge {
  cornu::Judge judge;
};

namespace {

// Of fixed size, so that running out of memory can be said, too.
thread_local char last_error[4096] = "";

void set_error(const char* text) {
  std::strncpy(last_error, text, sizeof last_error - 1);
  last_error[sizeof last_error - 1] = '\0';
}

template <class Result, class Work>
Result guarded(Result failed, const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    set_error(
        "[judge] received: a model or samples that need more memory than there is\n  way out: fewer samples at once");
  } catch (const std::exception& error) {
    set_error(error.what());
  } catch (...) {
    set_error("[judge] an unknown failure");
  }
  return failed;
}

cornu::JudgeOptions options_of(const cornu_judge_options* given) {
  cornu::JudgeOptions out;
  if (given == nullptr) return out;
  if (given->threads < 0)
    throw cornu::ValueError(cornu::cat("[judge] received: ", given->threads, " threads\n  expected: 0 or more"));
  out.self_test = given->skip_self_test == 0;
  out.threads = given->threads == 0 ? 1 : given->threads;
  return out;
}

cornu_judge_dtype dtype_of(cornu::DType dtype) {
  switch (dtype) {
    case cornu::DType::kFloat32: return CORNU_JUDGE_FLOAT32;
    case cornu::DType::kFloat64: return CORNU_JUDGE_FLOAT64;
    case cornu::DType::kInt32: return CORNU_JUDGE_INT32;
    case cornu::DType::kInt64: return CORNU_JUDGE_INT64;
    case cornu::DType::kUInt8: return CORNU_JUDGE_UINT8;
    case cornu::DType::kBool:
    case cornu::DType::kInt8:
    case cornu::DType::kInt16:
    case cornu::DType::kUInt16:
    case cornu::DType::kUInt32:
    case cornu::DType::kUInt64:
    case cornu::DType::kFloat16:
    case cornu::DType::kBFloat16: return CORNU_JUDGE_OTHER;
  }
  return CORNU_JUDGE_OTHER;
}

int describe(const std::vector<cornu::TensorSpec>& specs, int index, cornu_judge_tensor* info) {
  if (index < 0 || static_cast<std::size_t>(index) >= specs.size()) {
    set_error(cornu::cat("[judge] received: number ", index, "\n  expected: 0 to ", specs.size() - 1).c_str());
    return -1;
  }
  const cornu::TensorSpec& spec = specs[static_cast<std::size_t>(index)];
  const cornu::Shape sample = spec.shape.slice(1, spec.shape.rank());
  // Names of dtypes are literals, and end.
  *info = {
      spec.name.c_str(), dtype_of(spec.dtype),     cornu::name_of(spec.dtype).data(),      cornu::size_of(spec.dtype),
      spec.shape.rank(), spec.shape.dims().data(), sample.is_static() ? sample.size() : -1};
  return 0;
}

}  // namespace

extern "C" {

cornu_judge* cornu_judge_open(const char* path, const cornu_judge_options* options) {
  return guarded<cornu_judge*>(nullptr, [&] { return new cornu_judge{cornu::Judge(path, options_of(options))}; });
}

cornu_judge* cornu_judge_open_memory(const void* bytes, size_t size, const cornu_judge_options* options) {
  return guarded<cornu_judge*>(nullptr, [&] {
    const std::string_view view(static_cast<const char*>(bytes), size);
    return new cornu_judge{cornu::Judge::from_bytes(view, options_of(options))};
  });
}

void cornu_judge_close(cornu_judge* judge) { delete judge; }

int cornu_judge_input_count(const cornu_judge* judge) { return static_cast<int>(judge->judge.inputs().size()); }
int cornu_judge_output_count(const cornu_judge* judge) { return static_cast<int>(judge->judge.outputs().size()); }

int cornu_judge_input(const cornu_judge* judge, int index, cornu_judge_tensor* info) {
  return guarded(-1, [&] { return describe(judge->judge.inputs(), index, info); });
}

int cornu_judge_output(const cornu_judge* judge, int index, cornu_judge_tensor* info) {
  return guarded(-1, [&] { return describe(judge->judge.outputs(), index, info); });
}

int cornu_judge_run(const cornu_judge* judge, int64_t samples, const void* const* x, void* const* y) {
  return guarded(-1, [&] {
    const cornu::Judge& j = judge->judge;
    j.judge(samples, {x, j.inputs().size()}, {y, j.outputs().size()});
    return 0;
  });
}

const char* cornu_judge_error(void) { return last_error; }

}  // extern "C"

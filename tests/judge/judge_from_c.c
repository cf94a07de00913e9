/* A user in C99: opens, asks, judges, closes. */
#include "tests/judge/judge_from_c.h"

#include <string.h>

#include "cornu/judge/cornu_judge.h"

static int judge_all(cornu_judge* judge, const float* x, long samples, float* y) {
  cornu_judge_tensor in, out;
  const void* inputs[1];
  void* outputs[1];
  if (cornu_judge_input_count(judge) != 1 || cornu_judge_output_count(judge) != 1) return 2;
  if (cornu_judge_input(judge, 0, &in) != 0 || cornu_judge_output(judge, 0, &out) != 0) return 3;
  if (in.dtype != CORNU_JUDGE_FLOAT32 || strcmp(in.dtype_name, "float32") != 0 || in.element_bytes != 4) return 4;
  if (in.rank != 4 || in.shape[0] != -1 || in.shape[1] != 8 || in.sample_size != 64 || out.sample_size != 3) return 5;
  if (cornu_judge_input(judge, 1, &in) != -1) return 6;
  inputs[0] = x;
  outputs[0] = y;
  return cornu_judge_run(judge, samples, inputs, outputs) == 0 ? 0 : 7;
}

int judge_file_from_c(const char* path, const float* x, long samples, float* y) {
  cornu_judge_options options = {0};
  cornu_judge* judge = cornu_judge_open(path, &options);
  int result;
  if (judge == NULL) return 1;
  result = judge_all(judge, x, samples, y);
  cornu_judge_close(judge);
  return result;
}

int judge_memory_from_c(const void* bytes, size_t size, const float* x, long samples, float* y) {
  cornu_judge* judge = cornu_judge_open_memory(bytes, size, NULL);
  int result;
  if (judge == NULL) return 1;
  result = judge_all(judge, x, samples, y);
  cornu_judge_close(judge);
  return result;
}

const char* error_from_c(void) { return cornu_judge_error(); }

/* Judging from C: opens a model and prints what it says about one sample of zeros, or of the float32 numbers that lie in
 * a file.
 *
 *   judge MODEL [SAMPLE.f32]
 */
#include <stdio.h>
#include <stdlib.h>

#include <cornu/judge/cornu_judge.h>

static int fill(const char* path, float* sample, size_t count) {
  FILE* file = fopen(path, "rb");
  size_t got;
  if (file == NULL) return -1;
  got = fread(sample, sizeof *sample, count, file);
  fclose(file);
  return got == count ? 0 : -1;
}

static int answer(const cornu_judge* judge, const char* sample_path) {
  cornu_judge_tensor in, out;
  const void* x[1];
  void* y[1];
  float *sample, *said;
  int64_t i;
  int failed;
  if (cornu_judge_input(judge, 0, &in) != 0 || cornu_judge_output(judge, 0, &out) != 0) return 1;
  if (cornu_judge_input_count(judge) != 1 || cornu_judge_output_count(judge) != 1 ||
      in.dtype != CORNU_JUDGE_FLOAT32 || out.dtype != CORNU_JUDGE_FLOAT32 || in.sample_size < 1 || out.sample_size < 1) {
    fprintf(stderr, "this program is for models of one float32 input and output of known size\n");
    return 1;
  }
  sample = calloc((size_t)in.sample_size, sizeof *sample);
  said = calloc((size_t)out.sample_size, sizeof *said);
  failed = sample == NULL || said == NULL;
  if (!failed && sample_path != NULL && fill(sample_path, sample, (size_t)in.sample_size) != 0) {
    fprintf(stderr, "%s: not %ld numbers\n", sample_path, (long)in.sample_size);
    failed = 1;
  }
  x[0] = sample;
  y[0] = said;
  if (!failed && cornu_judge_run(judge, 1, x, y) != 0) {
    fprintf(stderr, "%s\n", cornu_judge_error());
    failed = 1;
  }
  for (i = 0; !failed && i < out.sample_size; ++i) printf("%lld %.6f\n", (long long)i, (double)said[i]);
  free(sample);
  free(said);
  return failed;
}

int main(int argc, char** argv) {
  cornu_judge* judge;
  int failed;
  if (argc < 2) {
    fprintf(stderr, "usage: judge MODEL [SAMPLE.f32]\n");
    return 2;
  }
  judge = cornu_judge_open(argv[1], NULL);
  if (judge == NULL) {
    fprintf(stderr, "%s\n", cornu_judge_error());
    return 1;
  }
  failed = answer(judge, argc > 2 ? argv[2] : NULL);
  cornu_judge_close(judge);
  return failed;
}

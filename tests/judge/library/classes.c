/* classes MODEL IMAGES COUNT: which class a model of real Keras sees in each of the first images of an IDX file, a line
 * each, through libcornu_judge.a alone. The same C99 runs on this machine and, cross compiled, on a phone's processor.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cornu/judge/cornu_judge.h"

enum { kPixels = 28 * 28, kClasses = 10, kHeader = 16 };

static int judge_images(const cornu_judge* judge, FILE* images, long count) {
  unsigned char bytes[kPixels];
  float x[kPixels], y[kClasses];
  const void* inputs[1];
  void* outputs[1];
  long n;
  int i, best;
  inputs[0] = x;
  outputs[0] = y;
  for (n = 0; n < count; ++n) {
    if (fread(bytes, 1, kPixels, images) != kPixels) return 3;
    for (i = 0; i < kPixels; ++i) x[i] = (float)bytes[i] / 255.0f;
    if (cornu_judge_run(judge, 1, inputs, outputs) != 0) return 4;
    for (best = 0, i = 1; i < kClasses; ++i)
      if (y[i] > y[best]) best = i;
    printf("%d\n", best);
  }
  return 0;
}

int main(int argc, char** argv) {
  cornu_judge_tensor in, out;
  cornu_judge* judge;
  FILE* images;
  int result;
  if (argc != 4) return 2;
  images = fopen(argv[2], "rb");
  judge = cornu_judge_open(argv[1], NULL);
  if (judge == NULL || images == NULL || fseek(images, kHeader, SEEK_SET) != 0) {
    fprintf(stderr, "%s\n", judge == NULL ? cornu_judge_error() : argv[2]);
    return 1;
  }
  result = cornu_judge_input(judge, 0, &in) != 0 || cornu_judge_output(judge, 0, &out) != 0 ||
                   in.sample_size != kPixels || out.sample_size != kClasses || in.dtype != CORNU_JUDGE_FLOAT32
               ? 5
               : judge_images(judge, images, atol(argv[3]));
  if (result != 0) fprintf(stderr, "%d: %s\n", result, cornu_judge_error());
  cornu_judge_close(judge);
  fclose(images);
  return result;
}

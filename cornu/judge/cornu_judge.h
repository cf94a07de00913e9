/* Judging from C, and from whatever calls C (Kotlin, Swift, Rust, C#, Python): a trained model is opened once and then
 * called from any number of threads at once. C99; no C++ exception leaves a function; nothing is printed.
 *
 *   cornu_judge* judge = cornu_judge_open("model.keras", NULL);
 *   if (!judge) { fprintf(stderr, "%s\n", cornu_judge_error()); return 1; }
 *   const void* x[1] = {pixels};
 *   void* y[1] = {probabilities};
 *   if (cornu_judge_run(judge, 1, x, y) != 0) { ... cornu_judge_error() ... }
 *   cornu_judge_close(judge);
 */
#ifndef CORNU_JUDGE_CORNU_JUDGE_H
#define CORNU_JUDGE_CORNU_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cornu_judge cornu_judge;

typedef struct cornu_judge_options {
  int threads;        /* that one judgment computes with; 0 is 1, which is right where several threads judge */
  int skip_self_test; /* not 0: golden samples of the file are not checked while it is opened */
} cornu_judge_options;

typedef enum cornu_judge_dtype {
  CORNU_JUDGE_OTHER = 0, /* none of these: cornu_judge_tensor.dtype_name says which */
  CORNU_JUDGE_FLOAT32 = 1,
  CORNU_JUDGE_FLOAT64 = 2,
  CORNU_JUDGE_INT32 = 3,
  CORNU_JUDGE_INT64 = 4,
  CORNU_JUDGE_UINT8 = 5
} cornu_judge_dtype;

/* One input or output. The pointers are valid until the judge is closed. */
typedef struct cornu_judge_tensor {
  const char* name;
  cornu_judge_dtype dtype;
  const char* dtype_name; /* as numpy writes it */
  size_t element_bytes;
  int rank;             /* with the axis of the samples */
  const int64_t* shape; /* `rank` numbers; shape[0] is -1, the number of samples, others may be -1 when they are open */
  int64_t sample_size;  /* elements of one sample; -1 when other dimensions are open */
} cornu_judge_tensor;

/* Null on failure; then cornu_judge_error() says why. `options` may be null. The bytes are not needed afterwards. */
cornu_judge* cornu_judge_open(const char* path, const cornu_judge_options* options);
cornu_judge* cornu_judge_open_memory(const void* bytes, size_t size, const cornu_judge_options* options);
/* Nobody may be judging. Null is allowed. */
void cornu_judge_close(cornu_judge* judge);

int cornu_judge_input_count(const cornu_judge* judge);
int cornu_judge_output_count(const cornu_judge* judge);
/* 0, or -1 when there is no such input or output. */
int cornu_judge_input(const cornu_judge* judge, int index, cornu_judge_tensor* info);
int cornu_judge_output(const cornu_judge* judge, int index, cornu_judge_tensor* info);

/* Judges `samples` samples: x[i] points to those of input i, y[i] to room for those of output i, each contiguous, row
 * by row. 0, or -1 on failure. From the second call of a number of samples on, in a thread, it takes no lock, allocates
 * nothing and does not fail. */
int cornu_judge_run(const cornu_judge* judge, int64_t samples, const void* const* x, void* const* y);

/* Why the last call in this thread failed: what came, what was expected, the way out; "" when none has. */
const char* cornu_judge_error(void);

#ifdef __cplusplus
}
#endif

#endif

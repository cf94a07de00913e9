/* What the C program offers to the tests: 0 when all went well. */
#ifndef TESTS_JUDGE_JUDGE_FROM_C_H
#define TESTS_JUDGE_JUDGE_FROM_C_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif
int judge_file_from_c(const char* path, const float* x, long samples, float* y);
int judge_memory_from_c(const void* bytes, size_t size, const float* x, long samples, float* y);
const char* error_from_c(void);
#ifdef __cplusplus
}
#endif

#endif

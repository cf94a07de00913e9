/* What the program wants of a target. */
#pragma once
#include <stdint.h>

void put(const char* text);
/* The lowest word that the stack may take; null where the stack is not measured. */
uint32_t* stack_end(void);

static inline uint32_t* stack_pointer(void) {
#if defined(__arm__)
  uint32_t* p;
  __asm__ volatile("mov %0, sp" : "=r"(p));
  return p;
#elif defined(__riscv)
  uint32_t* p;
  __asm__ volatile("mv %0, sp" : "=r"(p));
  return p;
#else
  return 0;
#endif
}

/* Targets with a C library: Linux, WebAssembly, RISC-V with picolibc. */
#include <stdio.h>

#include "port.h"

void put(const char *text) { fputs(text, stderr); }

#if defined(__riscv)
extern char __stack[], __heap_start[];
uint32_t *stack_end(void) {
  /* picolibc's linker script: the stack grows down from __stack, the heap up from __heap_start. */
  char *low = __stack - 65536;
  return (uint32_t *)(low > __heap_start ? low : __heap_start);
}
#else
uint32_t *stack_end(void) { return 0; }
#endif

/* What a Cortex-M needs before main, and how it talks to QEMU: semihosting. */
#include <stdint.h>
#include <string.h>

#include "port.h"

extern uint32_t __stack_top, __etext, __data_start__, __data_end__, __bss_start__, __bss_end__, end;
int main(void);

static void semihosting(uint32_t operation, const void *argument) {
  register uint32_t r0 __asm__("r0") = operation;
  register const void *r1 __asm__("r1") = argument;
  __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

void put(const char *text) { semihosting(4, text); /* SYS_WRITE0 */ }

uint32_t *stack_end(void) {
  /* As much of the RAM under the stack as any model takes, and no more, since every word is painted. */
  const uintptr_t low = (uintptr_t)&__stack_top - 65536, used = ((uintptr_t)&end + 1024) & ~(uintptr_t)3;
  return (uint32_t *)(low > used ? low : used);
}

static void leave(int code) {
  const uint32_t block[2] = {0x20026, (uint32_t)code}; /* ADP_Stopped_ApplicationExit */
  semihosting(0x20, block);                            /* SYS_EXIT_EXTENDED */
  for (;;) {
  }
}

void Fault_Handler(void);
void Fault_Handler(void) { leave(99); }

void Reset_Handler(void);
void Reset_Handler(void) {
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
  *(volatile uint32_t *)0xE000ED88u |= 0xF00000u; /* CPACR: the floating point and vector units are off at first */
  __asm__ volatile("dsb\n isb");
#endif
  memcpy(&__data_start__, &__etext, (size_t)((char *)&__data_end__ - (char *)&__data_start__));
  memset(&__bss_start__, 0, (size_t)((char *)&__bss_end__ - (char *)&__bss_start__));
  leave(main());
}

__attribute__((section(".vectors"), used)) static const void *const vectors[16] = {
    &__stack_top,          (const void *)Reset_Handler, (const void *)Fault_Handler, (const void *)Fault_Handler,
    (const void *)Fault_Handler, (const void *)Fault_Handler, (const void *)Fault_Handler};

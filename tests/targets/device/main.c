/* Judges the images and says what came out: "y" and the bytes of each answer, then "stack" and what one judgment took. */
#include "program.h" /* RUN, NUMBER, INPUTS, OUTPUTS: written by run.py */

#include "images.h"
#include "port.h"

static NUMBER x0[INPUTS], y0[OUTPUTS];

/* Where the counting plugin begins and ends a region. */
void before_judgment(void);
void after_judgment(void);
__attribute__((noinline)) void before_judgment(void) { __asm__ volatile("nop"); } /* not the same body, or they become one */
__attribute__((noinline)) void after_judgment(void) { __asm__ volatile(""); }

static void load(int image) {
  for (int i = 0; i < INPUTS; ++i) x0[i] = FROM_PIXEL(images[image][i]);
}

static void put_answer(void) {
  const unsigned char *bytes = (const unsigned char *)y0;
  char text[2 * sizeof y0 + 4] = "y ";
  unsigned at = 2;
  for (unsigned i = 0; i < sizeof y0; ++i) {
    text[at++] = "0123456789abcdef"[bytes[i] >> 4];
    text[at++] = "0123456789abcdef"[bytes[i] & 15];
  }
  text[at++] = '\n';
  text[at] = 0;
  put(text);
}

static void put_number(const char *what, unsigned long number) {
  char text[24];
  unsigned at = sizeof text;
  text[--at] = 0;
  text[--at] = '\n';
  do text[--at] = (char)('0' + number % 10);
  while (number /= 10);
  put(what);
  put(text + at);
}

/* Paints the free stack, judges, and looks how far the paint is gone. */
__attribute__((noinline)) static void measure_stack(void) {
  uint32_t *const top = stack_pointer(), *const low = stack_end();
  if (!low) return;
  for (volatile uint32_t *p = low; p < top; ++p) *p = 0xdeadbeefu;
  RUN(x0, y0);
  const volatile uint32_t *p = low;
  while (p < top && *p == 0xdeadbeefu) ++p;
  put_number("stack ", (unsigned long)((const char *)top - (const char *)p));
}

int main(void) {
  for (int image = 0; image < IMAGES; ++image) {
    load(image);
    before_judgment();
    RUN(x0, y0);
    after_judgment();
    put_answer();
  }
  measure_stack();
  put_number("end ", IMAGES);
  return 0;
}

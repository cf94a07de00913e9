/* Where a page of JavaScript puts the picture and finds the judgment: addresses in the module's memory. */
#include "fashion.h"

static float picture[FASHION_X0_SIZE];  /* 28 rows of 28 numbers from 0 (black) to 1 (white) */
static float judgment[FASHION_Y0_SIZE]; /* how likely each class is; together 1 */

float *picture_at(void) { return picture; }
float *judgment_at(void) { return judgment; }
void judge(void) { fashion_run(picture, judgment); }

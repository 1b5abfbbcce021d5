// The element-wise half of a GRU step, and the softmax of the scores.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "recurrent.c"
#include "each_isa.h"

void spot_gru_gates(const float *input, const float *recurrent, const float *hidden, size_t h, float *next) {
  SPOT_CALL(gru_gates, input, recurrent, hidden, h, next);
}

// A row has a handful of classes and comes once a frame: libm is fast enough.
void spot_softmax(float *x, size_t n) {
  float highest = -INFINITY;
  for (size_t i = 0; i < n; i++) highest = x[i] > highest ? x[i] : highest;
  float sum = 0;
  for (size_t i = 0; i < n; i++) sum += x[i] = expf(x[i] - highest);
  for (size_t i = 0; i < n; i++) x[i] /= sum;
}

#else

SPOT_INLINE floats SPOT_NAME(gru_step)(floats input[3], floats recurrent[3], floats hidden) {
  floats reset = sigmoid(input[0] + recurrent[0]);
  floats update = sigmoid(input[1] + recurrent[1]);
  floats candidate = hyperbolic_tangent(input[2] + reset * recurrent[2]);
  return candidate + update * (hidden - candidate);
}

static void SPOT_NAME(gru_gates)(const float *input, const float *recurrent, const float *hidden, size_t h,
                                 float *next) {
  size_t i = 0;
  for (; i + SPOT_LANES <= h; i += SPOT_LANES) {
    floats in[3] = {load(input + i), load(input + h + i), load(input + 2 * h + i)};
    floats re[3] = {load(recurrent + i), load(recurrent + h + i), load(recurrent + 2 * h + i)};
    store(next + i, SPOT_NAME(gru_step)(in, re, load(hidden + i)));
  }
  size_t rest = h - i;
  if (rest == 0) return;
  floats in[3] = {load_some(input + i, rest), load_some(input + h + i, rest), load_some(input + 2 * h + i, rest)};
  floats re[3] = {load_some(recurrent + i, rest), load_some(recurrent + h + i, rest),
                  load_some(recurrent + 2 * h + i, rest)};
  store_some(next + i, SPOT_NAME(gru_step)(in, re, load_some(hidden + i, rest)), rest);
}

#endif

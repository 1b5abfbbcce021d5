// Squeeze-excite's two dense layers on one frame's channel means.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "squeeze_excite.c"
#include "each_isa.h"

void spot_squeeze_excite(const float *mean, int channels, int hidden, const float *w1, const float *b1, const float *w2,
                         const float *b2, float *scratch, float *out) {
  SPOT_CALL(squeeze_excite, mean, (size_t)channels, (size_t)hidden, w1, b1, w2, b2, scratch, out);
}

#else

SPOT_INLINE float SPOT_NAME(dot)(const float *a, const float *b, size_t count) {
  floats sum = 0;
  size_t i = 0;
  for (; i + SPOT_LANES <= count; i += SPOT_LANES) sum += load(a + i) * load(b + i);
  if (i < count) sum += load_some(a + i, count - i) * load_some(b + i, count - i);
  return sum_of_lanes(sum);
}

static void SPOT_NAME(squeeze_excite)(const float *mean, size_t channels, size_t hidden, const float *w1,
                                      const float *b1, const float *w2, const float *b2, float *scratch, float *out) {
  for (size_t i = 0; i < hidden; i++) {
    float v = SPOT_NAME(dot)(w1 + i * channels, mean, channels) + b1[i];
    scratch[i] = v < 0 ? 0 : v;
  }
  for (size_t c = 0; c < channels; c++) out[c] = SPOT_NAME(dot)(w2 + c * hidden, scratch, hidden) + b2[c];
  size_t c = 0;
  for (; c + SPOT_LANES <= channels; c += SPOT_LANES) store(out + c, sigmoid(load(out + c)));
  if (c < channels) store_some(out + c, sigmoid(load_some(out + c, channels - c)), channels - c);
}

#endif

// Gate-shift-fuse: the channels it works on as planes, and one frame's share of the gate's 3×3×3 convolution.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "gate_shift_convolution.c"
#include "each_isa.h"

void spot_gsf_extract(const float *x, size_t pixels, size_t channels, size_t shifted, float *out) {
  for (size_t pixel = 0; pixel < pixels; pixel++, x += channels) {
    for (size_t c = 0; c < shifted; c++) out[c * pixels + pixel] = x[c];
  }
}

// One plane with a border of zeros.
size_t spot_gsf_partial_scratch(int rows, int columns, int shifted) {
  (void)shifted;
  return (size_t)(rows + 2) * (size_t)(columns + 2);
}

void spot_gsf_partial(const float *planes, int rows, int columns, int shifted, const float *scale, const float *offset,
                      const float *weights, float *scratch, float *out) {
  SPOT_CALL(gsf_partial, planes, rows, columns, shifted, scale, offset, weights, scratch, out);
}

#else

static void SPOT_NAME(gsf_partial)(const float *planes, int rows, int columns, int shifted, const float *scale,
                                   const float *offset, const float *weights, float *scratch, float *out) {
  size_t pixels = (size_t)rows * (size_t)columns, padded = (size_t)columns + 2;
  int half = shifted / 2;
  memset(scratch, 0, spot_gsf_partial_scratch(rows, columns, shifted) * sizeof(float));
  memset(out, 0, 6 * pixels * sizeof(float));
  for (int c = 0; c < shifted; c++) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        float v = planes[((size_t)c * (size_t)rows + (size_t)row) * (size_t)columns + (size_t)column] * scale[c] + offset[c];
        scratch[(size_t)(row + 1) * padded + (size_t)column + 1] = v < 0 ? 0 : v;
      }
    }
    int group = c / half;
    for (int time = 0; time < 3; time++) {
      const float *w = weights + ((group * 3 + time) * half + c % half) * 9;
      float *target = out + (size_t)(time * 2 + group) * pixels;
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
          float sum = 0;
          for (int tap = 0; tap < 9; tap++) sum += w[tap] * scratch[(size_t)(row + tap / 3) * padded + (size_t)(column + tap % 3)];
          target[row * columns + column] += sum;
        }
      }
    }
  }
}

#endif

// The stem convolution: 3×3, stride 2, three input channels.
#ifndef SPOT_SUFFIX

#include <string.h>

#include "padding.h"

// Output pixels computed side by side, so that a weight is loaded once for all of them; with two vectors of output
// channels their sums just fit the registers (32 in AVX-512, 16 otherwise).
#define SPOT_STEM_PIXELS (SPOT_LANES == 16 ? 8 : 6)
enum { SPOT_STEM_MOST_PIXELS = 8 };

/// Copies what the block whose first output is (row, column) sees of one source row, padding included.
static void spot_stem_gather(const float *x, int columns, int source_row, int column, int pixels, spot_padding padding,
                             float *out) {
  for (int i = 0; i < 2 * pixels + 1; i++, out += 3) {
    int source_column = spot_padded_index(2 * column - 1 + i, columns, padding);
    if (source_row < 0 || source_column < 0) {
      out[0] = out[1] = out[2] = 0;
    } else {
      memcpy(out, x + ((size_t)source_row * (size_t)columns + (size_t)source_column) * 3, 3 * sizeof(float));
    }
  }
}

#define SPOT_BODY "conv3x3_stem.c"
#include "each_isa.h"

void spot_conv3x3_stem(const float *x, int rows, int columns, const float *weights, const float *bias, int channels,
                       spot_padding padding, float *out) {
  SPOT_CALL(conv3x3_stem, x, rows, columns, weights, bias, channels, padding, out);
}

#else

// `count` ≤ SPOT_STEM_PIXELS outputs of one row, `vectors` (1 or 2) vectors of their channels.
SPOT_INLINE void SPOT_NAME(stem_block)(const float *const taps[3], const float *weights, const float *bias,
                                       size_t channels, const int vectors, int count, float *out) {
  floats sums[SPOT_STEM_PIXELS][2];
  for (int pixel = 0; pixel < SPOT_STEM_PIXELS; pixel++) {
    for (int v = 0; v < vectors; v++) sums[pixel][v] = load(bias + v * SPOT_LANES);
  }
  for (int row = 0; row < 3; row++) {
    const float *source = taps[row];
    for (int i = 0; i < 9; i++, weights += channels) {  // three columns of three input channels
      floats weight[2];
      for (int v = 0; v < vectors; v++) weight[v] = load(weights + v * SPOT_LANES);
#pragma clang loop unroll(full)
      for (int pixel = 0; pixel < SPOT_STEM_PIXELS; pixel++) {
        for (int v = 0; v < vectors; v++) sums[pixel][v] += source[6 * pixel + i] * weight[v];
      }
    }
  }
#pragma clang loop unroll(full)
  for (int pixel = 0; pixel < SPOT_STEM_PIXELS; pixel++) {
    if (pixel == count) return;
    for (int v = 0; v < vectors; v++) store(out + (size_t)pixel * channels + v * SPOT_LANES, relu(sums[pixel][v]));
  }
}

static void SPOT_NAME(conv3x3_stem)(const float *x, int rows, int columns, const float *weights, const float *bias,
                                    int channels, spot_padding padding, float *out) {
  int out_columns = (columns + 1) / 2;
  float gathered[3][(2 * SPOT_STEM_MOST_PIXELS + 1) * 3];
  for (int row = 0; row < rows; row += 2) {
    for (int column = 0; column < out_columns; column += SPOT_STEM_PIXELS) {
      bool is_inside = column > 0 && 2 * (column + SPOT_STEM_PIXELS) <= columns;
      const float *taps[3];
      for (int i = 0; i < 3; i++) {
        int source_row = spot_padded_index(row + i - 1, rows, padding);
        if (is_inside && source_row >= 0) {
          taps[i] = x + ((size_t)source_row * (size_t)columns + (size_t)(2 * column - 1)) * 3;
        } else {
          spot_stem_gather(x, columns, source_row, column, SPOT_STEM_PIXELS, padding, gathered[i]);
          taps[i] = gathered[i];
        }
      }
      int count = out_columns - column < SPOT_STEM_PIXELS ? out_columns - column : SPOT_STEM_PIXELS;
      int c = 0;
      for (; c + 2 * SPOT_LANES <= channels; c += 2 * SPOT_LANES) {
        SPOT_NAME(stem_block)(taps, weights + c, bias + c, (size_t)channels, 2, count, out + c);
      }
      if (c < channels) SPOT_NAME(stem_block)(taps, weights + c, bias + c, (size_t)channels, 1, count, out + c);
      out += count * channels;
    }
  }
}

#endif

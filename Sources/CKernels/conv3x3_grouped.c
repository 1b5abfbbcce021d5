// The grouped 3×3 convolution of the network's blocks.
#ifndef SPOT_SUFFIX

#include "padding.h"
#define SPOT_BODY "conv3x3_grouped.c"
#include "each_isa.h"

void spot_conv3x3_grouped(const float *x, int rows, int columns, int channels, int width, int stride,
                          const float *weights, const float *bias, spot_padding padding, float *out, float *mean) {
  SPOT_CALL(conv3x3_grouped, x, rows, columns, channels, width, stride, weights, bias, padding, out);
  if (mean) {
    size_t pixels = (size_t)((rows + stride - 1) / stride) * (size_t)((columns + stride - 1) / stride);
    spot_mean_over_pixels(out, pixels, (size_t)channels, mean);
  }
}

#else

static void SPOT_NAME(conv3x3_grouped)(const float *x, int rows, int columns, int channels, int width, int stride,
                                       const float *weights, const float *bias, spot_padding padding, float *out) {
  for (int row = 0; row < rows; row += stride) {
    for (int column = 0; column < columns; column += stride, out += channels) {
      for (int first = 0; first < channels; first += width) {
        const float *w = weights + (size_t)first * 9 * (size_t)width;
        for (int o = 0; o < width; o++) out[first + o] = bias[first + o];
        for (int tap = 0; tap < 9; tap++) {
          int source_row = spot_padded_index(row + tap / 3 - 1, rows, padding);
          int source_column = spot_padded_index(column + tap % 3 - 1, columns, padding);
          if (source_row < 0 || source_column < 0) continue;
          const float *pixel = x + ((size_t)source_row * (size_t)columns + (size_t)source_column) * (size_t)channels + first;
          for (int i = 0; i < width; i++) {
            for (int o = 0; o < width; o++) out[first + o] += pixel[i] * w[(tap * width + i) * width + o];
          }
        }
        for (int o = 0; o < width; o++) out[first + o] = out[first + o] < 0 ? 0 : out[first + o];
      }
    }
  }
}

#endif

// The stem convolution: 3×3, stride 2, three input channels.
#ifndef SPOT_SUFFIX

#include "padding.h"
#define SPOT_BODY "conv3x3_stem.c"
#include "each_isa.h"

void spot_conv3x3_stem(const float *x, int rows, int columns, const float *weights, const float *bias, int channels,
                       spot_padding padding, float *out) {
  SPOT_CALL(conv3x3_stem, x, rows, columns, weights, bias, channels, padding, out);
}

#else

static void SPOT_NAME(conv3x3_stem)(const float *x, int rows, int columns, const float *weights, const float *bias,
                                    int channels, spot_padding padding, float *out) {
  for (int row = 0; row < rows; row += 2) {
    for (int column = 0; column < columns; column += 2, out += channels) {
      for (int c = 0; c < channels; c += SPOT_LANES) {
        floats sum = load(bias + c);
        for (int tap = 0; tap < 9; tap++) {
          int source_row = spot_padded_index(row + tap / 3 - 1, rows, padding);
          int source_column = spot_padded_index(column + tap % 3 - 1, columns, padding);
          if (source_row < 0 || source_column < 0) continue;
          const float *pixel = x + ((size_t)source_row * (size_t)columns + (size_t)source_column) * 3;
          for (int i = 0; i < 3; i++) sum += pixel[i] * load(weights + (tap * 3 + i) * channels + c);
        }
        store(out + c, relu(sum));
      }
    }
  }
}

#endif

// Byte pictures into normalised float maps.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "picture.c"
#include "each_isa.h"

void spot_resize_rgb(const uint8_t *src, int source_columns, int out_rows, int out_columns, const int32_t *row_first,
                     const float *row_weights, int row_taps, const int32_t *column_first, const float *column_weights,
                     int column_taps, const float scale[3], const float offset[3], float *scratch, float *out) {
  SPOT_CALL(resize_rgb, src, source_columns, out_rows, out_columns, row_first, row_weights, row_taps, column_first,
            column_weights, column_taps, scale, offset, scratch, out);
}

void spot_normalise_rgb(const uint8_t *src, size_t stride, int rows, int columns, const float scale[3],
                        const float offset[3], float *out) {
  SPOT_CALL(normalise_rgb, src, stride, rows, columns, scale, offset, out);
}

#else

static void SPOT_NAME(resize_rgb)(const uint8_t *src, int source_columns, int out_rows, int out_columns,
                                  const int32_t *row_first, const float *row_weights, int row_taps,
                                  const int32_t *column_first, const float *column_weights, int column_taps,
                                  const float scale[3], const float offset[3], float *scratch, float *out) {
  if (out_rows <= 0 || out_columns <= 0) return;
  int begin = column_first[0], end = column_first[0];  // the source columns in use: a crop needs only its own
  for (int column = 0; column < out_columns; column++) {
    if (column_first[column] < begin) begin = column_first[column];
    if (column_first[column] > end) end = column_first[column];
  }
  end += column_taps;
  for (int row = 0; row < out_rows; row++, row_weights += row_taps) {
    for (int i = begin * 3; i < end * 3; i++) scratch[i] = 0;
    for (int j = 0; j < row_taps; j++) {
      const uint8_t *source = src + (size_t)(row_first[row] + j) * (size_t)source_columns * 3;
      float weight = row_weights[j];
      for (int i = begin * 3; i < end * 3; i++) scratch[i] += weight * (float)source[i];
    }
    for (int column = 0; column < out_columns; column++, out += 3) {
      const float *w = column_weights + (size_t)column * (size_t)column_taps;
      const float *pixel = scratch + (size_t)column_first[column] * 3;
      float sum[3] = {0, 0, 0};
      for (int i = 0; i < column_taps; i++) {
        for (int c = 0; c < 3; c++) sum[c] += w[i] * pixel[i * 3 + c];
      }
      for (int c = 0; c < 3; c++) out[c] = sum[c] * scale[c] + offset[c];
    }
  }
}

static void SPOT_NAME(normalise_rgb)(const uint8_t *src, size_t stride, int rows, int columns, const float scale[3],
                                     const float offset[3], float *out) {
  for (int row = 0; row < rows; row++, src += stride) {
    for (int column = 0; column < columns; column++, out += 3) {
      for (int c = 0; c < 3; c++) out[c] = (float)src[column * 3 + c] * scale[c] + offset[c];
    }
  }
}

#endif

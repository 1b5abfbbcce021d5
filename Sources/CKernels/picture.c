// Byte pictures into normalised float maps.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "picture.c"
#include "each_isa.h"

void spot_resize_rgb(const uint8_t *src, int source_columns, int out_rows, int out_columns, const int32_t *row_first,
                     const float *row_weights, int row_taps, const int32_t *column_first, const float *column_weights,
                     int column_taps, const float scale[3], const float offset[3], float *scratch, float *out) {
  if (out_rows <= 0 || out_columns <= 0) return;
  int begin = column_first[0], end = column_first[0];  // a crop needs only its own columns
  for (int column = 0; column < out_columns; column++) {
    if (column_first[column] < begin) begin = column_first[column];
    if (column_first[column] > end) end = column_first[column];
  }
  end += column_taps;
  size_t stride = (size_t)source_columns * 3, first = (size_t)begin * 3, used = (size_t)(end - begin) * 3;
  for (int row = 0; row < out_rows; row++, row_weights += row_taps, out += (size_t)out_columns * 3) {
    const uint8_t *source = src + (size_t)row_first[row] * stride + first;
    SPOT_CALL(weigh_rows, source, stride, used, row_weights, (size_t)row_taps, scratch + first);
    SPOT_CALL(weigh_columns, scratch, source_columns, out_columns, column_first, column_weights, column_taps, scale,
              offset, out);
  }
}

void spot_normalise_rgb(const uint8_t *src, size_t stride, int rows, int columns, const float scale[3],
                        const float offset[3], float *out) {
  SPOT_CALL(normalise_rgb, src, stride, rows, columns, scale, offset, out);
}

#else

typedef uint8_t SPOT_NAME(unaligned_bytes) __attribute__((ext_vector_type(SPOT_LANES), aligned(1)));

// out[i] = Σ_j weights[j]·source[j·stride + i]
static void SPOT_NAME(weigh_rows)(const uint8_t *source, size_t stride, size_t count, const float *weights, size_t taps,
                                  float *out) {
  size_t i = 0;
  for (; i + SPOT_LANES <= count; i += SPOT_LANES) {
    floats sum = 0;
    for (size_t j = 0; j < taps; j++) {
      SPOT_NAME(unaligned_bytes) bytes = *(const SPOT_NAME(unaligned_bytes) *)(source + j * stride + i);
      sum += weights[j] * __builtin_convertvector(bytes, floats);
    }
    store(out + i, sum);
  }
  for (; i < count; i++) {
    out[i] = 0;
    for (size_t j = 0; j < taps; j++) out[i] += weights[j] * (float)source[j * stride + i];
  }
}

// One row of output pixels from one row of weighed source pixels. Four lanes hold a pixel and a neighbour's red, which
// the next pixel's store replaces; the last ones, where there is no neighbour, go value by value.
static void SPOT_NAME(weigh_columns)(const float *row, int source_columns, int out_columns, const int32_t *first,
                                     const float *weights, int taps, const float scale[3], const float offset[3],
                                     float *out) {
  four_floats factor = {scale[0], scale[1], scale[2], 0}, shift = {offset[0], offset[1], offset[2], 0};
  for (int column = 0; column < out_columns; column++, weights += taps, out += 3) {
    const float *pixel = row + (size_t)first[column] * 3;
    if (column + 1 < out_columns && first[column] + taps < source_columns) {
      four_floats sum = 0;
      for (int i = 0; i < taps; i++) sum += weights[i] * *(const unaligned_four_floats *)(pixel + 3 * i);
      *(unaligned_four_floats *)out = sum * factor + shift;
    } else {
      for (int c = 0; c < 3; c++) {
        float sum = 0;
        for (int i = 0; i < taps; i++) sum += weights[i] * pixel[3 * i + c];
        out[c] = sum * scale[c] + offset[c];
      }
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

// Gate-shift-fuse: the channels it works on as planes, and one frame's share of the gate's 3×3×3 convolution.
//
// The convolution runs over planes flattened with one column of zeros between the rows, which serves as the right
// border of one row and the left border of the next. A tap is then one constant distance, and vectors run on from row
// to row: a 7×7 plane is 56 values, four vectors of sixteen. The sums at the column of zeros are computed and dropped.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "gate_shift_convolution.c"

#include <stddef.h>

enum {
  /// Vectors of sums computed side by side, for three time taps each: twelve sums hide the latency of an addition. What
  /// is left of a small plane takes half as many.
  SPOT_GATE_VECTORS = 4,
  /// The longest block, in floats.
  SPOT_GATE_BLOCK = SPOT_GATE_VECTORS * 16,
};

/// From one row of a flattened plane to the next.
static inline size_t spot_gate_pitch(int columns) { return (size_t)columns + 1; }

/// Sums of one time tap, in whole blocks.
static inline size_t spot_gate_sums(int rows, int columns) {
  size_t count = (size_t)rows * spot_gate_pitch(columns);
  return (count + SPOT_GATE_BLOCK - 1) / SPOT_GATE_BLOCK * SPOT_GATE_BLOCK;
}

/// A flattened plane with its borders, as far as the last block's taps reach.
static inline size_t spot_gate_plane(int rows, int columns) {
  return spot_gate_sums(rows, columns) + 2 * spot_gate_pitch(columns) + 2;
}

#include "each_isa.h"

// The planes of one group, and its three rows of sums.
size_t spot_gsf_partial_scratch(int rows, int columns, int shifted) {
  return (size_t)(shifted / 2) * spot_gate_plane(rows, columns) + 3 * spot_gate_sums(rows, columns);
}

void spot_gsf_partial(const float *planes, int rows, int columns, int shifted, const float *scale, const float *offset,
                      const float *weights, float *scratch, float *out) {
  SPOT_CALL(gsf_partial, planes, rows, columns, shifted, scale, offset, weights, scratch, out);
}

void spot_gsf_extract(const float *x, size_t pixels, size_t channels, size_t shifted, float *out) {
  SPOT_CALL(gsf_extract, x, pixels, channels, shifted, out);
}

#else

// By squares of 4×4, transposed in registers; memory, not width, sets the pace.
static void SPOT_NAME(gsf_extract)(const float *x, size_t pixels, size_t channels, size_t shifted, float *out) {
  size_t pixel = 0;
  for (; pixel + 4 <= pixels; pixel += 4) {
    const float *source = x + pixel * channels;
    size_t c = 0;
    for (; c + 4 <= shifted; c += 4) {
      four_floats row[4];
      for (size_t i = 0; i < 4; i++) row[i] = *(const unaligned_four_floats *)(source + i * channels + c);
      four_floats low01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
      four_floats low23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
      four_floats high01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
      four_floats high23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
      float *target = out + c * pixels + pixel;
      *(unaligned_four_floats *)target = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
      *(unaligned_four_floats *)(target + pixels) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
      *(unaligned_four_floats *)(target + 2 * pixels) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
      *(unaligned_four_floats *)(target + 3 * pixels) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
    }
    for (; c < shifted; c++) {
      for (size_t i = 0; i < 4; i++) out[c * pixels + pixel + i] = source[i * channels + c];
    }
  }
  for (; pixel < pixels; pixel++) {
    for (size_t c = 0; c < shifted; c++) out[c * pixels + pixel] = x[pixel * channels + c];
  }
}

// max(scale·x + offset, 0) of one plane, flattened, with zeros around it.
SPOT_INLINE void SPOT_NAME(normalise_plane)(const float *x, size_t rows, size_t columns, float scale, float offset,
                                            float *out) {
  size_t pitch = columns + 1;
  memset(out, 0, (pitch + 1) * sizeof(float));
  out += pitch + 1;
  for (size_t row = 0; row < rows; row++, x += columns, out += pitch) {
    size_t i = 0;
    for (; i + SPOT_LANES <= columns; i += SPOT_LANES) store(out + i, relu(load(x + i) * scale + offset));
    size_t rest = columns - i;
    if (rest) store_some(out + i, relu(load_some(x + i, rest) * scale + offset), rest);
    out[columns] = 0;
  }
  memset(out, 0, pitch * sizeof(float));
}

// The sums of one block of `vectors` for all three time taps. weights are [3 (time), channels, 9].
SPOT_INLINE void SPOT_NAME(gate_block)(const float *planes, size_t plane, size_t pitch, size_t channels,
                                       const float *weights, const size_t vectors, float *out, size_t out_pitch) {
  floats sums[3][SPOT_GATE_VECTORS] = {0};
  for (size_t c = 0; c < channels; c++, planes += plane, weights += 9) {
    for (size_t tap = 0; tap < 9; tap++) {
      const float *source = planes + tap / 3 * pitch + tap % 3;
      for (size_t v = 0; v < vectors; v++) {
        floats x = load(source + v * SPOT_LANES);
        for (size_t time = 0; time < 3; time++) sums[time][v] += x * weights[time * channels * 9 + tap];
      }
    }
  }
  for (size_t time = 0; time < 3; time++) {
    for (size_t v = 0; v < vectors; v++) store(out + time * out_pitch + v * SPOT_LANES, sums[time][v]);
  }
}

static void SPOT_NAME(gsf_partial)(const float *planes, int rows, int columns, int shifted, const float *scale,
                                   const float *offset, const float *weights, float *scratch, float *out) {
  size_t half = (size_t)shifted / 2, pixels = (size_t)rows * (size_t)columns;
  size_t plane = spot_gate_plane(rows, columns), pitch = spot_gate_pitch(columns);
  size_t sum_count = spot_gate_sums(rows, columns);
  float *sums = scratch + half * plane;
  for (size_t group = 0; group < 2; group++, weights += 3 * half * 9) {
    for (size_t c = 0; c < half; c++) {
      size_t channel = group * half + c;
      SPOT_NAME(normalise_plane)(planes + channel * pixels, (size_t)rows, (size_t)columns, scale[channel],
                                 offset[channel], scratch + c * plane);
    }
    const size_t few = SPOT_GATE_VECTORS / 2, count = (size_t)rows * pitch;
    size_t i = 0;
    for (; i + few * SPOT_LANES < count; i += SPOT_GATE_VECTORS * SPOT_LANES) {
      SPOT_NAME(gate_block)(scratch + i, plane, pitch, half, weights, SPOT_GATE_VECTORS, sums + i, sum_count);
    }
    if (i < count) SPOT_NAME(gate_block)(scratch + i, plane, pitch, half, weights, few, sums + i, sum_count);
    for (size_t time = 0; time < 3; time++) {
      const float *source = sums + time * sum_count;
      float *target = out + (time * 2 + group) * pixels;
      for (int row = 0; row < rows; row++, source += pitch, target += columns) {
        memcpy(target, source, (size_t)columns * sizeof(float));
      }
    }
  }
}

#endif

// The grouped 3×3 convolution of the network's blocks.
//
// A block is SPOT_GROUPED_PIXELS neighbouring outputs of one or two rows and one vector of their channels. What it sees
// of the source is first copied into a tile, with padding, so that the sums run over fixed addresses and know no
// borders. The sums stay in registers; a weight is loaded once for all pixels, an input once for all taps that see it.
#ifndef SPOT_SUFFIX

#include <string.h>

#include "padding.h"

enum {
  /// The network's rows are 56, 28, 14 and 7 pixels wide.
  SPOT_GROUPED_PIXELS = 7,
  SPOT_GROUPED_ROWS = 2,
  SPOT_TILE_PIXELS = (2 * SPOT_GROUPED_ROWS + 1) * (2 * SPOT_GROUPED_PIXELS + 1),
  SPOT_TILE_CHANNELS = 16,
};

/// Source rows or columns that `count` outputs side by side see.
static inline int spot_tile_span(int count, int stride) { return (count - 1) * stride + 3; }

typedef struct {
  const float *x;
  int rows, columns, channels, width, stride;
  spot_padding padding;
  const float *weights, *bias;
  float *out, *mean;
} spot_grouped;

#define SPOT_BODY "conv3x3_grouped.c"
#include "each_isa.h"

static void spot_grouped_any_width(const spot_grouped *g) {
  int width = g->width;
  float *out = g->out;
  for (int row = 0; row < g->rows; row += g->stride) {
    for (int column = 0; column < g->columns; column += g->stride, out += g->channels) {
      memcpy(out, g->bias, (size_t)g->channels * sizeof(float));
      for (int tap = 0; tap < 9; tap++) {
        int source_row = spot_padded_index(row + tap / 3 - 1, g->rows, g->padding);
        int source_column = spot_padded_index(column + tap % 3 - 1, g->columns, g->padding);
        if (source_row < 0 || source_column < 0) continue;
        const float *pixel =
            g->x + ((size_t)source_row * (size_t)g->columns + (size_t)source_column) * (size_t)g->channels;
        for (int c = 0; c < g->channels; c++) {
          const float *w =
              g->weights + ((size_t)(c / width * 9 + tap) * (size_t)width + (size_t)(c % width)) * (size_t)width;
          for (int o = 0; o < width; o++) out[c / width * width + o] += pixel[c] * w[o];
        }
      }
      for (int c = 0; c < g->channels; c++) out[c] = out[c] < 0 ? 0 : out[c];
    }
  }
  size_t pixels = (size_t)(out - g->out) / (size_t)g->channels;
  if (g->mean) spot_mean_over_pixels(g->out, pixels, (size_t)g->channels, g->mean);
}

void spot_conv3x3_grouped(const float *x, int rows, int columns, int channels, int width, int stride,
                          const float *weights, const float *bias, spot_padding padding, float *out, float *mean) {
  spot_grouped g = {x, rows, columns, channels, width, stride, padding, weights, bias, out, mean};
  if (width == 8 || width == 16) {
    SPOT_CALL(conv3x3_grouped, &g);
  } else {
    spot_grouped_any_width(&g);
  }
}

#else

#if SPOT_LANES == 16

// Two groups of eight fill a vector. Their lanes alternate, so that one input channel of both, side by side in the
// tile, reaches all lanes by a load that repeats 64 bits; spreading each group's over its half of the lanes would take
// a permutation for every input, which costs as much as a multiplication.
SPOT_INLINE floats SPOT_NAME(interleave)(floats v) {
  return __builtin_shufflevector(v, v, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
}
SPOT_INLINE floats SPOT_NAME(deinterleave)(floats v) {
  return __builtin_shufflevector(v, v, 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
}
SPOT_INLINE floats SPOT_NAME(repeat_pair)(const float *p) {
  double pair;
  memcpy(&pair, p, sizeof pair);
  return _mm512_castpd_ps(_mm512_set1_pd(pair));
}

#else

// Shorter vectors hold one group.
SPOT_INLINE floats SPOT_NAME(interleave)(floats v) { return v; }
SPOT_INLINE floats SPOT_NAME(deinterleave)(floats v) { return v; }
SPOT_INLINE floats SPOT_NAME(repeat_pair)(const float *p) { return *p; }

#endif

// Copies `width` channels from `first` on of the source that a block of `rows` rows sees; (row, column) is where the
// centre of its first output lies.
SPOT_INLINE void SPOT_NAME(fill_tile)(const spot_grouped *g, int row, int column, int first, const int width,
                                      const bool is_pair, const int rows, const int pixels, float *tile) {
  bool is_inside = column > 0 && column - 1 + pixels <= g->columns;
  for (int i = 0; i < rows; i++) {
    int source_row = spot_padded_index(row + i - 1, g->rows, g->padding);
    const float *source = g->x + (ptrdiff_t)source_row * g->columns * g->channels + first;
    for (int pixel = 0; pixel < pixels; pixel++, tile += width) {
      int source_column = column - 1 + pixel;
      if (!is_inside) source_column = spot_padded_index(source_column, g->columns, g->padding);
      bool is_absent = source_row < 0 || source_column < 0;
      for (int c = 0; c < width; c += SPOT_LANES) {
        floats v = is_absent ? 0 : load(source + (ptrdiff_t)source_column * g->channels + c);
        store(tile + c, is_pair ? SPOT_NAME(interleave)(v) : v);
      }
    }
  }
}

// `rows` rows of `count` outputs, one vector of their channels. weights are [3, 3, inputs, width], the tile's pixels
// `width` floats apart. Returns the sum of the outputs.
SPOT_INLINE floats SPOT_NAME(grouped_block)(const float *tile, const int width, const int inputs, const bool is_pair,
                                            const int stride, const float *weights, floats bias, const int rows,
                                            int count, float *out, size_t channels, size_t out_row) {
  const int tile_rows = spot_tile_span(rows, stride), tile_columns = spot_tile_span(SPOT_GROUPED_PIXELS, stride);
  floats sums[SPOT_GROUPED_ROWS][SPOT_GROUPED_PIXELS];
  if (is_pair) bias = SPOT_NAME(interleave)(bias);
  for (int row = 0; row < rows; row++) {
    for (int pixel = 0; pixel < SPOT_GROUPED_PIXELS; pixel++) sums[row][pixel] = bias;
  }
#pragma clang loop unroll(disable)
  for (int i = 0; i < inputs; i++) {
#pragma clang loop unroll_count(SPOT_LANES == 16 ? 5 : 1)
    for (int y = 0; y < tile_rows; y++) {
#pragma clang loop unroll(full)
      for (int x = 0; x < tile_columns; x++) {
        const float *pixel_inputs = tile + (y * tile_columns + x) * width;
        floats input = is_pair ? SPOT_NAME(repeat_pair)(pixel_inputs + 2 * i) : pixel_inputs[i];
#pragma clang loop unroll(full)
        for (int tap = 0; tap < 3 * 3 * rows; tap++) {
          int row = tap / 9, tap_row = tap / 3 % 3, tap_column = tap % 3;
          int pixel = (x - tap_column) / stride;
          if (y != row * stride + tap_row || x != pixel * stride + tap_column) continue;
          if (x < tap_column || pixel >= SPOT_GROUPED_PIXELS) continue;
          sums[row][pixel] += input * load(weights + ((tap_row * 3 + tap_column) * inputs + i) * width);
        }
      }
    }
  }
  floats total = 0;
#pragma clang loop unroll(full)
  for (int pixel = 0; pixel < SPOT_GROUPED_PIXELS; pixel++) {
    if (pixel == count) break;
    for (int row = 0; row < rows; row++) {
      floats v = relu(is_pair ? SPOT_NAME(deinterleave)(sums[row][pixel]) : sums[row][pixel]);
      store(out + (size_t)row * out_row + (size_t)pixel * channels, v);
      total += v;
    }
  }
  return total;
}

// `rows` rows of `width` channels from `first` on, from `row` on.
SPOT_INLINE void SPOT_NAME(grouped_rows)(const spot_grouped *g, int first, const int width, const bool is_pair,
                                         const int stride, const float *weights, int row, const int rows,
                                         floats *totals) {
  _Alignas(64) float tile[SPOT_TILE_PIXELS * SPOT_TILE_CHANNELS];
  const int tile_rows = spot_tile_span(rows, stride), tile_columns = spot_tile_span(SPOT_GROUPED_PIXELS, stride);
  int out_columns = (g->columns + stride - 1) / stride;
  size_t channels = (size_t)g->channels, out_row = (size_t)out_columns * channels;
  for (int column = 0; column < out_columns; column += SPOT_GROUPED_PIXELS) {
    int count = out_columns - column < SPOT_GROUPED_PIXELS ? out_columns - column : SPOT_GROUPED_PIXELS;
    SPOT_NAME(fill_tile)(g, row * stride, column * stride, first, width, is_pair, tile_rows, tile_columns, tile);
    float *out = g->out + (size_t)row * out_row + (size_t)column * channels + first;
    for (int o = 0; o < width; o += SPOT_LANES) {
      totals[o / SPOT_LANES] +=
          SPOT_NAME(grouped_block)(tile, width, is_pair ? width / 2 : width, is_pair, stride, weights + o,
                                   load(g->bias + first + o), rows, count, out + o, channels, out_row);
    }
  }
}

// `width` channels from `first` on: one group, or a pair of groups of eight with their weights interleaved.
SPOT_INLINE void SPOT_NAME(grouped_channels)(const spot_grouped *g, int first, const int width, const bool is_pair,
                                             const int stride, const float *weights) {
  int out_rows = (g->rows + stride - 1) / stride, out_columns = (g->columns + stride - 1) / stride;
  floats totals[SPOT_TILE_CHANNELS / SPOT_LANES] = {0};
  int row = 0;
#if SPOT_LANES == 16  // only AVX-512 has the registers for fourteen sums and nine weights
  for (; row + 2 <= out_rows; row += 2) {
    SPOT_NAME(grouped_rows)(g, first, width, is_pair, stride, weights, row, 2, totals);
  }
#endif
  for (; row < out_rows; row++) {
    SPOT_NAME(grouped_rows)(g, first, width, is_pair, stride, weights, row, 1, totals);
  }
  if (!g->mean) return;
  for (int v = 0; v < width / SPOT_LANES; v++) {
    store(g->mean + first + v * SPOT_LANES, totals[v] * (1.0f / (float)(out_rows * out_columns)));
  }
}

SPOT_INLINE void SPOT_NAME(grouped_channels_any_stride)(const spot_grouped *g, int first, const int width,
                                                        const bool is_pair, const float *weights) {
  if (g->stride == 1) {
    SPOT_NAME(grouped_channels)(g, first, width, is_pair, 1, weights);
  } else {
    SPOT_NAME(grouped_channels)(g, first, width, is_pair, 2, weights);
  }
}

#if SPOT_LANES == 16

// Groups of eight by twos. An odd last group is computed along with its neighbour, a second time for that.
static void SPOT_NAME(grouped_pairs)(const spot_grouped *g) {
  _Alignas(64) float weights[9 * 8][16];
  for (int next = 0; next < g->channels; next += 16) {
    int first = next + 16 <= g->channels ? next : g->channels - 16;
    const float *source = g->weights + (size_t)first * 9 * 8;
    for (int i = 0; i < 9 * 8; i++) {
      floats v;
      v.lo = *(const unaligned_eight_floats *)(source + i * 8);
      v.hi = *(const unaligned_eight_floats *)(source + (9 * 8 + i) * 8);
      store(weights[i], SPOT_NAME(interleave)(v));
    }
    SPOT_NAME(grouped_channels_any_stride)(g, first, 16, true, weights[0]);
  }
}

#endif

static void SPOT_NAME(conv3x3_grouped)(const spot_grouped *g) {
  if (g->width == 16) {
    for (int first = 0; first < g->channels; first += 16) {
      SPOT_NAME(grouped_channels_any_stride)(g, first, 16, false, g->weights + (size_t)first * 9 * 16);
    }
    return;
  }
#if SPOT_LANES == 16
  if (g->channels == 8) {  // one group, no pair
    conv3x3_grouped_avx2(g);
  } else {
    SPOT_NAME(grouped_pairs)(g);
  }
#else
  for (int first = 0; first < g->channels; first += 8) {
    SPOT_NAME(grouped_channels_any_stride)(g, first, 8, false, g->weights + (size_t)first * 9 * 8);
  }
#endif
}

#endif

// The grouped 3×3 convolution of the network's blocks.
//
// A block is SPOT_GROUPED_PIXELS neighbouring outputs of one row and one vector of their channels. What it sees of the
// source is first copied into a tile, with padding, so that the sums run over fixed addresses and know no borders. The
// sums stay in registers; a weight is loaded once for all pixels, an input once for its three columns of taps.
#ifndef SPOT_SUFFIX

#include <string.h>

#include "padding.h"

enum {
  /// The network's rows are 56, 28, 14 and 7 pixels wide.
  SPOT_GROUPED_PIXELS = 7,
  SPOT_TILE_PIXELS = 2 * SPOT_GROUPED_PIXELS + 1,
  SPOT_TILE_CHANNELS = 16,
};

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
        const float *pixel = g->x + ((size_t)source_row * (size_t)g->columns + (size_t)source_column) * (size_t)g->channels;
        for (int c = 0; c < g->channels; c++) {
          const float *w = g->weights + ((size_t)(c / width * 9 + tap) * (size_t)width + (size_t)(c % width)) * (size_t)width;
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

// Copies `width` channels from `first` on of the source pixels that a block sees, [3, 2·pixels + 1 or pixels + 2, width].
SPOT_INLINE void SPOT_NAME(fill_tile)(const spot_grouped *g, int row, int column, int first, const int width,
                                      const int pixels, float *tile) {
  bool is_inside = column > 0 && column - 1 + pixels <= g->columns;
  for (int i = 0; i < 3; i++) {
    int source_row = spot_padded_index(row + i - 1, g->rows, g->padding);
    const float *source = g->x + (ptrdiff_t)source_row * g->columns * g->channels + first;
    for (int pixel = 0; pixel < pixels; pixel++, tile += width) {
      int source_column = column - 1 + pixel;
      if (!is_inside) source_column = spot_padded_index(source_column, g->columns, g->padding);
      bool is_absent = source_row < 0 || source_column < 0;
      for (int c = 0; c < width; c += SPOT_LANES) {
        store(tile + c, is_absent ? 0 : load(source + (ptrdiff_t)source_column * g->channels + c));
      }
    }
  }
}

// One input channel for all lanes; in a pair of groups of eight, each half of the lanes has its own group's.
SPOT_INLINE floats SPOT_NAME(input)(const float *pixel, int i, const bool is_pair) {
#if SPOT_LANES == 16
  if (is_pair) {
    __m512i group = _mm512_setr_epi32(0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8);
    return _mm512_permutexvar_ps(_mm512_add_epi32(group, _mm512_set1_epi32(i)), load(pixel));
  }
#endif
  (void)is_pair;
  return pixel[i];
}

// `count` outputs of one row, one vector of their channels. weights are [3, 3, inputs, weight_pitch]; the tile's pixels
// are `width` floats apart. Returns the sum of the outputs.
SPOT_INLINE floats SPOT_NAME(grouped_block)(const float *tile, const int width, const int inputs, const bool is_pair,
                                            const int stride, const float *weights, floats bias, int count, float *out,
                                            size_t channels) {
  const int tile_pixels = (SPOT_GROUPED_PIXELS - 1) * stride + 3;
  floats sums[SPOT_GROUPED_PIXELS];
  for (int pixel = 0; pixel < SPOT_GROUPED_PIXELS; pixel++) sums[pixel] = bias;
  for (int row = 0; row < 3; row++, tile += tile_pixels * width, weights += 3 * inputs * width) {
#pragma clang loop unroll_count(SPOT_LANES == 16 ? 8 : 2)
    for (int i = 0; i < inputs; i++) {
      floats weight[3];
      for (int column = 0; column < 3; column++) weight[column] = load(weights + (column * inputs + i) * width);
#pragma clang loop unroll(full)
      for (int source = 0; source < tile_pixels; source++) {
        floats input = SPOT_NAME(input)(tile + source * width, i, is_pair);
#pragma clang loop unroll(full)
        for (int column = 0; column < 3; column++) {
          int pixel = (source - column) / stride;
          if (source >= column && (source - column) % stride == 0 && pixel < SPOT_GROUPED_PIXELS) {
            sums[pixel] += input * weight[column];
          }
        }
      }
    }
  }
  floats total = 0;
#pragma clang loop unroll(full)
  for (int pixel = 0; pixel < SPOT_GROUPED_PIXELS; pixel++) {
    if (pixel == count) break;
    floats v = relu(sums[pixel]);
    store(out + (size_t)pixel * channels, v);
    total += v;
  }
  return total;
}

// All rows of `width` channels from `first` on: one group, or a pair of groups of eight with the weights of both side by
// side.
SPOT_INLINE void SPOT_NAME(grouped_channels)(const spot_grouped *g, int first, const int width, const bool is_pair,
                                             const int stride, const float *weights) {
  const int inputs = is_pair ? width / 2 : width;
  const int tile_pixels = (SPOT_GROUPED_PIXELS - 1) * stride + 3;
  int out_rows = (g->rows + stride - 1) / stride, out_columns = (g->columns + stride - 1) / stride;
  _Alignas(64) float tile[3 * SPOT_TILE_PIXELS * SPOT_TILE_CHANNELS];
  floats totals[SPOT_TILE_CHANNELS / SPOT_LANES] = {0};
  for (int row = 0; row < out_rows; row++) {
    for (int column = 0; column < out_columns; column += SPOT_GROUPED_PIXELS) {
      int count = out_columns - column < SPOT_GROUPED_PIXELS ? out_columns - column : SPOT_GROUPED_PIXELS;
      SPOT_NAME(fill_tile)(g, row * stride, column * stride, first, width, tile_pixels, tile);
      float *out = g->out + ((size_t)row * (size_t)out_columns + (size_t)column) * (size_t)g->channels + first;
      for (int v = 0; v < width / SPOT_LANES; v++) {
        int o = v * SPOT_LANES;
        totals[v] += SPOT_NAME(grouped_block)(tile, width, inputs, is_pair, stride, weights + o, load(g->bias + first + o),
                                              count, out + o, (size_t)g->channels);
      }
    }
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

// Two groups of eight fill a vector. An odd last group is computed along with its neighbour, a second time for that.
static void SPOT_NAME(grouped_pairs)(const spot_grouped *g) {
  _Alignas(64) float weights[9 * 8][16];
  for (int next = 0; next < g->channels; next += 16) {
    int first = next + 16 <= g->channels ? next : g->channels - 16;
    const float *source = g->weights + (size_t)first * 9 * 8;
    for (int i = 0; i < 9 * 8; i++) {
      memcpy(weights[i], source + i * 8, 8 * sizeof(float));
      memcpy(weights[i] + 8, source + (9 * 8 + i) * 8, 8 * sizeof(float));
    }
    SPOT_NAME(grouped_channels_any_stride)(g, first, 16, true, weights[0]);
  }
}

#endif

static void SPOT_NAME(conv3x3_grouped)(const spot_grouped *g) {
#if SPOT_LANES == 16
  if (g->width == 8) {
    if (g->channels == 8) {
      conv3x3_grouped_avx2(g);
    } else {
      SPOT_NAME(grouped_pairs)(g);
    }
    return;
  }
#else
  for (int first = 0; g->width == 8 && first < g->channels; first += 8) {
    SPOT_NAME(grouped_channels_any_stride)(g, first, 8, false, g->weights + (size_t)first * 9 * 8);
  }
#endif
  for (int first = 0; g->width == 16 && first < g->channels; first += 16) {
    SPOT_NAME(grouped_channels_any_stride)(g, first, 16, false, g->weights + (size_t)first * 9 * 16);
  }
}

#endif

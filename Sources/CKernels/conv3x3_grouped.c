// The grouped 3×3 convolution of the network's blocks.
//
// A block is some neighbouring outputs of one or two rows and one vector of their channels. What it sees of the source
// is first copied into a tile, with padding, so that the sums run over fixed addresses and know no borders. The sums
// stay in registers; the source of the next tile is fetched meanwhile.
#ifndef SPOT_SUFFIX

#include <string.h>

#include "padding.h"

enum {
  /// Columns of a block, and of one for what is left. The network's rows are 56, 28, 14, 7 or 4 pixels wide where the
  /// picture is square, and 50, 25, 13 or 7 in the bundled model.
  SPOT_GROUPED_COLUMNS = 7,
  SPOT_GROUPED_FEW_COLUMNS = 4,
  SPOT_GROUPED_ROWS = 2,
  SPOT_TILE_PIXELS = (2 * SPOT_GROUPED_ROWS + 1) * (2 * SPOT_GROUPED_COLUMNS + 1),
  /// A cache line of them: one group of 16, or two of eight.
  SPOT_TILE_CHANNELS = 16,
};

typedef struct {
  const float *x;
  int rows, columns, channels, width, stride;
  spot_padding padding;
  const float *weights, *bias;
  float *out, *mean;
} spot_grouped;

/// What the compiler knows of a block: code is made for each.
typedef struct {
  /// Outputs.
  int rows, columns;
  int stride;
  /// Channels of the tile, and of those that one row of the weights holds.
  int channels, width;
  /// The vector holds two groups of eight; each output sees half of the tile's channels.
  bool is_pair;
} spot_block;

/// Source rows or columns that `count` outputs side by side see.
static inline int spot_tile_span(int count, int stride) { return (count - 1) * stride + 3; }

/// Input channels that an output sees.
static inline int spot_block_inputs(spot_block block) { return block.is_pair ? block.width / 2 : block.width; }

/// Where a tile's source begins, and the floats from row to row and from pixel to pixel.
typedef struct {
  const float *start;
  ptrdiff_t row, pixel;
} spot_tile_source;

/// The source of the tile at (row, column) of the source's pixels, as near as there is one inside: what lies outside
/// is near it too.
static inline spot_tile_source spot_next_source(const spot_grouped *g, spot_block block, int row, int column, int first) {
  int last_row = g->rows - spot_tile_span(block.rows, block.stride);
  if (row > last_row) row = last_row;
  if (row < 0) row = 0;
  if (column < 0) column = 0;
  ptrdiff_t pixel = g->channels, row_length = g->columns * pixel;
  return (spot_tile_source){g->x + row * row_length + column * pixel + first, row_length, pixel};
}

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

// Copies one pixel's channels.
SPOT_INLINE void SPOT_NAME(copy_pixel)(const float *from, spot_block block, float *to) {
#pragma clang loop unroll(full)
  for (int c = 0; c < block.channels; c += SPOT_LANES) {
    floats v = load(from + c);
    store(to + c, block.is_pair ? SPOT_NAME(interleave)(v) : v);
  }
}

// Copies what a block sees: channels from `first` on of the pixels from (row, column) on, which may lie outside.
SPOT_INLINE void SPOT_NAME(fill_tile)(const spot_grouped *g, spot_block block, int row, int column, int first,
                                      float *tile) {
  const int rows = spot_tile_span(block.rows, block.stride), columns = spot_tile_span(block.columns, block.stride);
  const int channels = block.channels;
  int begin = column < 0 ? -column : 0, end = g->columns - column < columns ? g->columns - column : columns;
  for (int i = 0; i < rows; i++, tile += columns * channels) {
    int source_row = spot_padded_index(row + i, g->rows, g->padding);
    if (source_row < 0) {
      memset(tile, 0, (size_t)(columns * channels) * sizeof(float));
      continue;
    }
    const float *source = g->x + (ptrdiff_t)source_row * g->columns * g->channels + first;
#pragma clang loop unroll_count(4)
    for (int pixel = begin; pixel < end; pixel++) {
      SPOT_NAME(copy_pixel)(source + (ptrdiff_t)(column + pixel) * g->channels, block, tile + pixel * channels);
    }
    for (int pixel = begin > 0 ? 0 : end; pixel < columns; pixel = pixel + 1 == begin ? end : pixel + 1) {
      int source_column = spot_padded_index(column + pixel, g->columns, g->padding);
      if (source_column < 0) {
        memset(tile + pixel * channels, 0, (size_t)channels * sizeof(float));
      } else {
        SPOT_NAME(copy_pixel)(source + (ptrdiff_t)source_column * g->channels, block, tile + pixel * channels);
      }
    }
  }
}

// Fetches a part of the next tile's source in the sums' turn `i`, so that it has come when the tile is filled.
SPOT_INLINE void SPOT_NAME(fetch_part)(spot_tile_source next, spot_block block, int i) {
  const int rows = spot_tile_span(block.rows, block.stride), columns = spot_tile_span(block.columns, block.stride);
#pragma clang loop unroll(full)
  for (int part = 0; part < columns; part += spot_block_inputs(block)) {
#pragma clang loop unroll(full)
    for (int row = 0; row < rows; row++) __builtin_prefetch(next.start + row * next.row + (part + i) * next.pixel);
  }
}

// One vector of a block's outputs, of which `columns` are wanted. tile begins at the inputs of their group; weights are
// [3, 3, inputs, width]. Adds the outputs to `total`.
SPOT_INLINE void SPOT_NAME(grouped_block)(const float *tile, spot_block block, const float *weights, floats bias,
                                          const spot_tile_source *next, int columns, float *out, size_t out_row,
                                          size_t out_pixel, floats *total) {
  const int tile_columns = spot_tile_span(block.columns, block.stride), inputs = spot_block_inputs(block);
  floats sums[SPOT_GROUPED_ROWS][SPOT_GROUPED_COLUMNS];
  if (block.is_pair) bias = SPOT_NAME(interleave)(bias);
#pragma clang loop unroll(full)
  for (int row = 0; row < block.rows; row++) {
#pragma clang loop unroll(full)
    for (int column = 0; column < block.columns; column++) sums[row][column] = bias;
  }
#pragma clang loop unroll(disable)
  for (int i = 0; i < inputs; i++) {
    if (next) SPOT_NAME(fetch_part)(*next, block, i);
#pragma clang loop unroll(full)
    for (int tap = 0; tap < 9; tap++) {
      floats weight = load(weights + (tap * inputs + i) * block.width);
#pragma clang loop unroll(full)
      for (int row = 0; row < block.rows; row++) {
#pragma clang loop unroll(full)
        for (int column = 0; column < block.columns; column++) {
          int pixel = (row * block.stride + tap / 3) * tile_columns + column * block.stride + tap % 3;
          const float *seen = tile + pixel * block.channels;
          floats input = block.is_pair ? SPOT_NAME(repeat_pair)(seen + 2 * i) : seen[i];
          sums[row][column] += input * weight;
        }
      }
    }
  }
#pragma clang loop unroll(full)
  for (int column = 0; column < block.columns; column++) {
    if (column == columns) break;
#pragma clang loop unroll(full)
    for (int row = 0; row < block.rows; row++) {
      floats v = relu(block.is_pair ? SPOT_NAME(deinterleave)(sums[row][column]) : sums[row][column]);
      store(out + (size_t)row * out_row + (size_t)column * out_pixel, v);
      *total += v;
    }
  }
}

// All of a tile's channels of the outputs from (row, column) on.
SPOT_INLINE void SPOT_NAME(grouped_tile)(const spot_grouped *g, spot_block block, int first, const float *weights,
                                         int row, int column, floats *totals) {
  _Alignas(64) float tile[SPOT_TILE_PIXELS * SPOT_TILE_CHANNELS];
  const int stride = block.stride, tile_row = spot_tile_span(block.columns, stride) * block.channels;
  SPOT_NAME(fill_tile)(g, block, row * stride - 1, column * stride - 1, first, tile);
  int out_columns = (g->columns + stride - 1) / stride, columns = out_columns - column;
  bool is_last = columns <= block.columns;
  spot_tile_source next = spot_next_source(g, block, (is_last ? row + block.rows : row) * stride - 1,
                                           (is_last ? 0 : column + block.columns) * stride - 1, first);
  size_t out_pixel = (size_t)g->channels, out_row = (size_t)out_columns * out_pixel;
  float *out = g->out + (size_t)row * out_row + (size_t)column * out_pixel + first;
  // Seven sums of two rows and what they are made of want more than sixteen registers.
  spot_block part = block;
  if (SPOT_LANES < 16 && block.columns > SPOT_GROUPED_FEW_COLUMNS) part.rows = 1;
  for (int o = 0; o < block.channels; o += SPOT_LANES) {
    int group = o / block.width * block.width;
    for (int r = 0; r < block.rows; r += part.rows) {
      SPOT_NAME(grouped_block)(tile + r * stride * tile_row + group, part,
                               weights + group * 9 * spot_block_inputs(block) + o - group, load(g->bias + first + o),
                               o == 0 ? &next : NULL, columns, out + (size_t)r * out_row + o, out_row, out_pixel,
                               &totals[o / SPOT_LANES]);
    }
  }
}

SPOT_INLINE void SPOT_NAME(grouped_rows)(const spot_grouped *g, spot_block block, int first, const float *weights,
                                         int row, floats *totals) {
  int columns = (g->columns + block.stride - 1) / block.stride, column = 0;
  for (; columns - column > SPOT_GROUPED_FEW_COLUMNS; column += block.columns) {
    SPOT_NAME(grouped_tile)(g, block, first, weights, row, column, totals);
  }
  block.columns = SPOT_GROUPED_FEW_COLUMNS;
  if (column < columns) SPOT_NAME(grouped_tile)(g, block, first, weights, row, column, totals);
}

// The channels of a tile, from `first` on, of all outputs.
SPOT_INLINE void SPOT_NAME(grouped_channels)(const spot_grouped *g, spot_block block, int first, const float *weights) {
  int rows = (g->rows + block.stride - 1) / block.stride, columns = (g->columns + block.stride - 1) / block.stride;
  floats totals[SPOT_TILE_CHANNELS / SPOT_LANES] = {0};
  int row = 0;
  for (; row + block.rows <= rows; row += block.rows) {
    SPOT_NAME(grouped_rows)(g, block, first, weights, row, totals);
  }
  block.rows = 1;
  if (row < rows) SPOT_NAME(grouped_rows)(g, block, first, weights, row, totals);
  if (!g->mean) return;
  for (int v = 0; v < block.channels / SPOT_LANES; v++) {
    store(g->mean + first + v * SPOT_LANES, totals[v] * (1.0f / (float)(rows * columns)));
  }
}

SPOT_INLINE void SPOT_NAME(grouped_channels_any_stride)(const spot_grouped *g, const int channels, const int width,
                                                        const bool is_pair, int first, const float *weights) {
  spot_block block = {SPOT_GROUPED_ROWS, SPOT_GROUPED_COLUMNS, 1, channels, width, is_pair};
  if (g->stride == 1) {
    SPOT_NAME(grouped_channels)(g, block, first, weights);
  } else {
    block.stride = 2;
    SPOT_NAME(grouped_channels)(g, block, first, weights);
  }
}

#if SPOT_LANES == 16

// Groups of eight by twos, their weights interleaved. An odd last group fills half a vector.
static void SPOT_NAME(groups_of_eight)(const spot_grouped *g) {
  _Alignas(64) float weights[9 * 8][16];
  int first = 0;
  for (; first + 16 <= g->channels; first += 16) {
    const float *source = g->weights + (size_t)first * 9 * 8;
    for (int i = 0; i < 9 * 8; i++) {
      floats v;
      v.lo = *(const unaligned_eight_floats *)(source + i * 8);
      v.hi = *(const unaligned_eight_floats *)(source + (9 * 8 + i) * 8);
      store(weights[i], SPOT_NAME(interleave)(v));
    }
    SPOT_NAME(grouped_channels_any_stride)(g, 16, 16, true, first, weights[0]);
  }
  if (first < g->channels) groups_of_eight_avx2(g, first);
}

#else

// From channel `first` on. Two groups share a tile, so that a cache line of the source is read once.
static void SPOT_NAME(groups_of_eight)(const spot_grouped *g, int first) {
  for (; first + 16 <= g->channels; first += 16) {
    SPOT_NAME(grouped_channels_any_stride)(g, 16, 8, false, first, g->weights + (size_t)first * 9 * 8);
  }
  if (first < g->channels) {
    SPOT_NAME(grouped_channels_any_stride)(g, 8, 8, false, first, g->weights + (size_t)first * 9 * 8);
  }
}

#endif

static void SPOT_NAME(conv3x3_grouped)(const spot_grouped *g) {
  if (g->width == 16) {
    for (int first = 0; first < g->channels; first += 16) {
      SPOT_NAME(grouped_channels_any_stride)(g, 16, 16, false, first, g->weights + (size_t)first * 9 * 16);
    }
    return;
  }
#if SPOT_LANES == 16
  SPOT_NAME(groups_of_eight)(g);
#else
  SPOT_NAME(groups_of_eight)(g, 0);
#endif
}

#endif

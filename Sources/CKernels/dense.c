// Products with weights that are packed once: y = x·W + bias, with shortcut and ReLU while the sums are in registers.
//
// OpenBLAS packs both factors at every call and leaves bias and ReLU to another pass. Here the weights lie in panels of
// SPOT_PANEL columns, row after row, and x is read where it lies: a block of some rows and one panel keeps all its
// sums in registers, multiplies one row of the panel by one value of each row of x, and writes each result once.
#ifndef SPOT_SUFFIX

#include <stddef.h>

#include "CKernels.h"

enum {
  /// Columns of a panel: two vectors of AVX-512. A last panel of at most half of them is half as wide.
  SPOT_PANEL = 32,
  /// Weights that stay in the second-level cache while all rows pass over them, in floats.
  SPOT_CACHED_WEIGHTS = 64 << 10,
};

typedef struct {
  int m, n, k;
  spot_dense_input inputs[2];
  const float *weights, *bias, *residual;
  bool clamps;  // ReLU
  float *out;
} spot_dense;

static inline int spot_panel_width(int n, int column) {
  return n - column > SPOT_PANEL / 2 ? SPOT_PANEL : SPOT_PANEL / 2;
}

size_t spot_dense_packed_count(int k, int n) {
  int half = SPOT_PANEL / 2;
  return (size_t)k * (size_t)((n + half - 1) / half * half);
}

void spot_dense_pack(const float *weights, int k, int n, float *packed) {
  for (int column = 0; column < n; column += SPOT_PANEL) {
    int width = spot_panel_width(n, column);
    for (int row = 0; row < k; row++, packed += width) {
      for (int i = 0; i < width; i++) packed[i] = column + i < n ? weights[(size_t)row * (size_t)n + column + i] : 0;
    }
  }
}

#define SPOT_BODY "dense.c"
#include "each_isa.h"

void spot_dense_scale(const float *packed, const float *scale, int k, int n, float *out) {
  SPOT_CALL(dense_scale, packed, scale, k, n, out);
}

void spot_dense_product(int m, int n, spot_dense_input first, spot_dense_input second, const float *packed,
                        const float *bias, const float *residual, bool relu, float *out) {
  if (m <= 0 || n <= 0) return;
  spot_dense d = {m, n, first.k + second.k, {first, second}, packed, bias, residual, relu, out};
  SPOT_CALL(dense_product, &d);
}

#else

// Rows of a block: two vectors of sums for each, two of weights and one of x fit the registers.
#undef SPOT_DENSE_ROWS
#if SPOT_LANES == 16
#define SPOT_DENSE_ROWS 12
#else
#define SPOT_DENSE_ROWS 6
#endif

static void SPOT_NAME(dense_scale)(const float *packed, const float *scale, int k, int n, float *out) {
  for (int column = 0; column < n; column += SPOT_PANEL) {
    int width = spot_panel_width(n, column);
    for (int row = 0; row < k; row++, packed += width, out += width) {
      for (int i = 0; i < width; i += SPOT_LANES) store(out + i, load(packed + i) * scale[row]);
    }
  }
}

// sums += x·W over one input; `next` is fetched meanwhile, `fetch` bytes a row of weights.
SPOT_INLINE const float *SPOT_NAME(dense_sum)(floats sums[SPOT_DENSE_ROWS][2], const spot_dense_input *input, int row,
                                              const int rows, const float *weights, int width, const int vectors,
                                              const char *next, int fetch) {
  if (input->is_planar) {
    const float *x = input->x + row;
    ptrdiff_t step = input->step;
#pragma clang loop unroll(disable)
    for (int k = 0; k < input->k; k++, x += step, weights += width, next += fetch) {
      floats w[2];
      for (int v = 0; v < vectors; v++) w[v] = load(weights + v * SPOT_LANES);
      __builtin_prefetch(next, 0, 2);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        for (int v = 0; v < vectors; v++) sums[r][v] += x[r] * w[v];
      }
    }
    return weights;
  }
  // An address may hold a base and a doubled index: a pointer to every third row reaches all of them.
  const float *x[(SPOT_DENSE_ROWS + 2) / 3];
  ptrdiff_t step = input->step;
  for (int i = 0; i < (rows + 2) / 3; i++) x[i] = input->x + (row + 3 * i) * step;
#pragma clang loop unroll(disable)  // unrolled, AVX-512 fell to a third of the speed
  for (int k = 0; k < input->k; k++, weights += width, next += fetch) {
    floats w[2];
    for (int v = 0; v < vectors; v++) w[v] = load(weights + v * SPOT_LANES);
    __builtin_prefetch(next, 0, 2);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      float value = x[r / 3][r % 3 * step + k];
      for (int v = 0; v < vectors; v++) sums[r][v] += value * w[v];
    }
  }
  return weights;
}

SPOT_INLINE void SPOT_NAME(dense_block)(const spot_dense *d, int row, const int rows, int column, const float *weights,
                                        int width, const int vectors, const char *next, int fetch) {
  floats sums[SPOT_DENSE_ROWS][2];
  size_t n = (size_t)d->n, count = n - (size_t)column;
  for (int v = 0; v < vectors; v++) {
    size_t begin = (size_t)v * SPOT_LANES;
    floats bias = begin + SPOT_LANES <= count ? load(d->bias + column + begin)
                  : begin < count             ? load_some(d->bias + column + begin, count - begin)
                                              : 0;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sums[r][v] = bias;
  }
  weights = SPOT_NAME(dense_sum)(sums, &d->inputs[0], row, rows, weights, width, vectors, next, fetch);
  if (d->inputs[1].k > 0) {
    SPOT_NAME(dense_sum)(sums, &d->inputs[1], row, rows, weights, width, vectors, next, fetch);
  }
  float *out = d->out + (size_t)row * n + column;
  const float *residual = d->residual ? d->residual + (size_t)row * n + column : NULL;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      size_t begin = (size_t)v * SPOT_LANES;
      if (begin >= count) continue;
      bool is_whole = begin + SPOT_LANES <= count;
      floats y = sums[r][v];
      if (residual) {
        const float *other = residual + (size_t)r * n + begin;
        y += is_whole ? load(other) : load_some(other, count - begin);
      }
      if (d->clamps) y = relu(y);
      float *target = out + (size_t)r * n + begin;
      if (is_whole) {
        store(target, y);
      } else {
        store_some(target, y, count - begin);
      }
    }
  }
}

// One panel, or the part of it that two vectors hold, and `rows` rows.
SPOT_INLINE void SPOT_NAME(dense_rows)(const spot_dense *d, int row, int rows, int column, const float *weights,
                                       int width, const int vectors, const char *next, int fetch) {
#define SPOT_ROWS(count)                                                                            \
  case count:                                                                                       \
    SPOT_NAME(dense_block)(d, row, count, column, weights, width, vectors, next, fetch);            \
    break
  switch (rows) {
    SPOT_ROWS(1);
    SPOT_ROWS(2);
    SPOT_ROWS(3);
    SPOT_ROWS(4);
    SPOT_ROWS(5);
    SPOT_ROWS(6);
#if SPOT_DENSE_ROWS > 6
    SPOT_ROWS(7);
    SPOT_ROWS(8);
    SPOT_ROWS(9);
    SPOT_ROWS(10);
    SPOT_ROWS(11);
    SPOT_ROWS(12);
#endif
  }
#undef SPOT_ROWS
}

static void SPOT_NAME(dense_panel)(const spot_dense *d, int row, int rows, int column, const float *weights, int width,
                                   const char *next, int fetch) {
  int end = d->n - column < width ? d->n - column : width;
  for (int part = 0; part < end; part += 2 * SPOT_LANES) {
    if (end - part > SPOT_LANES) {
      SPOT_NAME(dense_rows)(d, row, rows, column + part, weights + part, width, 2, next, fetch);
    } else {
      SPOT_NAME(dense_rows)(d, row, rows, column + part, weights + part, width, 1, next, fetch);
    }
  }
}

static void SPOT_NAME(dense_product)(const spot_dense *d) {
  // Blocks of nearly equal height: a low last one would waste what hides the latency of a multiplication.
  int blocks = (d->m + SPOT_DENSE_ROWS - 1) / SPOT_DENSE_ROWS;
  size_t panel = (size_t)d->k * SPOT_PANEL;
  if ((size_t)d->k * (size_t)d->n <= SPOT_CACHED_WEIGHTS) {
    // Few weights: each block of x, read once, meets all of them.
    for (int i = 0, row = 0; i < blocks; i++) {
      int rows = (d->m - row + blocks - i - 1) / (blocks - i);
      for (int column = 0; column < d->n; column += SPOT_PANEL) {
        const float *weights = d->weights + (size_t)(column / SPOT_PANEL) * panel;
        SPOT_NAME(dense_panel)(d, row, rows, column, weights, spot_panel_width(d->n, column), (const char *)weights, 0);
      }
      row += rows;
    }
    return;
  }
  // Many: each panel, read once from far away, meets all of x while the next one is fetched.
  for (int column = 0; column < d->n; column += SPOT_PANEL) {
    const float *weights = d->weights + (size_t)(column / SPOT_PANEL) * panel;
    int width = spot_panel_width(d->n, column);
    int fetch = width * (int)sizeof(float) / blocks;
    for (int i = 0, row = 0; i < blocks; i++) {
      int rows = (d->m - row + blocks - i - 1) / (blocks - i);
      const char *next =
          (const char *)(weights + (size_t)d->k * (size_t)width) + (size_t)i * (size_t)fetch * (size_t)d->k;
      SPOT_NAME(dense_panel)(d, row, rows, column, weights, width, next, fetch);
      row += rows;
    }
  }
}

#endif

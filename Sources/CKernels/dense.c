// Products with weights that are packed once: y = x·W + bias, with shortcut and ReLU while the sums are in registers.
//
// OpenBLAS packs both factors at every call and leaves bias and ReLU to another pass. Here the weights lie in panels of
// SPOT_PANEL columns, row after row, and x is read where it lies: a block of some rows and one or two panels keeps all its
// sums in registers, multiplies one row of the panel by one value of each row of x, and writes each result once.
#ifndef SPOT_SUFFIX

#include <stddef.h>

#include "CKernels.h"

enum {
  /// Columns of a panel: one vector of AVX-512, two of AVX2.
  SPOT_PANEL = 16,
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

/// Some columns of a product, and a block of rows.
typedef struct {
  int row, column;
  const float *weights;  // of the first column and row of W
  const char *next;      // what is fetched meanwhile, `fetch` bytes for each row of W
  int fetch;
} spot_dense_place;

size_t spot_dense_packed_count(int k, int n) {
  return (size_t)k * (size_t)((n + SPOT_PANEL - 1) / SPOT_PANEL * SPOT_PANEL);
}

void spot_dense_pack(const float *weights, int k, int n, float *packed) {
  for (int column = 0; column < n; column += SPOT_PANEL) {
    for (int row = 0; row < k; row++, packed += SPOT_PANEL) {
      for (int i = 0; i < SPOT_PANEL; i++) {
        packed[i] = column + i < n ? weights[(size_t)row * (size_t)n + (size_t)(column + i)] : 0;
      }
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

// Rows of a block that is two vectors wide, and of one that is one vector wide. Their sums, a row of weights and one value of
// x fit the registers. DEPTH: rows of W in one turn of the loop, so that counting is little beside the arithmetic. With AVX-512,
// twelve rows of two vectors fit too, but only with a DEPTH of 1, which is slower.
#undef SPOT_DENSE_ROWS
#undef SPOT_DENSE_MOST_ROWS
#undef SPOT_DENSE_DEPTH
#if SPOT_LANES == 16
#define SPOT_DENSE_ROWS 7
#define SPOT_DENSE_MOST_ROWS 16
#define SPOT_DENSE_DEPTH 4
#elif SPOT_LANES == 8
#define SPOT_DENSE_ROWS 6
#define SPOT_DENSE_MOST_ROWS 12
#define SPOT_DENSE_DEPTH 8
#else
#define SPOT_DENSE_ROWS 6
#define SPOT_DENSE_MOST_ROWS 12
#define SPOT_DENSE_DEPTH 4
#endif

static void SPOT_NAME(dense_scale)(const float *packed, const float *scale, int k, int n, float *out) {
  for (int column = 0; column < n; column += SPOT_PANEL) {
    for (int row = 0; row < k; row++, packed += SPOT_PANEL, out += SPOT_PANEL) {
      for (int i = 0; i < SPOT_PANEL; i += SPOT_LANES) store(out + i, load(packed + i) * scale[row]);
    }
  }
}

// sums += `depth` columns of x, from the k-th on, times so many rows of W, whose panels are `panel` apart. x points to the
// block's part of a plane, or to every third row: an address may hold a base and a doubled index, which reaches those between.
SPOT_INLINE void SPOT_NAME(dense_steps)(floats sums[SPOT_DENSE_MOST_ROWS][2], const float *const *x,
                                        ptrdiff_t step, ptrdiff_t k, const bool is_planar, const int rows,
                                        const float *weights, size_t panel, const int vectors, const int depth) {
#pragma clang loop unroll(full)
  for (int i = 0; i < depth; i++, weights += SPOT_PANEL) {
    floats w[2];
    for (int v = 0; v < vectors; v++) {
      int column = v * SPOT_LANES;
      w[v] = load(weights + (size_t)(column / SPOT_PANEL) * panel + column % SPOT_PANEL);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      float value = is_planar ? x[0][i * step + r] : x[r / 3][r % 3 * step + k + i];
      for (int v = 0; v < vectors; v++) sums[r][v] += value * w[v];
    }
  }
}

// sums += x·W over one input.
SPOT_INLINE void SPOT_NAME(dense_sum)(floats sums[SPOT_DENSE_MOST_ROWS][2],
                                      const spot_dense_input *input, spot_dense_place at, const bool is_planar,
                                      const int rows, size_t panel, const int vectors) {
  const float *x[(SPOT_DENSE_MOST_ROWS + 2) / 3];
  ptrdiff_t step = input->step, k = 0;
  for (int i = 0; i < (rows + 2) / 3; i++) x[i] = input->x + (is_planar ? at.row : (at.row + 3 * i) * step);
#pragma clang loop unroll(disable)
  for (; k + SPOT_DENSE_DEPTH <= input->k; k += SPOT_DENSE_DEPTH) {
    for (int i = 0; i < SPOT_DENSE_DEPTH; i++) __builtin_prefetch(at.next + i * at.fetch, 0, 2);
    SPOT_NAME(dense_steps)(sums, x, step, k, is_planar, rows, at.weights, panel, vectors, SPOT_DENSE_DEPTH);
    at.weights += SPOT_DENSE_DEPTH * SPOT_PANEL;
    at.next += SPOT_DENSE_DEPTH * at.fetch;
    if (is_planar) x[0] += SPOT_DENSE_DEPTH * step;
  }
#pragma clang loop unroll(disable)
  for (; k < input->k; k++) {
    SPOT_NAME(dense_steps)(sums, x, step, k, is_planar, rows, at.weights, panel, vectors, 1);
    at.weights += SPOT_PANEL;
    if (is_planar) x[0] += step;
  }
}

// Adds the residual to a block's sums, and writes them. `last`: lanes of the last vector that are columns.
SPOT_INLINE void SPOT_NAME(dense_write)(const spot_dense *d, floats sums[SPOT_DENSE_MOST_ROWS][2],
                                        spot_dense_place at, const int rows, const int vectors, size_t last) {
  ptrdiff_t n = d->n, offset = at.row * n + at.column;
  if (d->residual) {
    const float *residual = d->residual + offset;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++, residual += n) {
      for (int v = 0; v < vectors; v++) {
        const float *other = residual + v * SPOT_LANES;
        sums[r][v] += v < vectors - 1 || last == SPOT_LANES ? load(other) : load_some(other, last);
      }
    }
  }
  if (d->clamps) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      for (int v = 0; v < vectors; v++) sums[r][v] = relu(sums[r][v]);
    }
  }
  float *out = d->out + offset;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++, out += n) {
    for (int v = 0; v < vectors; v++) {
      float *target = out + v * SPOT_LANES;
      if (v < vectors - 1 || last == SPOT_LANES) {
        store(target, sums[r][v]);
      } else {
        store_some(target, sums[r][v], last);
      }
    }
  }
}

SPOT_INLINE void SPOT_NAME(dense_block)(const spot_dense *d, spot_dense_place at, const int rows, const int vectors) {
  floats sums[SPOT_DENSE_MOST_ROWS][2];
  size_t last = (size_t)(d->n - at.column - (vectors - 1) * SPOT_LANES), panel = (size_t)d->k * SPOT_PANEL;
  if (last > SPOT_LANES) last = SPOT_LANES;
  const float *bias = d->bias + at.column;
  for (int v = 0; v < vectors; v++, bias += SPOT_LANES) {
    floats some = v < vectors - 1 || last == SPOT_LANES ? load(bias) : load_some(bias, last);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sums[r][v] = some;
  }
  for (int i = 0; i < 2; i++) {
    const spot_dense_input *input = &d->inputs[i];
    if (input->k == 0) continue;
    if (input->is_planar) {
      SPOT_NAME(dense_sum)(sums, input, at, true, rows, panel, vectors);
    } else {
      SPOT_NAME(dense_sum)(sums, input, at, false, rows, panel, vectors);
    }
    at.weights += (size_t)input->k * SPOT_PANEL;
    at.next += input->k * at.fetch;
  }
  // The common cases are compiled apart: what is left of a vector is asked once, not for each row.
  if (last == SPOT_LANES) {
    SPOT_NAME(dense_write)(d, sums, at, rows, vectors, SPOT_LANES);
  } else if (last == SPOT_LANES / 2) {
    SPOT_NAME(dense_write)(d, sums, at, rows, vectors, SPOT_LANES / 2);
  } else {
    SPOT_NAME(dense_write)(d, sums, at, rows, vectors, last);
  }
}

// A function for each size of a block: what its loops need stays in registers.
#undef SPOT_BLOCK
#define SPOT_BLOCK(rows, vectors)                                                                          \
  static void SPOT_NAME(dense_block_##rows##_##vectors)(const spot_dense *d, const spot_dense_place *at) { \
    SPOT_NAME(dense_block)(d, *at, rows, vectors);                                                         \
  }
SPOT_BLOCK(1, 1)
SPOT_BLOCK(2, 1)
SPOT_BLOCK(3, 1)
SPOT_BLOCK(4, 1)
SPOT_BLOCK(5, 1)
SPOT_BLOCK(6, 1)
SPOT_BLOCK(7, 1)
SPOT_BLOCK(8, 1)
SPOT_BLOCK(9, 1)
SPOT_BLOCK(10, 1)
SPOT_BLOCK(11, 1)
SPOT_BLOCK(12, 1)
SPOT_BLOCK(1, 2)
SPOT_BLOCK(2, 2)
SPOT_BLOCK(3, 2)
SPOT_BLOCK(4, 2)
SPOT_BLOCK(5, 2)
SPOT_BLOCK(6, 2)
#if SPOT_DENSE_MOST_ROWS > 12
SPOT_BLOCK(13, 1)
SPOT_BLOCK(14, 1)
SPOT_BLOCK(15, 1)
SPOT_BLOCK(16, 1)
SPOT_BLOCK(7, 2)
#endif

#undef SPOT_BLOCKS
#define SPOT_BLOCKS(vectors)                                                              \
  [1] = SPOT_NAME(dense_block_1_##vectors), [2] = SPOT_NAME(dense_block_2_##vectors),     \
  [3] = SPOT_NAME(dense_block_3_##vectors), [4] = SPOT_NAME(dense_block_4_##vectors),     \
  [5] = SPOT_NAME(dense_block_5_##vectors), [6] = SPOT_NAME(dense_block_6_##vectors)

typedef void (*SPOT_NAME(dense_function))(const spot_dense *d, const spot_dense_place *at);

// By vectors − 1 and rows.
static const SPOT_NAME(dense_function) SPOT_NAME(dense_blocks)[2][SPOT_DENSE_MOST_ROWS + 1] = {
    {SPOT_BLOCKS(1),
     [7] = SPOT_NAME(dense_block_7_1),
     [8] = SPOT_NAME(dense_block_8_1),
     [9] = SPOT_NAME(dense_block_9_1),
     [10] = SPOT_NAME(dense_block_10_1),
     [11] = SPOT_NAME(dense_block_11_1),
     [12] = SPOT_NAME(dense_block_12_1),
#if SPOT_DENSE_MOST_ROWS > 12
     [13] = SPOT_NAME(dense_block_13_1),
     [14] = SPOT_NAME(dense_block_14_1),
     [15] = SPOT_NAME(dense_block_15_1),
     [16] = SPOT_NAME(dense_block_16_1)
#endif
    },
    {SPOT_BLOCKS(2),
#if SPOT_DENSE_ROWS > 6
     [7] = SPOT_NAME(dense_block_7_2)
#endif
    }};

// `rows` rows from `at` on, the last two blocks of nearly equal height: a low last one would waste what hides the latency of a
// multiplication.
static void SPOT_NAME(dense_rows)(const spot_dense *d, spot_dense_place at, int rows, int vectors) {
  int most = vectors == 1 ? SPOT_DENSE_MOST_ROWS : SPOT_DENSE_ROWS;
  if (at.fetch > 0) at.fetch /= (rows + most - 1) / most;
  while (rows > 0) {
    int height = rows <= most ? rows : rows < 2 * most ? rows / 2 : most;
    SPOT_NAME(dense_blocks)[vectors - 1][height](d, &at);
    rows -= height;
    at.row += height;
    at.next += (size_t)at.fetch * (size_t)d->k;
  }
}

// All columns of `rows` rows. `fetches`: whether each column's weights are fetched while those before are multiplied. Weights
// from far away for few rows are what the time goes to: tall blocks of one vector read each of them once or twice, not once for
// each of the many low ones. Only where a vector is a whole panel: half of one would have each cache line read twice.
SPOT_INLINE void SPOT_NAME(dense_part)(const spot_dense *d, int row, int rows, const bool fetches) {
  const bool is_tall =
      SPOT_LANES == SPOT_PANEL && fetches && rows > 2 * SPOT_DENSE_ROWS && rows <= 2 * SPOT_DENSE_MOST_ROWS;
  const int most_vectors = is_tall ? 1 : 2;
  for (int column = 0; column < d->n; column += most_vectors * SPOT_LANES) {
    int vectors = d->n - column > SPOT_LANES ? most_vectors : 1;
    const float *panel = d->weights + (size_t)(column / SPOT_PANEL * SPOT_PANEL) * (size_t)d->k;
    int panels = (vectors * SPOT_LANES + SPOT_PANEL - 1) / SPOT_PANEL;
    spot_dense_place at = {row, column, panel + column % SPOT_PANEL, (const char *)panel, 0};
    if (fetches) {
      at.fetch = panels * SPOT_PANEL * (int)sizeof(float);
      at.next += (size_t)at.fetch * (size_t)d->k;
    }
    SPOT_NAME(dense_rows)(d, at, rows, vectors);
  }
}

static void SPOT_NAME(dense_product)(const spot_dense *d) {
  if ((size_t)d->k * (size_t)d->n > SPOT_CACHED_WEIGHTS) {
    // Many weights: some columns of them, read once from far away, meet all of x.
    SPOT_NAME(dense_part)(d, 0, d->m, true);
    return;
  }
  // Few: some rows of x, read once, meet all of them.
  int parts = (d->m + SPOT_DENSE_MOST_ROWS - 1) / SPOT_DENSE_MOST_ROWS, low = d->m / parts, higher = d->m % parts;
  for (int i = 0, row = 0; i < parts; i++) {
    int rows = low + (i < higher);
    SPOT_NAME(dense_part)(d, row, rows, false);
    row += rows;
  }
}

#endif

// Gate-shift-fuse behind its convolution: gate, means, fusion with the neighbour frame.
#ifndef SPOT_SUFFIX

#include "padding.h"

#define SPOT_BODY "gate_shift.c"
#include "each_isa.h"

void spot_gsf_gate(const float *before, const float *now, const float *after, const float bias[2], size_t pixels,
                   float *gate) {
  for (size_t group = 0; group < 2; group++) {
    SPOT_CALL(gsf_gate, before ? before + group * pixels : NULL, now + (2 + group) * pixels,
              after ? after + (4 + group) * pixels : NULL, bias[group], pixels, gate + group * pixels);
  }
}

void spot_gsf_means(const float *planes, const float *gate, size_t pixels, size_t shifted, float *gated, float *rest) {
  SPOT_CALL(gsf_means, planes, gate, pixels, shifted, gated, rest);
}

void spot_gsf_weigh(const float *moved, const float *rest, const float *weights, spot_padding padding, size_t count,
                    float *out) {
  if (moved) SPOT_CALL(gsf_weigh_row, moved, weights, padding, count, out);
  SPOT_CALL(gsf_weigh_row, rest, weights + 3, padding, count, out);
}

void spot_sigmoid(float *x, size_t count) { SPOT_CALL(sigmoid_of, x, count); }

void spot_gsf_fuse(const float *x, const float *gate, const float *x_moved, const float *gate_moved,
                   const float *weight, size_t pixels, size_t count, float *out) {
  bool has_neighbour = x_moved && gate_moved;
  for (size_t c = 0; c < count; c++) {
    float moved = weight ? weight[c] : 1, kept = weight ? 1 - weight[c] : 1;
    if (has_neighbour) {
      SPOT_CALL(gsf_fuse, x + c * pixels, gate, x_moved + c * pixels, gate_moved, moved, kept, pixels,
                out + c * pixels);
    } else {
      SPOT_CALL(gsf_keep, x + c * pixels, gate, kept, pixels, out + c * pixels);
    }
  }
}

#else

// Loads `n` lanes at p, or zeros where there is no such frame.
SPOT_INLINE floats SPOT_NAME(load_if)(const float *p, size_t i, size_t n) {
  if (!p) return 0;
  return n == SPOT_LANES ? load(p + i) : load_some(p + i, n);
}

static void SPOT_NAME(gsf_gate)(const float *before, const float *now, const float *after, float bias, size_t pixels,
                                float *gate) {
  size_t i = 0;
  for (; i + SPOT_LANES <= pixels; i += SPOT_LANES) {
    floats sum = SPOT_NAME(load_if)(before, i, SPOT_LANES) + load(now + i) + SPOT_NAME(load_if)(after, i, SPOT_LANES);
    store(gate + i, hyperbolic_tangent(sum + bias));
  }
  size_t rest = pixels - i;
  if (rest == 0) return;
  floats sum = SPOT_NAME(load_if)(before, i, rest) + load_some(now + i, rest) + SPOT_NAME(load_if)(after, i, rest);
  store_some(gate + i, hyperbolic_tangent(sum + bias), rest);
}

static void SPOT_NAME(gsf_means)(const float *planes, const float *gate, size_t pixels, size_t shifted, float *gated,
                                 float *rest) {
  float share = 1.0f / (float)pixels;
  for (size_t c = 0; c < shifted; c++, planes += pixels) {
    const float *g = c < shifted / 2 ? gate : gate + pixels;
    floats whole[2] = {0, 0}, part[2] = {0, 0};
    size_t i = 0;
    for (; i + 2 * SPOT_LANES <= pixels; i += 2 * SPOT_LANES) {
      for (size_t j = 0; j < 2; j++) {
        floats v = load(planes + i + j * SPOT_LANES);
        whole[j] += v;
        part[j] += v * load(g + i + j * SPOT_LANES);
      }
    }
    for (; i < pixels; i += SPOT_LANES) {
      size_t n = pixels - i < SPOT_LANES ? pixels - i : SPOT_LANES;
      floats v = SPOT_NAME(load_if)(planes, i, n);
      whole[0] += v;
      part[0] += v * SPOT_NAME(load_if)(g, i, n);
    }
    gated[c] = sum_of_lanes(part[0] + part[1]) * share;
    rest[c] = sum_of_lanes(whole[0] + whole[1]) * share - gated[c];
  }
}

SPOT_INLINE void SPOT_NAME(store_to)(float *p, floats v, size_t n) {
  if (n == SPOT_LANES) {
    store(p, v);
  } else {
    store_some(p, v, n);
  }
}

// out[c] += Σ over t in −1 … 1 of weights[t + 1]·x[c + t].
static void SPOT_NAME(gsf_weigh_row)(const float *x, const float weights[3], spot_padding padding, size_t count,
                                     float *out) {
  int last = (int)count - 1, ends[2] = {0, last};
  for (int end = 0; end < (last > 0 ? 2 : 1); end++) {
    for (int t = -1; t <= 1; t++) {
      int seen = spot_padded_index(ends[end] + t, (int)count, padding);
      if (seen >= 0) out[ends[end]] += weights[t + 1] * x[seen];
    }
  }
  for (size_t c = 1, n; c + 1 < count; c += n) {
    n = count - 1 - c < SPOT_LANES ? count - 1 - c : SPOT_LANES;
    floats sum = SPOT_NAME(load_if)(out, c, n);
    for (size_t t = 0; t < 3; t++) sum += weights[t] * SPOT_NAME(load_if)(x, c + t - 1, n);
    SPOT_NAME(store_to)(out + c, sum, n);
  }
}

static void SPOT_NAME(sigmoid_of)(float *x, size_t count) {
  for (size_t i = 0, n; i < count; i += n) {
    n = count - i < SPOT_LANES ? count - i : SPOT_LANES;
    SPOT_NAME(store_to)(x + i, sigmoid(SPOT_NAME(load_if)(x, i, n)), n);
  }
}

static void SPOT_NAME(gsf_fuse)(const float *x, const float *gate, const float *x_moved, const float *gate_moved,
                                float moved, float kept, size_t pixels, float *out) {
  size_t i = 0;
  for (; i + SPOT_LANES <= pixels; i += SPOT_LANES) {
    floats v = load(x + i);
    store(out + i, load(gate_moved + i) * load(x_moved + i) * moved + (v - load(gate + i) * v) * kept);
  }
  size_t n = pixels - i;
  if (n == 0) return;
  floats v = load_some(x + i, n);
  floats shifted = load_some(gate_moved + i, n) * load_some(x_moved + i, n);
  store_some(out + i, shifted * moved + (v - load_some(gate + i, n) * v) * kept, n);
}

static void SPOT_NAME(gsf_keep)(const float *x, const float *gate, float kept, size_t pixels, float *out) {
  size_t i = 0;
  for (; i + SPOT_LANES <= pixels; i += SPOT_LANES) {
    floats v = load(x + i);
    store(out + i, (v - load(gate + i) * v) * kept);
  }
  size_t n = pixels - i;
  if (n == 0) return;
  floats v = load_some(x + i, n);
  store_some(out + i, (v - load_some(gate + i, n) * v) * kept, n);
}

#endif

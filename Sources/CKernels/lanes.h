// Vectors of SPOT_LANES floats for the instruction set at hand. Included by each_isa.h once for each; no include guard.

#define floats SPOT_NAME(spot_floats)
#define unaligned_floats SPOT_NAME(spot_unaligned_floats)
#define ints SPOT_NAME(spot_ints)
#define four_floats SPOT_NAME(spot_four_floats)
#define unaligned_four_floats SPOT_NAME(spot_unaligned_four_floats)
#define two_floats SPOT_NAME(spot_two_floats)
#define eight_floats SPOT_NAME(spot_eight_floats)
#define unaligned_eight_floats SPOT_NAME(spot_unaligned_eight_floats)
#define load SPOT_NAME(spot_load)
#define store SPOT_NAME(spot_store)
#define load_some SPOT_NAME(spot_load_some)
#define store_some SPOT_NAME(spot_store_some)
#define relu SPOT_NAME(spot_relu)
#define sum_of_lanes SPOT_NAME(spot_sum_of_lanes)
#define exp_of SPOT_NAME(spot_exp_of)
#define sigmoid SPOT_NAME(spot_sigmoid)
#define hyperbolic_tangent SPOT_NAME(spot_hyperbolic_tangent)
#define SPOT_INLINE static inline __attribute__((always_inline, unused))

typedef float floats __attribute__((ext_vector_type(SPOT_LANES)));
typedef float unaligned_floats __attribute__((ext_vector_type(SPOT_LANES), aligned(4)));
typedef int32_t ints __attribute__((ext_vector_type(SPOT_LANES)));

SPOT_INLINE floats load(const float *p) { return *(const unaligned_floats *)p; }
SPOT_INLINE void store(float *p, floats v) { *(unaligned_floats *)p = v; }

typedef float four_floats __attribute__((ext_vector_type(4)));
typedef float two_floats __attribute__((ext_vector_type(2)));
typedef float unaligned_four_floats __attribute__((ext_vector_type(4), aligned(4)));
#if SPOT_LANES > 4
typedef float eight_floats __attribute__((ext_vector_type(8)));
typedef float unaligned_eight_floats __attribute__((ext_vector_type(8), aligned(4)));
#endif

// The first n < SPOT_LANES lanes at p; the others are 0.
SPOT_INLINE floats load_some(const float *p, size_t n) {
#if SPOT_LANES == 16
  return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif SPOT_LANES == 8
  __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_maskload_ps(p, _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), lanes));
#else
  floats v = 0;
  for (size_t i = 0; i < n; i++) v[i] = p[i];
  return v;
#endif
}

// Writes the first n < SPOT_LANES lanes, in halves: masked stores are slow on AMD (20 cycles on Zen 5), and eight
// channels over is the common case.
SPOT_INLINE void store_some(float *p, floats v, size_t n) {
#if SPOT_LANES == 16
  eight_floats eight = v.lo;
  if (n & 8) {
    *(unaligned_eight_floats *)p = eight;
    p += 8;
    eight = v.hi;
  }
#elif SPOT_LANES == 8
  eight_floats eight = v;
#endif
#if SPOT_LANES > 4
  four_floats four = eight.lo;
  if (n & 4) {
    *(unaligned_four_floats *)p = four;
    p += 4;
    four = eight.hi;
  }
#else
  four_floats four = v;
#endif
  for (size_t i = 0; i < (n & 3); i++) p[i] = four[i];
}

// Lets NaN through, as the reference does: the tests of streaming mark frames not yet seen with it.
SPOT_INLINE floats relu(floats v) { return v < 0 ? 0 : v; }

SPOT_INLINE float sum_of_lanes(floats v) {
#if SPOT_LANES == 16
  eight_floats eight = v.lo + v.hi;
#elif SPOT_LANES == 8
  eight_floats eight = v;
#endif
#if SPOT_LANES > 4
  four_floats four = eight.lo + eight.hi;
#else
  four_floats four = v;
#endif
  two_floats two = four.lo + four.hi;
  return two.x + two.y;
}

// e^v for v in [-87, 88] (clamped): v = n·ln 2 + r, |r| ≤ ln 2 / 2, e^r by its Taylor polynomial of degree 7 (remainder
// below 1e-8), times 2^n put into the exponent bits. Relative error about 1e-7. NaN stays NaN.
SPOT_INLINE floats exp_of(floats v) {
  v = v < -87.0f ? -87.0f : v;
  v = v > 88.0f ? 88.0f : v;
  const float to_integer = 12582912.0f;  // 1.5·2^23: adding it rounds to the nearest integer, left in the low bits
  floats shifted = v * 1.44269504f + to_integer;
  floats n = shifted - to_integer;
  floats r = v - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  floats p = r * (1.0f / 5040) + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  ints exponent = (__builtin_bit_cast(ints, shifted) + 127) << 23;
  return p * __builtin_bit_cast(floats, exponent);
}

SPOT_INLINE floats sigmoid(floats v) { return 1.0f / (1.0f + exp_of(-v)); }

// (1 − e^(−2|v|)) / (1 + e^(−2|v|)) with v's sign: absolute error below 2e-7 everywhere.
SPOT_INLINE floats hyperbolic_tangent(floats v) {
  floats e = exp_of(v < 0 ? 2 * v : -2 * v);
  floats magnitude = (1.0f - e) / (1.0f + e);
  return v < 0 ? -magnitude : magnitude;
}

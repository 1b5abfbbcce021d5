// Vectors of SPOT_LANES floats for the instruction set at hand. Included by each_isa.h once for each; no include guard.

#define floats SPOT_NAME(spot_floats)
#define unaligned_floats SPOT_NAME(spot_unaligned_floats)
#define ints SPOT_NAME(spot_ints)
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

// The first n < SPOT_LANES lanes; the others read as 0 and are not written.
#if SPOT_LANES == 16
SPOT_INLINE floats load_some(const float *p, size_t n) {
  return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
SPOT_INLINE void store_some(float *p, floats v, size_t n) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), v);
}
#elif SPOT_LANES == 8
SPOT_INLINE __m256i SPOT_NAME(first_lanes)(size_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
SPOT_INLINE floats load_some(const float *p, size_t n) { return _mm256_maskload_ps(p, SPOT_NAME(first_lanes)(n)); }
SPOT_INLINE void store_some(float *p, floats v, size_t n) { _mm256_maskstore_ps(p, SPOT_NAME(first_lanes)(n), v); }
#else
SPOT_INLINE floats load_some(const float *p, size_t n) {
  floats v = 0;
  for (size_t i = 0; i < n; i++) v[i] = p[i];
  return v;
}
SPOT_INLINE void store_some(float *p, floats v, size_t n) {
  for (size_t i = 0; i < n; i++) p[i] = v[i];
}
#endif

// Lets NaN through, as the reference does: the tests of streaming mark frames not yet seen with it.
SPOT_INLINE floats relu(floats v) { return v < 0 ? 0 : v; }

SPOT_INLINE float sum_of_lanes(floats v) {
  float sum = 0;
  for (int i = 0; i < SPOT_LANES; i++) sum += v[i];
  return sum;
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

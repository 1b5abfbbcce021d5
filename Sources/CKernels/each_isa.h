// Compiles the including file once more for each instruction set, so that a kernel is written once, over vectors of
// SPOT_LANES floats, and exists in every form (the way of Highway's foreach_target.h). Use:
//
//   #ifndef SPOT_SUFFIX
//   #define SPOT_BODY "channels.c"
//   #include "each_isa.h"
//   void spot_scale_channels(…) { SPOT_CALL(scale_channels, …); }
//   #else
//   static void SPOT_NAME(scale_channels)(…) { … floats, load(), store() of lanes.h … }
//   #endif
#pragma once
#include <math.h>
#include <string.h>

#include "CKernels.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define SPOT_JOIN_(name, suffix) name##_##suffix
#define SPOT_JOIN(name, suffix) SPOT_JOIN_(name, suffix)
#define SPOT_NAME(name) SPOT_JOIN(name, SPOT_SUFFIX)

// Four lanes are what SSE2 and NEON have, the least that a 64-bit CPU of today offers.
#define SPOT_SUFFIX portable
#define SPOT_LANES 4
#include "lanes.h"
#include SPOT_BODY
#undef SPOT_SUFFIX
#undef SPOT_LANES

#if defined(__x86_64__)

#define SPOT_SUFFIX avx2
#define SPOT_LANES 8
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "lanes.h"
#include SPOT_BODY
#pragma clang attribute pop
#undef SPOT_SUFFIX
#undef SPOT_LANES

#define SPOT_SUFFIX avx512
#define SPOT_LANES 16
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512bw,avx512vl,avx512dq"))), \
                             apply_to = function)
#include "lanes.h"
#include SPOT_BODY
#pragma clang attribute pop
#undef SPOT_SUFFIX
#undef SPOT_LANES

/// Calls the form of `kernel` that the instruction set in use asks for.
#define SPOT_CALL(kernel, ...)        \
  switch (spot_isa_current()) {       \
    case SPOT_ISA_AVX512:             \
      kernel##_avx512(__VA_ARGS__);   \
      break;                          \
    case SPOT_ISA_AVX2:               \
      kernel##_avx2(__VA_ARGS__);     \
      break;                          \
    default:                          \
      kernel##_portable(__VA_ARGS__); \
  }

#else
#define SPOT_CALL(kernel, ...) kernel##_portable(__VA_ARGS__)
#endif

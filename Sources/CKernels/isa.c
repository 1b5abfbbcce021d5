// Which instruction set the kernels use: found once when the program starts; a thread may ask for another.
#include "CKernels.h"

#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"portable", "avx2", "avx512"};

// Written before main, only read after.
static spot_isa chosen = SPOT_ISA_PORTABLE;
// What this thread asked for, −1 where it did not.
static _Thread_local int asked = -1;

bool spot_isa_available(spot_isa isa) {
  switch (isa) {
    case SPOT_ISA_PORTABLE:
      return true;
#if defined(__x86_64__)
    case SPOT_ISA_AVX2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case SPOT_ISA_AVX512:
      return spot_isa_available(SPOT_ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
             __builtin_cpu_supports("avx512dq");
#endif
    default:
      return false;
  }
}

spot_isa spot_isa_best(void) {
  if (spot_isa_available(SPOT_ISA_AVX512)) return SPOT_ISA_AVX512;
  return spot_isa_available(SPOT_ISA_AVX2) ? SPOT_ISA_AVX2 : SPOT_ISA_PORTABLE;
}

spot_isa spot_isa_current(void) { return asked < 0 ? chosen : (spot_isa)asked; }

bool spot_isa_select(spot_isa isa) {
  if (!spot_isa_available(isa)) return false;
  asked = isa;
  return true;
}

void spot_isa_deselect(void) { asked = -1; }

// A name that SPOT_ISA should not have leaves the best one in use: code before main has nobody to complain to.
// InstructionSet.environmentProblem in Sources/Tensors tells the user.
__attribute__((constructor)) static void select_at_start(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  chosen = spot_isa_best();
  const char *request = getenv("SPOT_ISA");
  for (int isa = SPOT_ISA_PORTABLE; request && isa <= SPOT_ISA_AVX512; isa++) {
    if (strcmp(request, names[isa]) == 0 && spot_isa_available((spot_isa)isa)) chosen = (spot_isa)isa;
  }
}

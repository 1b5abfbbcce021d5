#include "CKernels.h"
spot_isa spot_isa_best(void) { return SPOT_ISA_PORTABLE; }

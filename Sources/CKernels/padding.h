// Which source row or column a 3×3 convolution sees at an index one outside the picture.
#pragma once
#include "CKernels.h"

/// The index that stands for `index`, or −1 where zero padding sees nothing. A picture of one row or column has nothing
/// to reflect and is replicated. Indices further outside, of outputs that a block computes and drops, stand for any.
static inline int spot_padded_index(int index, int count, spot_padding padding) {
  if (index >= 0 && index < count) return index;
  if (padding == SPOT_PADDING_ZERO) return -1;
  int back = padding == SPOT_PADDING_REFLECT ? 2 : 1;
  int inward = index < 0 ? index + back : index - back;
  if (inward < 0) return 0;
  return inward < count ? inward : count - 1;
}

// What follows a matrix product: bias, shortcut, ReLU, in one pass over the channels of each pixel.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "bias.c"
#include "each_isa.h"

void spot_bias(float *x, const float *bias, size_t pixels, size_t channels, bool relu_too) {
  if (relu_too) {
    SPOT_CALL(bias_relu, x, bias, pixels, channels);
  } else {
    SPOT_CALL(bias, x, bias, pixels, channels);
  }
}

void spot_bias_residual_relu(float *x, const float *bias, const float *residual, size_t pixels, size_t channels) {
  SPOT_CALL(bias_residual_relu, x, bias, residual, pixels, channels);
}

#else

static void SPOT_NAME(bias)(float *x, const float *bias, size_t pixels, size_t channels) {
  for (size_t pixel = 0; pixel < pixels; pixel++, x += channels) {
    size_t c = 0;
    for (; c + SPOT_LANES <= channels; c += SPOT_LANES) store(x + c, load(x + c) + load(bias + c));
    size_t rest = channels - c;
    if (rest) store_some(x + c, load_some(x + c, rest) + load_some(bias + c, rest), rest);
  }
}

static void SPOT_NAME(bias_relu)(float *x, const float *bias, size_t pixels, size_t channels) {
  for (size_t pixel = 0; pixel < pixels; pixel++, x += channels) {
    size_t c = 0;
    for (; c + SPOT_LANES <= channels; c += SPOT_LANES) store(x + c, relu(load(x + c) + load(bias + c)));
    size_t rest = channels - c;
    if (rest) store_some(x + c, relu(load_some(x + c, rest) + load_some(bias + c, rest)), rest);
  }
}

static void SPOT_NAME(bias_residual_relu)(float *x, const float *bias, const float *residual, size_t pixels,
                                          size_t channels) {
  for (size_t pixel = 0; pixel < pixels; pixel++, x += channels, residual += channels) {
    size_t c = 0;
    for (; c + SPOT_LANES <= channels; c += SPOT_LANES) {
      store(x + c, relu(load(x + c) + load(bias + c) + load(residual + c)));
    }
    size_t rest = channels - c;
    if (rest) {
      store_some(x + c, relu(load_some(x + c, rest) + load_some(bias + c, rest) + load_some(residual + c, rest)), rest);
    }
  }
}

#endif

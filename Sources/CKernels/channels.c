// Passes over channels-last maps: scaling by channel, means over pixels and over channels, subsampling.
#ifndef SPOT_SUFFIX

#define SPOT_BODY "channels.c"
#include "each_isa.h"

void spot_scale_channels(float *x, const float *scale, size_t pixels, size_t channels) {
  SPOT_CALL(scale_channels, x, scale, pixels, channels);
}

void spot_mean_over_pixels(const float *x, size_t pixels, size_t channels, float *out) {
  SPOT_CALL(mean_over_pixels, x, pixels, channels, out);
}

void spot_mean_over_channels(const float *x, size_t pixels, size_t channels, float *out) {
  SPOT_CALL(mean_over_channels, x, pixels, channels, out);
}

void spot_take_every_second(const float *x, int rows, int columns, int channels, float *out) {
  size_t pixel = (size_t)channels;
  for (int row = 0; row < rows; row += 2) {
    const float *source = x + (size_t)row * (size_t)columns * pixel;
    for (int column = 0; column < columns; column += 2, out += pixel) {
      memcpy(out, source + (size_t)column * pixel, pixel * sizeof(float));
    }
  }
}

#else

static void SPOT_NAME(scale_channels)(float *x, const float *scale, size_t pixels, size_t channels) {
  for (size_t pixel = 0; pixel < pixels; pixel++, x += channels) {
    size_t c = 0;
    for (; c + SPOT_LANES <= channels; c += SPOT_LANES) store(x + c, load(x + c) * load(scale + c));
    size_t rest = channels - c;
    if (rest) store_some(x + c, load_some(x + c, rest) * load_some(scale + c, rest), rest);
  }
}

// Four sums run side by side: one would wait for each addition, and loses more digits over thousands of pixels.
SPOT_INLINE floats SPOT_NAME(sum_of_pixels)(const float *x, size_t pixels, size_t channels, size_t lanes) {
  floats sums[4] = {0, 0, 0, 0};
  size_t pixel = 0;
  for (; pixel + 4 <= pixels; pixel += 4) {
    for (size_t i = 0; i < 4; i++, x += channels) {
      sums[i] += lanes == SPOT_LANES ? load(x) : load_some(x, lanes);
    }
  }
  for (; pixel < pixels; pixel++, x += channels) sums[0] += lanes == SPOT_LANES ? load(x) : load_some(x, lanes);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void SPOT_NAME(mean_over_pixels)(const float *x, size_t pixels, size_t channels, float *out) {
  float share = 1.0f / (float)pixels;
  size_t c = 0;
  for (; c + SPOT_LANES <= channels; c += SPOT_LANES) {
    store(out + c, SPOT_NAME(sum_of_pixels)(x + c, pixels, channels, SPOT_LANES) * share);
  }
  size_t rest = channels - c;
  if (rest) store_some(out + c, SPOT_NAME(sum_of_pixels)(x + c, pixels, channels, rest) * share, rest);
}

static void SPOT_NAME(mean_over_channels)(const float *x, size_t pixels, size_t channels, float *out) {
  float share = 1.0f / (float)channels;
  for (size_t pixel = 0; pixel < pixels; pixel++, x += channels) {
    floats sum = 0;
    size_t c = 0;
    for (; c + SPOT_LANES <= channels; c += SPOT_LANES) sum += load(x + c);
    if (c < channels) sum += load_some(x + c, channels - c);
    out[pixel] = sum_of_lanes(sum) * share;
  }
}

#endif

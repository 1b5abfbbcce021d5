// Numeric kernels of the network. Every kernel has a portable form and, where it pays, AVX2+FMA and AVX-512 forms;
// which one runs is chosen once at start (spot_isa_*). All tensors are float32, C order, channels last
// ([rows, columns, channels]) unless the name says planar ([channels, rows, columns]). Buffers never overlap unless
// a function says "in place". Sizes are trusted: the Swift face (Sources/Tensors/Kernels*.swift) checks what the numbers
// alone tell, and its callers give buffers as long as the shapes say.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// ---- instruction sets -------------------------------------------------------------------------------------------

typedef enum { SPOT_ISA_PORTABLE = 0, SPOT_ISA_AVX2 = 1, SPOT_ISA_AVX512 = 2 } spot_isa;

/// Whether this CPU and this build offer an instruction set.
bool spot_isa_available(spot_isa isa);
/// The best instruction set that this CPU and this build offer.
spot_isa spot_isa_best(void);
/// The one in use; at first spot_isa_best(), or what the environment variable SPOT_ISA (portable, avx2, avx512) names.
spot_isa spot_isa_current(void);
/// Switches every kernel that the calling thread runs; false (and no change) where the CPU lacks it. For tests and
/// benchmarks.
bool spot_isa_select(spot_isa isa);
/// Ends what spot_isa_select began on the calling thread.
void spot_isa_deselect(void);

// ---- matrix products --------------------------------------------------------------------------------------------

/// C[m, n] (row stride ldc) = A·B, or C + A·B if accumulate. A is [m, k] (row stride lda), or, if transpose_a, stored
/// as [k, m]; B is [k, n] (row stride ldb). OpenBLAS on one thread.
void spot_gemm(int m, int n, int k, const float *a, int lda, bool transpose_a, const float *b, int ldb, float *c,
               int ldc, bool accumulate);
/// y[rows] = (accumulate ? y : 0) + W·x with W [rows, columns].
void spot_gemv(int rows, int columns, const float *w, const float *x, float *y, bool accumulate);
/// Keeps OpenBLAS on one thread inside ours; call once before the first product.
void spot_blas_single_thread(void);
/// What OpenBLAS says of itself (version, core type).
const char *spot_blas_description(void);

// ---- products with packed weights ---------------------------------------------------------------------------------

/// Some of the columns of a left factor: [m, k] with rows `step` floats apart or, if planar, [k, m] with planes `step`
/// apart.
typedef struct {
  const float *x;
  ptrdiff_t step;
  int k;
  bool is_planar;
} spot_dense_input;

/// Floats that weights [k, n] take when packed.
size_t spot_dense_packed_count(int k, int n);
/// Packs weights [k, n] for spot_dense_product.
void spot_dense_pack(const float *weights, int k, int n, float *packed);
/// out, packed as well, = weights with row i times scale[i].
void spot_dense_scale(const float *packed, const float *scale, int k, int n, float *out);
/// out [m, n] = [first, second]·weights + bias (+ residual [m, n], unless null), then max(·, 0) if relu. The second
/// input may have k = 0. weights are [first.k + second.k, n], packed; residual may be out.
void spot_dense_product(int m, int n, spot_dense_input first, spot_dense_input second, const float *packed,
                        const float *bias, const float *residual, bool relu, float *out);

// ---- element-wise, channels last -----------------------------------------------------------------------------------

/// In place: x[p, c] *= scale[c].
void spot_scale_channels(float *x, const float *scale, size_t pixels, size_t channels);
/// out[c] = mean over pixels of x[p, c].
void spot_mean_over_pixels(const float *x, size_t pixels, size_t channels, float *out);
/// out[p] = mean over channels of x[p, c].
void spot_mean_over_channels(const float *x, size_t pixels, size_t channels, float *out);
/// Every second pixel of every second row: x [rows, columns, channels] to
/// out [ceil(rows/2), ceil(columns/2), channels].
void spot_take_every_second(const float *x, int rows, int columns, int channels, float *out);

// ---- convolutions -------------------------------------------------------------------------------------------------

/// What a 3×3 convolution sees outside the picture (one pixel each side).
typedef enum { SPOT_PADDING_ZERO = 0, SPOT_PADDING_REPLICATE = 1, SPOT_PADDING_REFLECT = 2 } spot_padding;

/// The stem: 3×3, stride 2, 3 input channels, bias, ReLU. x is [rows, columns, 3]; weights [3, 3, 3 (input), channels];
/// out [ceil(rows/2), ceil(columns/2), channels]; channels is a multiple of 16.
void spot_conv3x3_stem(const float *x, int rows, int columns, const float *weights, const float *bias, int channels,
                       spot_padding padding, float *out);
/// Grouped 3×3 with bias and ReLU, stride 1 or 2. x is [rows, columns, channels]; weights
/// [channels / width, 3, 3, width (input), width (output)]; width is 8 or 16 (others take the portable form); out
/// [ceil(rows/stride), ceil(columns/stride), channels]; mean (may be null): mean of out over its pixels, [channels].
void spot_conv3x3_grouped(const float *x, int rows, int columns, int channels, int width, int stride,
                          const float *weights, const float *bias, spot_padding padding, float *out, float *mean);
/// Squeeze-excite's two dense layers: out[c] = sigmoid(W2·max(W1·mean + b1, 0) + b2). w1 [hidden, channels],
/// w2 [channels, hidden]; scratch holds `hidden` floats.
void spot_squeeze_excite(const float *mean, int channels, int hidden, const float *w1, const float *b1, const float *w2,
                         const float *b2, float *scratch, float *out);

// ---- gate-shift-fuse (planar) --------------------------------------------------------------------------------------

/// The first `shifted` channels of x [pixels, channels] as planes: out [shifted, pixels].
void spot_gsf_extract(const float *x, size_t pixels, size_t channels, size_t shifted, float *out);
/// One frame's share of the gate convolution. planes is [shifted, rows, columns]; each is first normalised,
/// max(scale[c]·x + offset[c], 0). weights [2 groups, 3 (time), shifted/2, 3, 3] as in the checkpoint's conv3D (time
/// moved in front of channels); zero padding in space. out [3 (time), 2 (group), rows, columns]. scratch holds
/// spot_gsf_partial_scratch(rows, columns, shifted) floats.
void spot_gsf_partial(const float *planes, int rows, int columns, int shifted, const float *scale, const float *offset,
                      const float *weights, float *scratch, float *out);
size_t spot_gsf_partial_scratch(int rows, int columns, int shifted);
/// gate[2, pixels] = tanh(before[0] + now[1] + after[2] + bias[group]): each argument is a spot_gsf_partial result
/// [3, 2, pixels]; before or after null where the clip has no such frame. Error of tanh ≤ 2e-7.
void spot_gsf_gate(const float *before, const float *now, const float *after, const float bias[2], size_t pixels,
                   float *gate);
/// Means over space. planes [shifted, pixels], gate [2, pixels] (channel c uses gate c / (shifted/2)):
/// gated[c] = mean(gate·x), rest[c] = mean(x) − gated[c].
void spot_gsf_means(const float *planes, const float *gate, size_t pixels, size_t shifted, float *gated, float *rest);
/// One frame's share of the fusion weights of one half, before their sigmoid: out[c] += Σ over t in −1 … 1 of
/// weights[0, t + 1]·moved[c + t] + weights[1, t + 1]·rest[c + t]. weights [2, 3]; moved, rest and out are [count];
/// moved null where the clip has no such frame (then its terms are 0).
void spot_gsf_weigh(const float *moved, const float *rest, const float *weights, spot_padding padding, size_t count,
                    float *out);
/// x[i] = 1 / (1 + e^−x[i]), relative error about 1e-7.
void spot_sigmoid(float *x, size_t count);
/// One half (count channels, one gate group): out[c, p] = gate_moved·x_moved·weight[c] + (x − gate·x)·(1 − weight[c]);
/// gate_moved and x_moved are of the neighbour frame and null where the clip has none (then that term is 0).
/// weight null: gate-shift without fusion, out = gate_moved·x_moved + (x − gate·x).
void spot_gsf_fuse(const float *x, const float *gate, const float *x_moved, const float *gate_moved,
                   const float *weight, size_t pixels, size_t count, float *out);

// ---- pictures ------------------------------------------------------------------------------------------------------

/// Separable resize of an RGB byte picture with precomputed taps, scaling and normalising on the way:
/// out[y, x, c] = scale[c]·Σ_j Σ_i row_weights[y, j]·column_weights[x, i]·src[row_first[y]+j, column_first[x]+i, c]
/// + offset[c]. out is [out_rows, out_columns, 3]; weights are [out_rows, row_taps] and [out_columns, column_taps], each
/// row summing to 1 and zero-filled at its end; first indices such that all taps stay inside. scratch holds
/// 3·source_columns floats.
void spot_resize_rgb(const uint8_t *src, int source_columns, int out_rows, int out_columns, const int32_t *row_first,
                     const float *row_weights, int row_taps, const int32_t *column_first, const float *column_weights,
                     int column_taps, const float scale[3], const float offset[3], float *scratch, float *out);
/// out[i, c] = src[i, c]·scale[c] + offset[c] for a rows × columns window of an RGB byte picture that begins at src and
/// whose rows are stride bytes apart; out is [rows, columns, 3].
void spot_normalise_rgb(const uint8_t *src, size_t stride, int rows, int columns, const float scale[3],
                        const float offset[3], float *out);

// ---- recurrent unit and scores -------------------------------------------------------------------------------------

/// One GRU step from its products (PyTorch gate order r, z, n): input [3h] = W_ih·x + b_ih,
/// recurrent [3h] = W_hh·h + b_hh, r = σ(input_r + recurrent_r), z likewise, n = tanh(input_n + r·recurrent_n),
/// next = (1 − z)·n + z·hidden. next may be hidden.
void spot_gru_gates(const float *input, const float *recurrent, const float *hidden, size_t h, float *next);
/// In place softmax of one row of n logits.
void spot_softmax(float *x, size_t n);

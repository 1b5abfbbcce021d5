import CKernels

extension Kernels {
  /// The stem: 3×3, stride 2, three input channels, bias, ReLU. `x` is [rows, columns, 3]; `weights`
  /// [3, 3, 3 (input), channels]; `out` [⌈rows/2⌉, ⌈columns/2⌉, channels]; `channels` a multiple of 16.
  public static func stemConvolution(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    channels: Int, padding: Padding, into out: UnsafeMutablePointer<Float>
  ) {
    precondition(channels > 0 && channels % 16 == 0, "stemConvolution: \(channels) channels, expected a multiple of 16")
    spot_conv3x3_stem(x, Int32(rows), Int32(columns), weights, bias, Int32(channels), padding.native, out)
  }

  /// Grouped 3×3 with bias and ReLU. `x` is [rows, columns, channels]; `weights`
  /// [channels / groupWidth, 3, 3, groupWidth (input), groupWidth (output)]; `stride` 1 or 2; `out`
  /// [⌈rows/stride⌉, ⌈columns/stride⌉, channels]. `mean`, if given, receives the mean of `out` over its pixels, [channels].
  public static func groupedConvolution(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, channels: Int, groupWidth: Int, stride: Int,
    weights: UnsafePointer<Float>, bias: UnsafePointer<Float>, padding: Padding, into out: UnsafeMutablePointer<Float>,
    mean: UnsafeMutablePointer<Float>? = nil
  ) {
    precondition(stride == 1 || stride == 2, "groupedConvolution: stride \(stride), expected 1 or 2")
    precondition(
      groupWidth > 0 && channels % groupWidth == 0, "groupedConvolution: \(groupWidth) does not divide \(channels)")
    spot_conv3x3_grouped(
      x, Int32(rows), Int32(columns), Int32(channels), Int32(groupWidth), Int32(stride), weights, bias, padding.native,
      out, mean)
  }

  /// Squeeze-excite's dense layers on the channel means: `out`[c] = σ(W2·max(W1·mean + b1, 0) + b2). `weights1` is
  /// [hidden, channels], `weights2` [channels, hidden]; `scratch` holds `hidden` values.
  public static func squeezeExcite(
    mean: UnsafePointer<Float>, channels: Int, hidden: Int, weights1: UnsafePointer<Float>, bias1: UnsafePointer<Float>,
    weights2: UnsafePointer<Float>, bias2: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    spot_squeeze_excite(mean, Int32(channels), Int32(hidden), weights1, bias1, weights2, bias2, scratch, out)
  }
}

extension Kernels.Padding {
  var native: spot_padding {
    switch self {
    case .zero: SPOT_PADDING_ZERO
    case .replicate: SPOT_PADDING_REPLICATE
    case .reflect: SPOT_PADDING_REFLECT
    }
  }
}

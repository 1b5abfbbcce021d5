import CKernels

extension Kernels {
  /// In place: `x`[p, c] *= `scale`[c].
  public static func scaleChannels(
    _ x: UnsafeMutablePointer<Float>, _ scale: UnsafePointer<Float>, pixels: Int, channels: Int
  ) {
    spot_scale_channels(x, scale, pixels, channels)
  }

  /// `out`[c] = mean over pixels of `x`[p, c].
  public static func meanOverPixels(
    _ x: UnsafePointer<Float>, pixels: Int, channels: Int, into out: UnsafeMutablePointer<Float>
  ) {
    spot_mean_over_pixels(x, pixels, channels, out)
  }

  /// `out`[p] = mean over channels of `x`[p, c].
  public static func meanOverChannels(
    _ x: UnsafePointer<Float>, pixels: Int, channels: Int, into out: UnsafeMutablePointer<Float>
  ) {
    spot_mean_over_channels(x, pixels, channels, out)
  }

  /// Every second pixel of every second row: `x` [rows, columns, channels] into `out` [⌈rows/2⌉, ⌈columns/2⌉, channels].
  public static func takeEverySecond(
    _ x: UnsafePointer<Float>, rows: Int, columns: Int, channels: Int, into out: UnsafeMutablePointer<Float>
  ) {
    spot_take_every_second(x, Int32(rows), Int32(columns), Int32(channels), out)
  }
}

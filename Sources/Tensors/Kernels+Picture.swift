import CKernels

extension Kernels {
  /// Separable resize of a packed RGB byte picture by precomputed taps, normalised on the way: `out`[y, x, c] =
  /// Σj Σi rowWeights[y, j] · columnWeights[x, i] · source[rowFirst[y] + j, columnFirst[x] + i, c] · scale[c] + offset[c].
  /// `rowWeights` is [outRows, rowTaps], `columnWeights` [outColumns, columnTaps]; each row of them sums to 1. All taps
  /// lie inside the picture. `scratch` holds 3·sourceColumns values; `out` is [outRows, outColumns, 3].
  public static func resizeRGB(
    _ source: UnsafePointer<UInt8>, sourceColumns: Int, outRows: Int, outColumns: Int, rowFirst: UnsafePointer<Int32>,
    rowWeights: UnsafePointer<Float>, rowTaps: Int, columnFirst: UnsafePointer<Int32>,
    columnWeights: UnsafePointer<Float>, columnTaps: Int, scale: UnsafePointer<Float>, offset: UnsafePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    spot_resize_rgb(
      source, Int32(sourceColumns), Int32(outRows), Int32(outColumns), rowFirst, rowWeights, Int32(rowTaps),
      columnFirst, columnWeights, Int32(columnTaps), scale, offset, scratch, out)
  }

  /// `out`[i, c] = source[i, c]·scale[c] + offset[c] for a rows × columns window of an RGB byte picture that begins at
  /// `source` and whose rows are `stride` bytes apart; `out` is [rows, columns, 3].
  public static func normaliseRGB(
    _ source: UnsafePointer<UInt8>, stride: Int, rows: Int, columns: Int, scale: UnsafePointer<Float>,
    offset: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    precondition(stride >= 3 * columns, "normaliseRGB: rows overlap")
    spot_normalise_rgb(source, stride, Int32(rows), Int32(columns), scale, offset, out)
  }
}

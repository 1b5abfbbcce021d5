/// How a decoded picture is turned to be shown: one of the eight ways to lay a rectangle on the pixel grid.
///
/// A source pixel (x, y) is shown at (a·x + c·y, b·x + d·y), moved so that the picture begins at (0, 0); y points down.
public struct Orientation: Sendable, Hashable {
  let a: Int
  let b: Int
  let c: Int
  let d: Int

  /// As coded.
  public static let upright = Orientation(a: 1, b: 0, c: 0, d: 1)

  /// The turn that a container's display matrix asks for (3 × 3, as libav holds it), whatever its scale and shift; nil if it is
  /// not a multiple of 90° with or without a mirror.
  package init?(displayMatrix: [Int32]) {
    guard displayMatrix.count == 9 else { return nil }
    let values = [displayMatrix[0], displayMatrix[1], displayMatrix[3], displayMatrix[4]]
    let signs = values.map { Int($0.signum()) }
    let keepsAxes = values[1] == 0 && values[2] == 0 && signs[0] != 0 && signs[3] != 0
    let swapsAxes = values[0] == 0 && values[3] == 0 && signs[1] != 0 && signs[2] != 0
    guard keepsAxes || swapsAxes else { return nil }
    self.init(a: signs[0], b: signs[1], c: signs[2], d: signs[3])
  }

  private init(a: Int, b: Int, c: Int, d: Int) {
    (self.a, self.b, self.c, self.d) = (a, b, c, d)
  }

  /// Whether rows become columns.
  public var transposes: Bool { a == 0 }

  /// Whether the picture is mirrored left to right before it is turned.
  public var isMirrored: Bool { a * d - b * c < 0 }

  /// The turn in degrees clockwise: 0, 90, 180 or 270.
  public var degrees: Int {
    // Where the source's x axis points; a mirror turned it round first.
    let (x, y) = isMirrored ? (-a, -b) : (a, b)
    return x == 1 ? 0 : y == 1 ? 90 : x == -1 ? 180 : 270
  }

  /// Copies RGB pixels [size.rows, size.columns, 3], whose rows begin `stride` bytes apart, turned, into `shown`, tightly packed.
  func copy(
    _ source: UnsafeBufferPointer<UInt8>, stride: Int, size: PictureSize, to shown: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(stride >= size.columns * 3 && source.count >= (size.rows - 1) * stride + size.columns * 3)
    precondition(shown.count == size.rows * size.columns * 3)
    guard let from = source.baseAddress, let to = shown.baseAddress else { return }
    if self == .upright {
      for row in 0..<size.rows {
        (to + row * size.columns * 3).update(from: from + row * stride, count: size.columns * 3)
      }
      return
    }
    let target = transposes ? size.transposed : size
    // The inverse of such a matrix is its transpose: one step right in `shown` is (a, c) in the source, one step down (b, d).
    let right = a * 3 + c * stride
    let down = b * 3 + d * stride
    let left = (a < 0 || b < 0) ? size.columns - 1 : 0
    let top = (c < 0 || d < 0) ? size.rows - 1 : 0
    var written = to
    for row in 0..<target.rows {
      var pixel = from + (top * stride + left * 3 + row * down)
      for _ in 0..<target.columns {
        written[0] = pixel[0]
        written[1] = pixel[1]
        written[2] = pixel[2]
        written += 3
        pixel += right
      }
    }
  }
}

extension Orientation: CustomStringConvertible {
  public var description: String { (isMirrored ? "mirrored, " : "") + "\(degrees)°" }
}

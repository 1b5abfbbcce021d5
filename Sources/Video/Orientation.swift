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

  /// Copies `planes`, turned, into `shown`, [rows, columns, 3] as they are shown, tightly packed.
  func copy(_ planes: ColourPlanes, to shown: UnsafeMutableBufferPointer<UInt8>) {
    let size = transposes ? planes.size.transposed : planes.size
    precondition(shown.count == size.rows * size.columns * 3, "a picture of the planes' size")
    guard var written = shown.baseAddress else { return }
    // The inverse of such a matrix is its transpose: one step right in `shown` is (a, c) in the source, one step down (b, d).
    let right = a * planes.pixelStride + c * planes.rowStride
    let down = b * planes.pixelStride + d * planes.rowStride
    let left = (a < 0 || b < 0) ? planes.size.columns - 1 : 0
    let top = (c < 0 || d < 0) ? planes.size.rows - 1 : 0
    let start = top * planes.rowStride + left * planes.pixelStride
    for row in 0..<size.rows {
      var offset = start + row * down
      for _ in 0..<size.columns {
        written[0] = planes.red[offset]
        written[1] = planes.green[offset]
        written[2] = planes.blue[offset]
        written += 3
        offset += right
      }
    }
  }
}

extension Orientation: CustomStringConvertible {
  public var description: String { (isMirrored ? "mirrored, " : "") + "\(degrees)°" }
}

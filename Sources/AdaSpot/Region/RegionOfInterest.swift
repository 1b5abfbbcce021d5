/// The part of a frame that deserves full resolution.
public struct RegionOfInterest: Sendable, Hashable {
  /// Centre as the selector gives it: fractions of the crop's height and width, 0 ..< 1.
  public let centreRow: Float
  public let centreColumn: Float
  /// Side lengths in pixels.
  public let rows: Int
  public let columns: Int
  /// The pixels' top left corner in the high-resolution crop; nil where the selector's fallback fits no paired size and
  /// the region is blank.
  public let origin: Origin?

  /// A pixel position in the high-resolution crop.
  public struct Origin: Sendable, Hashable {
    public let top: Int
    public let left: Int

    package init(top: Int, left: Int) {
      self.top = top
      self.left = left
    }
  }

  package init(centreRow: Float, centreColumn: Float, rows: Int, columns: Int, origin: Origin?) {
    self.centreRow = centreRow
    self.centreColumn = centreColumn
    self.rows = rows
    self.columns = columns
    self.origin = origin
  }
}

extension RegionOfInterest {
  /// Floats that carry a region from one operator to the next; whole numbers stay exact.
  static let encodedCount = 7

  func encode(into out: UnsafeMutablePointer<Float>) {
    out[0] = centreRow
    out[1] = centreColumn
    out[2] = Float(rows)
    out[3] = Float(columns)
    out[4] = origin == nil ? 0 : 1
    out[5] = Float(origin?.top ?? 0)
    out[6] = Float(origin?.left ?? 0)
  }

  init(encoded: UnsafePointer<Float>) {
    self.init(
      centreRow: encoded[0], centreColumn: encoded[1], rows: Int(encoded[2]), columns: Int(encoded[3]),
      origin: encoded[4] == 0 ? nil : Origin(top: Int(encoded[5]), left: Int(encoded[6])))
  }
}

/// The size of a picture in pixels, rows first.
public struct PictureSize: Sendable, Hashable {
  public let rows: Int
  public let columns: Int

  /// The longest side accepted, of a video and of the output.
  public static let largestSide = 16_384
  /// The most pixels accepted, of a video and of the output.
  public static let mostPixels = 64 << 20

  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Whether a picture of this size has pixels, and no more of them than are accepted: headers are untrusted.
  public var isAcceptable: Bool {
    rows > 0 && columns > 0 && rows <= Self.largestSide && columns <= Self.largestSide
      && rows * columns <= Self.mostPixels
  }

  var transposed: PictureSize { PictureSize(rows: columns, columns: rows) }
}

extension PictureSize: CustomStringConvertible {
  /// Columns × rows, as videos are labelled.
  public var description: String { "\(columns)×\(rows)" }
}

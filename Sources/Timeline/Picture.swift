/// A picture of 8-bit RGB: `bytes` is [rows, columns, 3], tightly packed, allocated once and reused for many frames.
///
/// Not thread-safe: whoever holds a picture (a decoder that fills it, a model that reads it) holds it alone;
/// the ring that lends pictures hands each to one thread at a time.
public final class Picture: @unchecked Sendable {  // handed over, never shared: see above
  public let rows: Int
  public let columns: Int
  /// The pixels, valid as long as the picture lives.
  public let bytes: UnsafeMutableBufferPointer<UInt8>

  /// A black picture of `rows` × `columns` pixels, both positive.
  public init(rows: Int, columns: Int) {
    precondition(rows > 0 && columns > 0, "a picture has at least one pixel")
    self.rows = rows
    self.columns = columns
    bytes = .allocate(capacity: rows * columns * 3)
    bytes.initialize(repeating: 0)
  }

  deinit { bytes.deallocate() }

  /// Makes every pixel black.
  public func clear() { bytes.update(repeating: 0) }

  /// Copies the pixels of `other`, which has the same size.
  public func copy(from other: Picture) {
    precondition(rows == other.rows && columns == other.columns, "pictures of one size")
    _ = bytes.update(fromContentsOf: other.bytes)
  }
}

/// Float32 storage for kernels: fixed length, 64-byte aligned, zero at first, freed with its owner.
///
/// Not thread-safe: a buffer belongs to one model state, which one thread drives; weights are written once at load
/// and only read after.
public final class AlignedBuffer: @unchecked Sendable {  // owned by one thread, or read-only after loading: see above
  public let count: Int
  /// The storage, valid as long as the buffer lives.
  public let pointer: UnsafeMutablePointer<Float>

  private let storage: BufferStorage

  static let alignment = 64

  /// Zeroed storage of `count` floats (at least one is allocated).
  public convenience init(count: Int) {
    precondition(count >= 0)
    self.init(count: count, at: 0, of: .aligned(count: max(count, 1), alignment: Self.alignment))
  }

  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    update(from: values)
  }

  /// `count` floats of `storage` from the `first` one on.
  init(count: Int, at first: Int, of storage: BufferStorage) {
    self.count = count
    self.storage = storage
    pointer = storage.pointer + first
  }

  /// Takes over as many `values` as there are places.
  func update(from values: [Float]) {
    precondition(values.count == count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: count) }
    }
  }

  public func fill(_ value: Float) { pointer.update(repeating: value, count: max(count, 1)) }

  public func array() -> [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// Float32 storage for kernels: fixed length, 64-byte aligned, zero at first, freed with its owner.
///
/// Not thread-safe: a buffer belongs to one model state, which one thread drives; weights are written once at load
/// and only read after.
public final class AlignedBuffer: @unchecked Sendable {  // owned by one thread, or read-only after loading: see above
  public let count: Int
  /// The storage, valid as long as the buffer lives.
  public let pointer: UnsafeMutablePointer<Float>

  /// Zeroed storage of `count` floats (at least one is allocated).
  public init(count: Int) {
    precondition(count >= 0)
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    pointer = raw.bindMemory(to: Float.self, capacity: max(count, 1))
    pointer.initialize(repeating: 0, count: max(count, 1))
  }

  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  public func fill(_ value: Float) { pointer.update(repeating: value, count: max(count, 1)) }

  public func array() -> [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

internal import Glibc

/// Float32 storage for kernels: fixed length, 64-byte aligned, zero at first, freed with its owner.
///
/// Not thread-safe: a buffer belongs to one model state, which one thread drives; weights are written once at load
/// and only read after.
public final class AlignedBuffer: @unchecked Sendable {  // owned by one thread, or read-only after loading: see above
  public let count: Int
  /// The storage, valid as long as the buffer lives.
  public let pointer: UnsafeMutablePointer<Float>

  /// Where the storage begins, up to `alignment` − 1 bytes before `pointer`.
  private let allocation: UnsafeMutableRawPointer

  private static let alignment = 64

  /// Zeroed storage of `count` floats (at least one is allocated).
  public init(count: Int) {
    precondition(count >= 0)
    self.count = count
    // Large zeroed storage is taken from the system, which gives memory only to the pages that are written: a ring that
    // is never full costs only what it holds. A function that aligns would have to clear them all.
    guard let allocation = calloc(max(count, 1) * MemoryLayout<Float>.stride + Self.alignment, 1) else {
      preconditionFailure("no memory for \(count) floats")
    }
    self.allocation = allocation
    pointer = allocation.alignedUp(toMultipleOf: Self.alignment).bindMemory(to: Float.self, capacity: max(count, 1))
  }

  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer.update(from: base, count: source.count) }
    }
  }

  deinit { free(allocation) }

  public func fill(_ value: Float) { pointer.update(repeating: value, count: max(count, 1)) }

  public func array() -> [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

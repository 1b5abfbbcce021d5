internal import Glibc

/// Zeroed floats from the system, freed with their last owner.
final class BufferStorage {
  let count: Int
  let pointer: UnsafeMutablePointer<Float>

  /// What to free: up to an alignment before `pointer`.
  private let allocation: UnsafeMutableRawPointer

  private init(count: Int, pointer: UnsafeMutablePointer<Float>, allocation: UnsafeMutableRawPointer) {
    self.count = count
    self.pointer = pointer
    self.allocation = allocation
  }

  deinit { free(allocation) }

  /// `count` floats whose first one is at a multiple of `alignment` bytes.
  static func aligned(count: Int, alignment: Int) -> BufferStorage {
    // Large zeroed storage is taken from the system, which gives memory only to the pages that are written: a ring that
    // is never full costs only what it holds. A function that aligns would have to clear them all.
    guard let allocation = calloc(count * MemoryLayout<Float>.stride + alignment, 1) else {
      preconditionFailure("no memory for \(count) floats")
    }
    let start = allocation.alignedUp(toMultipleOf: alignment)
    return BufferStorage(
      count: count, pointer: start.bindMemory(to: Float.self, capacity: count), allocation: allocation)
  }

  /// Whole huge pages of `size` bytes that hold `count` floats, `atLeast` so many; common pages where the system has no
  /// others to give.
  static func pages(holding count: Int, size: Int, atLeast: Int) -> BufferStorage {
    let floats = size / MemoryLayout<Float>.stride
    let storage = aligned(count: max(atLeast, (count + floats - 1) / floats) * floats, alignment: size)
    // A wish, not a need: refused where the kernel is built without them.
    madvise(storage.pointer, storage.count * MemoryLayout<Float>.stride, MADV_HUGEPAGE)
    return storage
  }
}

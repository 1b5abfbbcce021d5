/// Gives out buffers that lie side by side, in huge pages where the system has them.
///
/// For weights: every frame reads all of them, tens of megabytes in the order in which they were made. In pages of 4 KB
/// most of their addresses would have to be looked up anew each time, and what a kernel fetches ahead at the end of one
/// buffer is the beginning of the next. Not thread-safe; the buffers are as good as any others, and keep their storage.
public final class BufferArena {
  private var block: BufferStorage?
  /// Floats of the block that are given out.
  private var used = 0

  private static let pageBytes = 2 << 20
  private static let blockPages = 4
  private static let step = AlignedBuffer.alignment / MemoryLayout<Float>.stride

  public init() {}

  /// Zeroed storage of `count` floats.
  public func buffer(count: Int) -> AlignedBuffer {
    precondition(count >= 0)
    let needed = (max(count, 1) + Self.step - 1) / Self.step * Self.step
    if let block, used + needed <= block.count {
      defer { used += needed }
      return AlignedBuffer(count: count, at: used, of: block)
    }
    let block = BufferStorage.pages(holding: needed, size: Self.pageBytes, atLeast: Self.blockPages)
    self.block = block
    used = needed
    return AlignedBuffer(count: count, at: 0, of: block)
  }

  public func buffer(_ values: [Float]) -> AlignedBuffer {
    let buffer = buffer(count: values.count)
    buffer.update(from: values)
    return buffer
  }
}

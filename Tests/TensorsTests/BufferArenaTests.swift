import Tensors
import Testing

@Suite struct BufferArenaTests {
  @Test("buffers lie side by side, aligned, zeroed, each its own")
  func neighbours() {
    let arena = BufferArena()
    let buffers = [1, 16, 17, 0, 300].map { arena.buffer(count: $0) }
    for (buffer, next) in zip(buffers, buffers.dropFirst()) {
      #expect(next.pointer - buffer.pointer == max(1, (buffer.count + 15) / 16) * 16)
    }
    for (index, buffer) in buffers.enumerated() {
      #expect(Int(bitPattern: buffer.pointer) % 64 == 0)
      #expect(buffer.array().allSatisfy { $0 == 0 })
      buffer.fill(Float(index))
    }
    for (index, buffer) in buffers.enumerated() { #expect(buffer.array().allSatisfy { $0 == Float(index) }) }
  }

  @Test("what does not fit a block, or what is left of it, begins another")
  func blocks() {
    let arena = BufferArena()
    let small = arena.buffer([1, 2, 3])
    let large = arena.buffer(count: 5_000_000)
    let others = (0..<5).map { arena.buffer([Float](repeating: Float($0), count: 1_000_000)) }
    large.fill(9)
    #expect(small.array() == [1, 2, 3])
    #expect(large.array().allSatisfy { $0 == 9 })
    for (index, other) in others.enumerated() { #expect(other.array().allSatisfy { $0 == Float(index) }) }
  }

  @Test("buffers keep their storage when the arena is gone")
  func lifetime() {
    let kept = { BufferArena().buffer([4, 5]) }()
    #expect(kept.array() == [4, 5])
  }
}

import Foundation
import Service
import Synchronization
import Testing
import Timeline
import Video

@Suite("picture queue")
struct PictureQueueTests {
  private static func stamp(_ index: Int) -> FrameStamp {
    FrameStamp(
      index: index, epoch: 0, time: MediaTime(pts: Int64(index), timeBase: TimeBase(numerator: 1, denominator: 25)),
      arrival: 0)
  }

  @Test("frames arrive in order and whole, through fewer pictures than there are frames")
  func order() throws {
    let queue = PictureQueue(rows: 2, columns: 3, capacity: 3)
    Thread.detachNewThread {
      for index in 0..<500 {
        guard let picture = queue.spare() else { return }
        picture.bytes.update(repeating: UInt8(index % 256))
        queue.put(picture, Self.stamp(index))
      }
      queue.finish()
    }
    var count = 0
    var pictures: Set<ObjectIdentifier> = []
    while let frame = try queue.next() {
      #expect(frame.stamp.index == count)
      #expect(frame.picture.bytes.allSatisfy { $0 == UInt8(count % 256) })
      pictures.insert(ObjectIdentifier(frame.picture))
      queue.recycle(frame.picture)
      count += 1
    }
    #expect(count == 500)
    #expect(pictures.count <= 3)
    #expect(try queue.next()?.stamp == nil)
  }

  @Test("the producer's error comes after the frames before it")
  func failing() throws {
    let queue = PictureQueue(rows: 1, columns: 1, capacity: 2)
    // An error as a reader throws it.
    let failure = try #require(throws: VideoError.self) { _ = try VideoReader(path: "/none.mp4") }
    queue.put(try #require(queue.spare()), Self.stamp(0))
    queue.finish(failure)
    #expect(try queue.next()?.stamp.index == 0)
    #expect(throws: failure) { _ = try queue.next() }
  }

  @Test("told to drop, a full queue loses its oldest frames, never its newest")
  func dropping() throws {
    let queue = PictureQueue(rows: 1, columns: 1, capacity: 3)
    queue.dropsOldest = true
    for index in 0..<10 {
      let picture = try #require(queue.spare())
      picture.bytes.update(repeating: UInt8(index))
      queue.put(picture, Self.stamp(index))
    }
    queue.finish()
    for index in 7..<10 {
      let frame = try #require(try queue.next())
      #expect(frame.stamp.index == index)
      #expect(frame.picture.bytes.allSatisfy { $0 == UInt8(index) })
    }
    #expect(try queue.next()?.stamp == nil)
  }

  @Test("a producer that waits goes on when frames may be dropped")
  func droppingWakes() throws {
    let queue = PictureQueue(rows: 1, columns: 1, capacity: 2)
    for index in 0..<2 { queue.put(try #require(queue.spare()), Self.stamp(index)) }
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      if queue.spare() != nil { ended.signal() }
    }
    queue.dropsOldest = true
    #expect(ended.wait(timeout: .now() + 20) == .success)
    #expect(try queue.next()?.stamp.index == 1)
  }

  @Test("it holds its producer while every picture waits but the one in hand, unless frames may be dropped")
  func holding() throws {
    let queue = PictureQueue(rows: 1, columns: 1, capacity: 3)
    for index in 0..<3 { queue.put(try #require(queue.spare()), Self.stamp(index)) }
    let frame = try #require(try queue.next())
    #expect(queue.holdsProducer)
    queue.dropsOldest = true
    #expect(!queue.holdsProducer)
    queue.dropsOldest = false
    queue.recycle(frame.picture)
    _ = try queue.next()
    #expect(!queue.holdsProducer)
  }

  @Test("closing the queue frees a producer that waits")
  func closing() throws {
    let queue = PictureQueue(rows: 1, columns: 1, capacity: 1)
    queue.put(try #require(queue.spare()), Self.stamp(0))
    let ended = DispatchSemaphore(value: 0)
    let gotNothing = Atomic(false)
    Thread.detachNewThread {
      gotNothing.store(queue.spare() == nil, ordering: .relaxed)
      ended.signal()
    }
    queue.close()
    #expect(ended.wait(timeout: .now() + 20) == .success)
    let isFreed = gotNothing.load(ordering: .relaxed)
    #expect(isFreed)
  }
}

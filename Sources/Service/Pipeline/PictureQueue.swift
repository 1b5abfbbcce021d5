internal import Bus
internal import Foundation
public import Timeline
public import Video

/// Hands decoded pictures from the thread that decodes to the thread that looks at them, in order and without allocating.
///
/// The queue owns `capacity` pictures from the start. The producer waits for a spare one, fills it and puts it in; the consumer
/// takes it out and recycles a picture, that one or another of the same size. So a slow consumer stops the producer,
/// and no frame is lost, unless `dropsOldest` says so.
public final class PictureQueue: @unchecked Sendable {  // all state is used under `condition` only
  /// A decoded frame with its pixels.
  public struct Frame: Sendable {
    public let picture: Picture
    public let stamp: FrameStamp
    /// When it was put in, in nanoseconds of the monotonic clock.
    public let putTime: UInt64
  }

  /// What comes out: frames, and between them the ends of their source's epochs.
  public enum Entry: Sendable {
    case frame(Frame)
    case epochEnd(Discontinuity)
  }

  /// What the producer said last.
  private enum End {
    case open
    case finished
    case failed(VideoError)
  }

  private let condition = NSCondition()
  private var spares: [Picture]
  private var entries: [Entry] = []
  /// Frames among the entries.
  private var waiting = 0
  private let capacity: Int
  private let mostEntries: Int
  private var end = End.open
  private var isClosed = false
  private var isDropping = false

  /// A queue of `capacity` pictures of `rows` × `columns` pixels, all positive.
  public init(rows: Int, columns: Int, capacity: Int) {
    precondition(capacity > 0, "a queue holds at least one picture")
    spares = (0..<capacity).map { _ in Picture(rows: rows, columns: columns) }
    self.capacity = capacity
    mostEntries = 2 * capacity
    entries.reserveCapacity(mostEntries)
  }

  // MARK: The producer's side

  /// Waits for a picture to fill; nil once the consumer has closed the queue.
  public func spare() -> Picture? {
    condition.lock()
    defer { condition.unlock() }
    while spares.isEmpty && !isClosed {
      // The newest stays, so that what was dropped shows by the index of a frame after it.
      if isDropping && waiting > 1 {
        spares.append(removeFirstFrame().picture)
      } else {
        condition.wait()
      }
    }
    return isClosed ? nil : spares.removeLast()
  }

  /// Puts in a picture that `spare` gave.
  public func put(_ picture: Picture, _ stamp: FrameStamp) {
    condition.lock()
    defer { condition.unlock() }
    entries.append(.frame(Frame(picture: picture, stamp: stamp, putTime: MonotonicClock.now)))
    waiting += 1
    condition.broadcast()
  }

  /// Puts in the end of the epoch that the last frame belongs to. Waits while as many ends as pictures wait.
  public func put(_ end: Discontinuity) {
    condition.lock()
    defer { condition.unlock() }
    while entries.count >= mostEntries && !isClosed { condition.wait() }
    entries.append(.epochEnd(end))
    condition.broadcast()
  }

  /// Declares that no frame will follow, because of `error` if there is one. The consumer still gets the frames before.
  public func finish(_ error: VideoError? = nil) {
    condition.lock()
    defer { condition.unlock() }
    end = error.map { .failed($0) } ?? .finished
    condition.broadcast()
  }

  // MARK: The consumer's side

  /// Waits for the next frame; nil after the last. Throws what the producer failed with, after the frames before.
  public func next() throws(VideoError) -> Frame? {
    while let entry = try nextEntry() {
      if case .frame(let frame) = entry { return frame }
    }
    return nil
  }

  /// Waits for the next frame or the end of an epoch; nil after the last. Throws what the producer failed with, after what
  /// came before.
  public func nextEntry() throws(VideoError) -> Entry? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if !entries.isEmpty {
        let entry = entries.removeFirst()
        if case .frame = entry { waiting -= 1 } else { condition.broadcast() }
        return entry
      }
      switch end {
      case .open: condition.wait()
      case .finished: return nil
      case .failed(let error): throw error
      }
    }
  }

  /// Gives the producer a picture to fill again.
  public func recycle(_ picture: Picture) {
    condition.lock()
    defer { condition.unlock() }
    spares.append(picture)
    condition.broadcast()
  }

  /// Whether a producer that finds no spare picture takes that of the oldest frame, which is lost then, instead of
  /// waiting. The consumer sees it by the indices.
  public var dropsOldest: Bool {
    get { condition.withLock { isDropping } }
    set {
      condition.withLock {
        isDropping = newValue
        condition.broadcast()
      }
    }
  }

  /// Whether, beside the frame that the consumer has in hand, every picture waits and none is dropped: the producer cannot go on.
  public var holdsProducer: Bool { condition.withLock { !isDropping && waiting + 1 >= capacity } }

  /// Takes out the oldest frame, of which there is one. Ends of epochs stay.
  private func removeFirstFrame() -> Frame {
    for index in entries.indices {
      if case .frame(let frame) = entries[index] {
        entries.remove(at: index)
        waiting -= 1
        return frame
      }
    }
    preconditionFailure("there is a frame")
  }

  /// Declares that the consumer takes no more: the producer gets no further picture.
  public func close() {
    condition.lock()
    defer { condition.unlock() }
    isClosed = true
    condition.broadcast()
  }
}

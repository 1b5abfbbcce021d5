import Synchronization

/// The bounded way from the threads that publish to the thread that sends. Adding never waits for sending.
final class PublicationQueue: Sendable {
  struct Publication: Sendable {
    let stream: Name
    let body: Message.Body
    /// When the data behind it arrived, in monotonic nanoseconds; nil where latency has no meaning.
    let arrival: UInt64?
  }

  /// What the sending thread takes at once.
  struct Batch: Sendable {
    var publications: [Publication] = []
    /// How many messages of each topic found the queue full. At most one entry for every topic of the run.
    var overflow: [Topic: Int] = [:]
    var isClosed = false
  }

  private let waiting = Mutex(Batch())
  private let capacity: Int
  private let wake: WakeUp

  init(capacity: Int, wake: WakeUp) {
    self.capacity = capacity
    self.wake = wake
  }

  /// False when the queue is full or closed: the publication is dropped.
  func add(_ publication: Publication, topic: Topic) -> Bool {
    let (accepted, wasEmpty) = waiting.withLock { batch in
      if batch.isClosed { return (false, false) }
      let wasEmpty = batch.publications.isEmpty
      if batch.publications.count < capacity {
        batch.publications.append(publication)
        return (true, wasEmpty)
      }
      batch.overflow[topic, default: 0] += 1
      return (false, false)
    }
    if wasEmpty { wake.signal() }
    return accepted
  }

  /// Everything that waits, oldest first.
  func takeAll() -> Batch {
    waiting.withLock { batch in
      defer {
        batch.publications = []
        batch.overflow = [:]
      }
      return batch
    }
  }

  /// Nothing can be added from here on; what waits can still be taken.
  func close() {
    waiting.withLock { $0.isClosed = true }
    wake.signal()
  }
}

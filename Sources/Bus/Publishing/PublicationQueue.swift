import Synchronization

/// The bounded way from the threads that publish to the thread that sends. Adding never waits for sending.
final class PublicationQueue: Sendable {
  enum Publication: Sendable {
    /// `arrival` is when the data behind it arrived, in monotonic nanoseconds; nil where latency has no meaning.
    case new(Message.Body, stream: Name, topic: Topic, arrival: UInt64?)
    /// Out of a recording, with its numbers and time.
    case recorded(RecordedMessage)
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
  func add(_ publication: Publication) -> Bool {
    let (accepted, wasEmpty) = waiting.withLock { batch in
      if batch.isClosed { return (false, false) }
      let wasEmpty = batch.publications.isEmpty
      if batch.publications.count < capacity {
        batch.publications.append(publication)
        return (true, wasEmpty)
      }
      if case .new(_, _, let topic, _) = publication { batch.overflow[topic, default: 0] += 1 }
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

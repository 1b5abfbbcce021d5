import Foundation
import Synchronization

/// The body of the publisher's thread: numbers, stamps, writes and sends what the queue brings, and answers new
/// subscribers with the retained messages.
struct PublisherLoop {
  let socket: Socket
  let wake: WakeUp
  let queue: PublicationQueue
  let state: PublisherState
  let runID: RunID
  let log: ReplayLog?
  let observe: @Sendable (Message) -> Void
  private var book = SequenceBook()
  private var retained = RetainedMessages()

  /// How many subscriptions are looked at before publishing goes on.
  private static let subscriptionsATurn = 64

  init(
    socket: Socket, wake: WakeUp, queue: PublicationQueue, state: PublisherState, runID: RunID, log: ReplayLog?,
    observe: @escaping @Sendable (Message) -> Void
  ) {
    self.socket = socket
    self.wake = wake
    self.queue = queue
    self.state = state
    self.runID = runID
    self.log = log
    self.observe = observe
  }

  /// Runs until the queue is closed and empty. The socket closes with the loop; its context then waits for the linger.
  mutating func run() {
    var isClosed = false
    while !isClosed {
      let deadline = retained.nextDue ?? .max
      if !attempt({ try Socket.wait(for: [socket], until: deadline, wake: wake) }) {
        usleep(10_000)  // no reason is known why polling should fail; if it does, publishing goes on at this pace
      }
      isClosed = publishWaiting()
      readSubscriptions()
      let now = MonotonicClock.now
      for parts in retained.takeDue(at: now) where send(parts) {
        state.counters.withLock { $0.retainedRepeats += 1 }
      }
    }
    let linger = state.drainTimeout.withLock { $0 }
    attempt { try socket.set(ZeroMQOption.linger, linger.milliseconds) }
  }

  /// Returns true when nothing will come any more.
  private mutating func publishWaiting() -> Bool {
    let batch = queue.takeAll()
    for publication in batch.publications { publish(publication) }
    for (topic, count) in batch.overflow { book.skip(count, stream: topic.stream, topic: topic) }
    return batch.isClosed
  }

  private mutating func publish(_ publication: PublicationQueue.Publication) {
    switch publication {
    case .new(let body, let stream, let topic, let arrival): publish(body, stream, topic, arrival)
    case .recorded(let recorded): republish(recorded)
    }
  }

  private mutating func publish(_ body: Message.Body, _ stream: Name, _ topic: Topic, _ arrival: UInt64?) {
    let numbers = book.next(stream: stream, topic: topic)
    var body = body
    if case .event(var event) = body, let arrival {
      event.latencyMilliseconds = Double(MonotonicClock.now &- arrival) / 1e6
      body = .event(event)
    }
    let message = Message(
      run: runID, stream: stream, sequence: numbers.stream, topicSequence: numbers.topic, time: .now, body: body)
    guard let json = try? message.json() else {
      state.counters.withLock { $0.unencodable += 1 }
      return
    }
    publish(message, [Array(topic.text.utf8), json])
  }

  private mutating func republish(_ recorded: RecordedMessage) {
    var message = recorded.message
    let json = message.isReplay ? recorded.json : Message.marking(recorded.json, .replay)
    guard json.count <= Message.maximumBytes else {
      state.counters.withLock { $0.unencodable += 1 }
      return
    }
    message.isReplay = true
    if log?.run != message.run { log?.begin(message.run) }
    publish(message, [recorded.topic, json])
  }

  private mutating func publish(_ message: Message, _ parts: [[UInt8]]) {
    // Logged first: whoever has seen a later message may ask for this one at once.
    log?.append(
      LogEntry(
        key: StreamRun(run: message.run, stream: message.stream), sequence: message.sequence, topic: parts[0],
        json: parts[1]))
    if send(parts) {
      state.counters.withLock { $0.published += 1 }
      retained.remember(message, parts)
      observe(message)
    }
  }

  /// False when the message could not be sent; that has been counted.
  private func send(_ parts: [[UInt8]]) -> Bool {
    attempt {
      if try socket.send(parts) == .wouldBlock {
        // Somebody's queue is full. Sent again without asking, the message goes to all the others.
        state.counters.withLock { $0.subscriberStalls += 1 }
        try socket.set(ZeroMQOption.refuseWhenFull, Int32(0))
        _ = try socket.send(parts)
        try socket.set(ZeroMQOption.refuseWhenFull, Int32(1))
      }
    }
  }

  /// An XPUB socket receives a byte 1 and the prefix for each new subscription, a byte 0 for each that ends.
  private mutating func readSubscriptions() {
    for _ in 0..<Self.subscriptionsATurn {
      var reception = Socket.Reception.nothing
      attempt { reception = try socket.receive(atMost: 1) }
      switch reception {
      case .nothing: return
      case .message(let parts):
        guard let part = parts.first else { continue }
        switch part.first {
        case 1:
          state.counters.withLock { counters in
            counters.subscriptions += 1
            counters.activeSubscriptions += 1
          }
          retained.want(prefix: part.dropFirst())
        case 0: state.counters.withLock { $0.activeSubscriptions -= 1 }
        default: continue
        }
      case .tooManyParts: continue
      }
    }
  }

  /// Runs `operation`; counts its failure and returns false when it throws. The loop must outlive any of them.
  @discardableResult
  private func attempt(_ operation: () throws -> Void) -> Bool {
    do {
      try operation()
      return true
    } catch {
      state.counters.withLock { $0.failedSends += 1 }
      return false
    }
  }
}

import Synchronization

/// Publishes the messages of one run on a ZeroMQ socket of its own thread.
///
/// `publish` may be called from any thread and never waits for the network: a full queue drops, and counts. Sequence
/// numbers are given in the order of the calls.
public final class Publisher: Sendable {
  /// The run of all that `publish` takes.
  public let run: RunID
  /// The endpoint that is bound, with the port that was really taken.
  public let endpoint: String

  private let queue: PublicationQueue
  private let thread: ServiceThread
  private let state: PublisherState
  private let authenticator: Authenticator?

  /// Binds the endpoint and starts the thread.
  ///
  /// `observe` is called on the publisher's thread with every message just sent (not with repeats), for metrics; it must
  /// be quick. With a `log`, which is of the same run, each message can be asked for again. Throws `BusError.transport`, with
  /// `isAddressInUse` when the port is taken, `BusError.exposed` and `BusError.thread`.
  public init(
    _ settings: PublisherSettings = PublisherSettings(), run: RunID = RunID(), log: ReplayLog? = nil,
    observe: @escaping @Sendable (Message) -> Void = { _ in }
  ) throws(BusError) {
    precondition((1...1_000_000).contains(settings.highWaterMark), "highWaterMark out of range")
    precondition(settings.queueCapacity > 0, "queueCapacity out of range")
    precondition(log == nil || log?.run == run, "the log is of another run")
    self.run = run
    // Subscribers send nothing but subscriptions, and no topic is longer than this.
    let context = try Context()
    let socket = try Socket(
      .xpub, in: context, linger: .zero, highWaterMark: Int32(settings.highWaterMark), maximumPartBytes: 1_024)
    try socket.set(ZeroMQOption.reportEverySubscription, Int32(1))
    try socket.set(ZeroMQOption.refuseWhenFull, Int32(1))
    authenticator = try socket.bind(settings.endpoint, settings.security, in: context)
    endpoint = socket.endpoint

    let wake = try WakeUp()
    let queue = PublicationQueue(capacity: settings.queueCapacity, wake: wake)
    let state = PublisherState()
    self.queue = queue
    self.state = state
    // Handed over: this thread does not touch the socket again, the new one starts after and owns it.
    nonisolated(unsafe) var handover: Socket? = socket
    thread = try ServiceThread(name: "spotd-publish") {
      guard let socket = handover else { return }
      handover = nil
      var loop = PublisherLoop(
        socket: socket, wake: wake, queue: queue, state: state, runID: run, log: log, observe: observe)
      loop.run()
    }
  }

  /// Hands over what is to be published on `stream`.
  ///
  /// `arrival` is when the data behind it arrived, in nanoseconds of the monotonic clock: an event's `latency_ms` is
  /// measured from there. Returns false when it was dropped because the queue is full or the publisher closed.
  @discardableResult
  public func publish(_ body: Message.Body, stream: Name, arrival: UInt64? = nil) -> Bool {
    guard let topic = body.topic(stream: stream) else { return false }
    return add(.new(body, stream: stream, topic: topic, arrival: arrival))
  }

  /// Hands over a message out of a recording, which goes out with its own numbers and time, marked as replay. It must not come
  /// before those of its stream that the recording has before it. Returns false as `publish` does.
  @discardableResult
  public func republish(_ recorded: RecordedMessage) -> Bool { add(.recorded(recorded)) }

  private func add(_ publication: PublicationQueue.Publication) -> Bool {
    let accepted = queue.add(publication)
    if !accepted { state.counters.withLock { $0.overflowed += 1 } }
    return accepted
  }

  public var counters: PublisherCounters { state.counters.withLock { $0 } }

  /// Sends what waits, gives subscribers up to `drainTimeout` to take it, and ends the thread. Later calls only wait for
  /// the first to finish; later publications are dropped.
  public func close(drainTimeout: Duration = .seconds(2)) {
    state.drainTimeout.withLock { $0 = drainTimeout }
    queue.close()
    thread.join()
    authenticator?.close()
  }

  deinit { close(drainTimeout: .zero) }
}

/// What a publisher and its thread share.
final class PublisherState: Sendable {
  let counters = Mutex(PublisherCounters())
  let drainTimeout = Mutex(Duration.zero)
}

/// A subscriber that loses nothing that can be had: it hands over every message of its streams once and in order,
/// fetches what it missed from the replay endpoint, follows a restarted daemon from its old run into the new one, and
/// says exactly what is lost for good.
///
/// A stream that it meets for the first time begins with the newest status and watermark (`isRetained`) and the first live
/// message; with a `Position` it goes on where it was. It belongs to the thread that uses it.
public final class BusClient {
  /// A request that is under way.
  private struct Inquiry {
    let token: String
    let stream: Name
    let run: RunID
    let deadline: UInt64
  }

  /// Of a stream whose hole is open.
  private struct Patience {
    /// When the hole is given up, in monotonic nanoseconds; later while the endpoint answers, if only others or that it is busy, but
    /// not after `limit`.
    var end: UInt64
    let limit: UInt64
    /// When it may be asked for again.
    var nextInquiry: UInt64 = 0
  }

  /// Messages that arrived twice and were handed over once.
  public private(set) var duplicates = 0
  /// Messages that came out of the log.
  public private(set) var recovered = 0
  /// Whether anything at all has come from either endpoint.
  public private(set) var hasHeard = false

  private let settings: BusClientSettings
  private let subscriber: Subscriber
  private let replay: ReplayClient?
  private var streams: [Name: StreamProgress] = [:]
  /// The last repeat that was handed over of a stream that has not begun yet.
  private var retained: [Name: Position] = [:]
  private var ready = Fifo<Delivery>()
  private var delivered: [Name: Position] = [:]
  private var inquiry: Inquiry?
  /// Requests that were given up and may still be answered, the oldest first.
  private var late: [Inquiry] = []
  private var patience: [Name: Patience] = [:]
  private var inquiries = 0
  /// When the live connection is made anew unless a message comes before, in monotonic nanoseconds.
  private var reconnection: UInt64
  /// When the oldest of the requests was sent that nothing has been answered since; nil when there is none.
  private var unansweredSince: UInt64?

  private static let maximumLate = 32
  /// How many times as long as one that nobody answers a hole may stay open while the endpoint answers.
  private static let busyPatience: UInt64 = 10
  /// How long after an answer that brought nothing the same is asked for again.
  private static let pause = Duration.milliseconds(100)

  /// Connects to both endpoints. Positions of streams that are not wanted stay as they are. Throws `BusError.transport` for an endpoint
  /// that ZeroMQ cannot use and `BusError.invalidMessage` for a position out of range.
  public init(_ settings: BusClientSettings = BusClientSettings(), resume positions: [Position] = []) throws(BusError) {
    self.settings = settings
    reconnection = MonotonicClock.deadline(after: settings.silenceTimeout)
    let prefixes = settings.streams.isEmpty ? [Topic.everything] : settings.streams.map(Topic.prefix(stream:))
    subscriber = try Subscriber(
      settings.endpoint, prefixes: prefixes, highWaterMark: settings.highWaterMark, security: settings.security)
    replay = try settings.replayEndpoint.map { endpoint throws(BusError) in
      try ReplayClient(endpoint, security: settings.security)
    }
    for position in positions {
      guard Message.sequences.contains(position.sequence) else {
        throw .invalidMessage(reason: "position \(position.sequence) is no sequence number")
      }
      delivered[position.stream] = position
      guard settings.streams.isEmpty || settings.streams.contains(position.stream) else { continue }
      streams[position.stream] = StreamProgress(resuming: position)
    }
  }

  /// Where each stream stands after the last delivery: kept by the caller and given to `init`, it makes "exactly once"
  /// hold across restarts of the caller.
  public var positions: [Position] { Array(delivered.values) }

  /// What arrived and was no message of this protocol; thrown away.
  public var malformed: Int { subscriber.malformed }

  /// The next delivery, waiting for it at most `timeout`; nil when none came.
  public func receive(timeout: Duration) throws(BusError) -> Delivery? {
    let deadline = MonotonicClock.deadline(after: timeout)
    while true {
      if let delivery = ready.popFirst() {
        note(delivery)
        return delivery
      }
      let live = try subscriber.receive(timeout: .zero)
      if let live {
        reconnection = live.arrival + settings.silenceTimeout.wholeNanoseconds
        accept(live)
      } else if MonotonicClock.now >= reconnection {
        try subscriber.reconnect()
        reconnection = MonotonicClock.deadline(after: settings.silenceTimeout)
      }
      let answer = try replay?.receive()
      if let answer {
        unansweredSince = nil
        accept(answer)
      }
      if live != nil || answer != nil { hasHeard = true }
      try pursue(at: MonotonicClock.now)
      if !ready.isEmpty { continue }
      if MonotonicClock.now >= deadline { return nil }
      if live == nil && answer == nil {
        try Socket.wait(for: [subscriber.socket] + (replay.map { [$0.socket] } ?? []), until: min(deadline, nextStep))
      }
    }
  }

  // MARK: What arrives

  private func accept(_ received: Subscriber.Received) {
    let message = received.message
    if streams[message.stream] == nil {
      if message.isRetained { greet(received) }
      if message.isRetained && !settings.beginsWithRun { return }
      let first = settings.beginsWithRun ? 1 : message.sequence
      streams[message.stream] = StreamProgress(run: message.run, stream: message.stream, next: first)
    }
    if let progress = streams[message.stream], progress.run == message.run, message.sequence < progress.next {
      duplicates += message.isRetained ? 0 : 1
    }
    add(streams[message.stream]?.accept(received) ?? [])
  }

  /// Hands over a repeat of a stream that has not begun yet, once.
  private func greet(_ received: Subscriber.Received) {
    let message = received.message
    if let last = retained[message.stream], last.run == message.run, last.sequence >= message.sequence { return }
    retained[message.stream] = Position(run: message.run, stream: message.stream, sequence: message.sequence)
    ready.append(.message(received, isRecovered: false))
  }

  private func accept(_ answer: ReplayClient.Answer) {
    guard let asked = take(answer.response.request) else { return }
    let now = MonotonicClock.now
    switch answer.response.state {
    case .ok, .tooOld, .unknownRun: patience[asked.stream] = nil
    case .busy, .badRequest:
      let pause = answer.response.retryAfterMilliseconds.map { Duration.milliseconds($0) } ?? settings.requestTimeout
      guard var held = patience[asked.stream] else { return }
      held.nextInquiry = now + pause.wholeNanoseconds
      patience[asked.stream] = held
    }
    if answer.response.state != .badRequest {
      let end = now + settings.recoveryTimeout.wholeNanoseconds
      patience = patience.mapValues {
        Patience(end: min($0.limit, max($0.end, end)), limit: $0.limit, nextInquiry: $0.nextInquiry)
      }
    }
    guard streams[asked.stream]?.run == asked.run else { return }
    let messages = answer.messages.filter { $0.message.stream == asked.stream && $0.message.run == asked.run }
    let wanted = streams[asked.stream]?.wanted
    add(streams[asked.stream]?.accept(answer.response, messages) ?? [])
    if patience[asked.stream] == nil, let wanted, let left = streams[asked.stream]?.wanted, left == wanted {
      var held = newPatience(from: now)
      held.nextInquiry = now + Self.pause.wholeNanoseconds
      patience[asked.stream] = held
    }
  }

  /// The request that has been answered. An answer that comes late tells what was asked for all the same; one without a token
  /// answers the last request.
  private func take(_ token: String?) -> Inquiry? {
    if let asked = inquiry, token == nil || token == asked.token {
      inquiry = nil
      return asked
    }
    return late.firstIndex { $0.token == token }.map { late.remove(at: $0) }
  }

  private func add(_ deliveries: [Delivery]) {
    for delivery in deliveries {
      if case .message(_, isRecovered: true) = delivery { recovered += 1 }
      ready.append(delivery)
    }
  }

  private func note(_ delivery: Delivery) {
    switch delivery {
    case .message(let received, _):
      let message = received.message
      if message.isRetained { return }
      var isEnded = false
      if case .status(let status) = message.body { isEnded = status.state == .ended }
      delivered[message.stream] = Position(
        run: message.run, stream: message.stream, sequence: message.sequence, isEnded: isEnded)
    case .lost(let loss):
      delivered[loss.stream] = Position(loss)
    }
  }

  // MARK: Holes

  /// When there is something to do without anything arriving.
  private var nextStep: UInt64 {
    if let inquiry { return min(inquiry.deadline, reconnection) }
    return min(patience.values.map { min($0.nextInquiry, $0.end) }.min() ?? .max, reconnection)
  }

  private func giveUp(_ asked: Inquiry) {
    inquiry = nil
    late.append(asked)
    if late.count > Self.maximumLate { late.removeFirst() }
  }

  /// With a hole that opens, or is heard of without being filled, at `now`.
  private func newPatience(from now: UInt64) -> Patience {
    let span = settings.recoveryTimeout.wholeNanoseconds
    return Patience(end: now + span, limit: now + Self.busyPatience * span)
  }

  /// Sees to the holes: asks for one at a time, asks again when no answer came, gives up in the end.
  private func pursue(at now: UInt64) throws(BusError) {
    if let asked = inquiry, asked.deadline <= now { giveUp(asked) }
    for (stream, progress) in streams {
      guard let wanted = progress.wanted else {
        patience[stream] = nil
        continue
      }
      let held = patience[stream] ?? newPatience(from: now)
      patience[stream] = held
      if replay == nil || held.end <= now {
        patience[stream] = nil
        if let asked = inquiry, asked.stream == stream { giveUp(asked) }
        add(streams[stream]?.giveUp() ?? [])
      } else if let replay, inquiry == nil, held.nextInquiry <= now {
        if let since = unansweredSince, now >= since + settings.silenceTimeout.wholeNanoseconds / 3 {
          try replay.reconnect()
          unansweredSince = nil
        }
        unansweredSince = unansweredSince ?? now
        inquiries += 1
        inquiry = Inquiry(
          token: String(inquiries), stream: stream, run: wanted.run,
          deadline: now + settings.requestTimeout.wholeNanoseconds)
        try replay.ask(ReplayRequest(request: String(inquiries), run: wanted.run, stream: stream, from: wanted.from))
      }
    }
  }
}

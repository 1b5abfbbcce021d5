/// A plain subscriber: messages as they come, nothing recovered.
///
/// It belongs to the thread that uses it. Connecting happens in the background, again and again; while the publisher is
/// away nothing arrives. Nothing ever does after a refusal (the key is not on the list, or only one side has keys), not even once it
/// would be let in, until `reconnect`.
public final class Subscriber {
  /// A message and how it came.
  public struct Received: Sendable {
    public let message: Message
    /// The two parts as they came, for recording.
    public let topic: [UInt8]
    public let json: [UInt8]
    /// When it was taken from the socket, in nanoseconds of the monotonic clock.
    public let arrival: UInt64

    public init(message: Message, topic: [UInt8], json: [UInt8], arrival: UInt64) {
      self.message = message
      self.topic = topic
      self.json = json
      self.arrival = arrival
    }
  }

  public let endpoint: String
  /// What arrived and was no message of this protocol; thrown away.
  public private(set) var malformed = 0

  let socket: Socket

  /// Connects to `endpoint` and subscribes to every topic that begins with one of `prefixes` (see `Topic`).
  ///
  /// `highWaterMark` is how many messages may wait here. Throws `BusError.transport` for an endpoint that ZeroMQ cannot use.
  public init(
    _ endpoint: String = PublisherSettings.defaultEndpoint, prefixes: [String] = [Topic.everything],
    highWaterMark: Int = 10_000, security: ClientSecurity? = nil
  ) throws(BusError) {
    precondition((1...1_000_000).contains(highWaterMark), "highWaterMark out of range")
    self.endpoint = endpoint
    socket = try Socket(
      .sub, in: Context(), linger: .zero, highWaterMark: Int32(highWaterMark),
      maximumPartBytes: Int64(Message.maximumBytes))
    try socket.secure(security)
    for prefix in prefixes { try socket.subscribe(prefix) }
    try socket.connect(endpoint)
  }

  /// The next message, waiting for it at most `timeout`; nil when none came.
  public func receive(timeout: Duration) throws(BusError) -> Received? {
    let deadline = MonotonicClock.deadline(after: timeout)
    repeat {
      switch try socket.receive(atMost: 2) {
      case .nothing: try Socket.wait(for: [socket], until: deadline)
      case .tooManyParts: malformed += 1
      case .message(let parts):
        if let received = read(parts) { return received }
      }
      // Also a flood of rubbish must not keep the caller longer than it asked for.
    } while MonotonicClock.now < deadline
    return nil
  }

  /// Connects anew, as ZeroMQ itself does not after a refusal. For when nothing has come for long: what waits here is lost.
  public func reconnect() throws(BusError) { try socket.reconnect() }

  private func read(_ parts: [[UInt8]]) -> Received? {
    guard parts.count == 2, let message = try? Message(topic: parts[0], json: parts[1]) else {
      malformed += 1
      return nil
    }
    return Received(message: message, topic: parts[0], json: parts[1], arrival: MonotonicClock.now)
  }
}

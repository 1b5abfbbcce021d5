/// One message of the bus: what it tells, and the envelope around it (CloudEvents 1.0).
public struct Message: Sendable, Hashable {
  public enum Body: Sendable, Hashable {
    case event(EventData)
    /// Nothing at or before this moment of its epoch will change any more.
    case watermark(Moment)
    case gap(GapData)
    case status(StatusData)
    /// A type of a later version of the protocol; its data is not read.
    case unknown(type: String)
  }

  public var run: RunID
  public var stream: Name
  /// Counts the messages of the run and stream over all topics, from 1.
  public var sequence: UInt64
  /// Counts the messages of the run on this one topic, from 1.
  public var topicSequence: UInt64
  /// When it was published, by the publisher's system clock.
  public var time: WallTime
  /// True for a repeat of the last status or watermark, sent because somebody subscribed. It says nothing about what
  /// was missed: its sequence numbers are those of the original.
  public var isRetained = false
  /// True for a message out of a recording.
  public var isReplay = false
  public var body: Body

  public init(run: RunID, stream: Name, sequence: UInt64, topicSequence: UInt64, time: WallTime, body: Body) {
    self.run = run
    self.stream = stream
    self.sequence = sequence
    self.topicSequence = topicSequence
    self.time = time
    self.body = body
  }

  /// The topic it is sent under; nil when the body is of an unknown type.
  public var topic: Topic? { body.topic(stream: stream) }

  /// CloudEvents `source`: the run and stream, a URI reference.
  public var source: String { "/spotd/\(run)/\(stream.token)" }
}

extension Message.Body {
  /// CloudEvents `type`.
  public var type: String {
    switch self {
    case .event: "spotd.event.v1"
    case .watermark: "spotd.watermark.v1"
    case .gap: "spotd.gap.v1"
    case .status: "spotd.status.v1"
    case .unknown(let type): type
    }
  }

  func topic(stream: Name) -> Topic? {
    switch self {
    case .event(let event): .event(stream: stream, label: event.label)
    case .watermark: .watermark(stream: stream)
    case .gap: .gap(stream: stream)
    case .status: .status(stream: stream)
    case .unknown: nil
    }
  }
}

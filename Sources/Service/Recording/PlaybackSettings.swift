public import Bus

/// What `spot replay` plays of a recording, and how.
public struct PlaybackSettings: Sendable {
  /// Where in a recording to begin.
  public enum Start: Sendable, Equatable {
    /// At this sequence number of each stream, in the first run that has it.
    case sequence(UInt64)
    /// So many seconds after the first message.
    case seconds(Double)
    /// At this moment.
    case time(WallTime)

    /// `1200`, `+30.5` or `2026-03-01T12:00:00Z`; nil for anything else.
    public init?(_ text: String) {
      if let time = WallTime(text) {
        self = .time(time)
      } else if text.hasPrefix("+"), let seconds = Double(text.dropFirst()), (0...1e9).contains(seconds) {
        self = .seconds(seconds)
      } else if let sequence = UInt64(text), sequence > 0 {
        self = .sequence(sequence)
      } else {
        return nil
      }
    }
  }

  public static let defaultEndpoint = PublisherSettings.defaultEndpoint

  public var recording: String
  public var endpoint = PlaybackSettings.defaultEndpoint
  /// Nil: beside the endpoint.
  public var replayEndpoint: String?
  /// How many seconds of the recording are played in one.
  public var speed = 1.0
  public var start: Start?
  /// Begins again at the end, as another run, until a signal comes.
  public var loops = false
  /// Seconds to wait, at most, for a first subscriber.
  public var subscriberWait = 0.0
  public var security = BusExposure()

  public init(recording: String) { self.recording = recording }
}

/// A moment of a stream: a presentation timestamp (PTS) in ticks of its time base.
public struct MediaTime: Sendable, Hashable {
  public let pts: Int64
  public let timeBase: TimeBase

  public init(pts: Int64, timeBase: TimeBase) {
    self.pts = pts
    self.timeBase = timeBase
  }

  /// Seconds since the stream's PTS zero.
  public var seconds: Double { Double(pts) * timeBase.seconds }
}

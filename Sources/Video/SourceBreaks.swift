/// How often what happened to a source: counts since it was first opened.
public struct SourceBreaks: Sendable, Equatable {
  /// Connections made after the first.
  public var reconnects = 0
  /// Attempts to connect that failed.
  public var failedConnections = 0
  /// Times that no frame came for too long.
  public var stalls = 0
  /// Steps of the timestamps back, or too far ahead to be missing frames.
  public var timestampJumps = 0
  /// Times that the timestamps began again at zero, as those of transport streams do each 26.5 hours.
  public var timestampWraps = 0
  /// Frames without a timestamp.
  public var missingTimestamps = 0
  /// Frames that came twice, the second time left out.
  public var duplicateFrames = 0
  /// Frames that the timestamps show to be missing.
  public var lostFrames = 0
  public var rateChanges = 0
  public var sizeChanges = 0
  /// Changes between film in 3:2 pulldown, mixed and plain pictures.
  public var cadenceChanges = 0

  public init() {}

  mutating func add(_ other: SourceBreaks) {
    reconnects += other.reconnects
    failedConnections += other.failedConnections
    stalls += other.stalls
    timestampJumps += other.timestampJumps
    timestampWraps += other.timestampWraps
    missingTimestamps += other.missingTimestamps
    duplicateFrames += other.duplicateFrames
    lostFrames += other.lostFrames
    rateChanges += other.rateChanges
    sizeChanges += other.sizeChanges
    cadenceChanges += other.cadenceChanges
  }
}

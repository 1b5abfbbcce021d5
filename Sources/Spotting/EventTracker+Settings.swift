extension EventTracker {
  /// What an estimate needs to be announced, and to be taken for an event announced before.
  public struct Settings: Sendable, Equatable {
    /// The score from which an estimate is announced.
    public let provisionalThreshold: Double
    /// The score below which an announced estimate is retracted. Lower than the other, it keeps a score that wavers
    /// around that from being announced and retracted in turn.
    public let retractionThreshold: Double
    /// Frames by which an event may move and stay the same event.
    public let matchTolerance: Int
    /// The change of score, since the last message, that is worth a `revised` message.
    public let scoreStep: Double
    /// How many of the newest frames may have estimates that still move; older ones stay as they are until decided.
    public let horizon: Int
    /// Whether only settled events are given out, each in a single `final` message.
    public let finalsOnly: Bool

    /// Thresholds and `scoreStep` are 0…1, `retractionThreshold` at most `provisionalThreshold`; `matchTolerance` is
    /// 0 … `NMS.largestWindow` frames, `horizon` 1 frame or more.
    public init(
      provisionalThreshold: Double = 0.2, retractionThreshold: Double = 0.1, matchTolerance: Int = 2,
      scoreStep: Double = 0.1, horizon: Int = 512, finalsOnly: Bool = false
    ) throws(SpottingError) {
      try require((0...1).contains(provisionalThreshold), "provisional threshold", provisionalThreshold, "0 to 1")
      try require(
        (0...provisionalThreshold).contains(retractionThreshold), "retraction threshold", retractionThreshold,
        "0 to the provisional threshold, \(provisionalThreshold)")
      // The window of the suppression is a tolerance to be had.
      try require(
        (0...NMS.largestWindow).contains(matchTolerance), "match tolerance", matchTolerance,
        "0 to \(NMS.largestWindow) frames")
      try require((0...1).contains(scoreStep), "score step", scoreStep, "0 to 1")
      try require((1...100_000).contains(horizon), "horizon of estimates", horizon, "1 to 100000 frames")
      self.provisionalThreshold = provisionalThreshold
      self.retractionThreshold = retractionThreshold
      self.matchTolerance = matchTolerance
      self.scoreStep = scoreStep
      self.horizon = horizon
      self.finalsOnly = finalsOnly
    }
  }

  /// How many messages went out, over all epochs.
  public struct Counts: Sendable, Equatable {
    public var provisionals = 0
    public var revisions = 0
    public var retractions = 0
    /// Final events, announced early or not.
    public var finals = 0
    /// Final events that had been announced early.
    public var confirmed = 0

    public init() {}

    /// Revisions for each event announced early; nil before the first.
    public var revisionRate: Double? {
      provisionals == 0 ? nil : Double(revisions) / Double(provisionals)
    }

    /// The share of the events announced early, and ended by now, that was retracted; nil before the first end.
    public var retractionRate: Double? {
      let ended = retractions + confirmed
      return ended == 0 ? nil : Double(retractions) / Double(ended)
    }
  }
}

/// Which true events of one video were found, by which predictions, and which predictions were false alarms: the
/// matching of `MeanAveragePrecision` laid open, for one score threshold.
public struct Matching: Sendable, Equatable {
  /// A true event and the prediction that found it.
  public struct Outcome: Sendable, Equatable {
    public let truth: TruthVideo.Event
    /// nil: the event was missed.
    public let found: PredictedVideo.Event?

    /// Frames by which the prediction came late (positive) or early; nil when the event was missed.
    public var delta: Int? { found.map { $0.frame - truth.frame } }
  }

  /// One outcome for each true event, by rising frame.
  public let outcomes: [Outcome]
  /// Predictions that found nothing, by rising frame.
  public let falseAlarms: [PredictedVideo.Event]

  /// Matches the predictions whose score is at least `threshold` with the truth, within `tolerance` ≥ 0 frames.
  public init(
    predictions: [PredictedVideo.Event], truth: [TruthVideo.Event], tolerance: Int, threshold: Double
  ) {
    precondition(tolerance >= 0, "a tolerance counts frames, so it is not negative")
    var matchers = Dictionary(grouping: truth, by: \.label).mapValues { events in
      OpenFrames(events.map(\.frame), tolerance: tolerance)
    }
    var found: [TruthVideo.Event: PredictedVideo.Event] = [:]
    var falseAlarms: [PredictedVideo.Event] = []
    let ranked = predictions.filter { $0.score >= threshold }.enumerated()
      .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
    for prediction in ranked.map(\.element) {
      if let frame = matchers[prediction.label]?.take(near: prediction.frame) {
        found[TruthVideo.Event(frame: frame, label: prediction.label)] = prediction
      } else {
        falseAlarms.append(prediction)
      }
    }
    // Removing what is handed out leaves the second of two equal truths missed, as the matcher has it.
    outcomes = truth.enumerated()
      .sorted { ($0.element.frame, $0.offset) < ($1.element.frame, $1.offset) }
      .map { Outcome(truth: $0.element, found: found.removeValue(forKey: $0.element)) }
    self.falseAlarms = falseAlarms.enumerated()
      .sorted { ($0.element.frame, $0.offset) < ($1.element.frame, $1.offset) }
      .map(\.element)
  }

  public var truePositives: Int { outcomes.count { $0.found != nil } }
  public var misses: Int { outcomes.count { $0.found == nil } }
}

public import Timeline

/// Picks the candidates for events out of score rows: every foreground class whose probability reaches the threshold.
///
/// The comparison is made in float32 with the threshold rounded to float32, as the published evaluation does it; NaN is
/// no candidate.
public struct CandidateFilter: Sendable {
  public let threshold: Float

  /// `threshold` is a probability, 0…1.
  public init(threshold: Double) throws(SpottingError) {
    try require((0...1).contains(threshold), "candidate threshold", threshold, "0 to 1")
    self.threshold = Float(threshold)
  }

  /// The candidates of one frame, class ids rising.
  public func candidates(in row: ScoreRow) -> [Event] {
    var found: [Event] = []
    for label in row.probabilities.indices.dropFirst() where row.probabilities[label] >= threshold {
      found.append(Event(frame: row.frame, label: label, score: Double(row.probabilities[label])))
    }
    return found
  }

  /// The candidates of many frames, frame by frame in the order given, class ids rising.
  public func candidates(in rows: some Sequence<ScoreRow>) -> [Event] {
    rows.flatMap(candidates(in:))
  }
}

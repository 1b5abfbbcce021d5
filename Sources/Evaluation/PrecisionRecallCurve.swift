/// Precision and recall of one class at every score threshold that changes them.
public struct PrecisionRecallCurve: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    /// Predictions with at least this score count.
    public let score: Double
    public let truePositives: Int
    public let falsePositives: Int
    /// 0…1.
    public let precision: Double
    /// 0…1; 0 where there is no truth.
    public let recall: Double

    /// Harmonic mean of precision and recall, 0…1.
    public var f1: Double { precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0 }
  }

  /// By falling score.
  public let points: [Point]
  public let truths: Int

  init(_ ranked: RankedPredictions) {
    truths = ranked.truths
    var points: [Point] = []
    var truePositives = 0
    for (rank, entry) in ranked.entries.enumerated() {
      if entry.found != nil { truePositives += 1 }
      // A threshold lets equal scores in together.
      guard rank + 1 == ranked.entries.count || ranked.entries[rank + 1].score < entry.score else { continue }
      points.append(
        Point(
          score: entry.score, truePositives: truePositives, falsePositives: rank + 1 - truePositives,
          precision: Double(truePositives) / Double(rank + 1),
          recall: truths > 0 ? Double(truePositives) / Double(truths) : 0))
    }
    self.points = points
  }

  /// The point with the best F1, the highest score among equals; nil without predictions.
  public var best: Point? {
    points.reduce(nil) { best, point in best.map { $0.f1 >= point.f1 } ?? false ? best : point }
  }

  /// At most `count` ≥ 2 of the points, the first and last among them: enough to draw.
  public func thinned(to count: Int) -> [Point] {
    guard points.count > count else { return points }
    return (0..<count).map { points[$0 * (points.count - 1) / (count - 1)] }
  }
}

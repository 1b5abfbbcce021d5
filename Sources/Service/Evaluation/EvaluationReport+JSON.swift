internal import Evaluation
internal import Foundation

extension EvaluationReport {
  /// All figures as one JSON object: shares and average precisions 0…1, frames, counts. Throws `.incomplete` where a figure
  /// is none that JSON can hold.
  public var json: String {
    get throws(ServiceError) { try ReportJSON.text(of: Document(self), keys: .convertToSnakeCase) }
  }

  private struct Document: Encodable {
    struct ClassScore: Encodable {
      let label: String
      let events: Int
      let ap: [String: Double]
      let found: Int
      let missed: Int
      let falseAlarms: Int
      let precision: Double?
      let recall: Double?
      let bestF1: Double?
      let bestF1Score: Double?
      /// [score, precision, recall] by falling score.
      let curve: [[Double]]
    }
    struct Confusion: Encodable {
      let labels: [String]
      /// [true, predicted].
      let counts: [[Int]]
      let missed: [Int]
      let invented: [Int]
    }
    struct Timing: Encodable {
      let firstFrame: Int
      let counts: [Int]
      let mean: Double?
      let meanDistance: Double?
    }
    struct SoccerNet: Encodable {
      let rate: Double
      let loose: Double
      let tight: Double
    }
    struct Hits: Encodable {
      let events: Int
      let held: Int
    }

    let videos: Int
    let threshold: Double
    let tolerance: String
    let map: [String: Double]
    let classes: [ClassScore]
    let confusion: Confusion
    let timing: Timing
    let soccernet: SoccerNet?
    let regionHoldsBall: [String: Hits]?

    /// Points of a curve that are told; a class with more predictions has every n-th.
    private static let curvePoints = 500

    init(_ report: EvaluationReport) {
      let card = report.scorecard
      func byTolerance(_ values: [Double]) -> [String: Double] {
        Dictionary(zip(card.settings.tolerances.map(\.description), values)) { first, _ in first }
      }
      videos = card.videos.count
      threshold = card.settings.threshold
      tolerance = card.settings.operating.description
      map = byTolerance(card.means)
      classes = card.classes.map { one in
        let best = one.truths > 0 ? one.curve.best : nil
        return ClassScore(
          label: one.label, events: one.truths, ap: byTolerance(one.averagePrecisions), found: one.found,
          missed: one.missed, falseAlarms: one.falseAlarms, precision: one.precision, recall: one.recall,
          bestF1: best?.f1, bestF1Score: best?.score,
          curve: one.curve.thinned(to: Self.curvePoints).map { [$0.score, $0.precision, $0.recall] })
      }
      confusion = Confusion(
        labels: card.confusion.labels, counts: card.confusion.counts, missed: card.confusion.missed,
        invented: card.confusion.invented)
      timing = Timing(
        firstFrame: -card.timing.reach, counts: card.timing.counts, mean: card.timing.mean,
        meanDistance: card.timing.meanDistance)
      soccernet = report.soccerNet.map { SoccerNet(rate: $0.rate, loose: $0.loose.mean, tight: $0.tight.mean) }
      regionHoldsBall = report.regionHits?.byLabel.mapValues { Hits(events: $0.events, held: $0.held) }
    }
  }
}

/// All that an evaluation tells of a set: average precisions, and at one operating point counts, confusions and timing.
public struct Scorecard: Sendable {
  public struct Settings: Sendable, Equatable {
    /// Where mAP is told.
    public var tolerances: [Tolerance] = [.frames(0), .frames(1), .frames(2), .frames(4)]
    /// What counts as found in counts, curves and confusions.
    public var operating = Tolerance.frames(2)
    /// Least score of a prediction in counts, confusions and timing, 0…1.
    public var threshold = 0.2
    /// The largest timing error that is told, in frames.
    public var timingReach = 10

    public init() {}
  }

  /// One class.
  public struct ClassScore: Sendable, Equatable {
    public let label: String
    /// Number of true events; of 0 where the class is only predicted.
    public let truths: Int
    /// At each tolerance, 0…1; empty where the class is only predicted.
    public let averagePrecisions: [Double]
    /// True events that a prediction was matched to.
    public let found: Int
    /// Predictions from the threshold on that were matched to no true event.
    public let falseAlarms: Int
    public let curve: PrecisionRecallCurve

    public var missed: Int { truths - found }
    /// 0…1; nil where nothing was predicted.
    public var precision: Double? { found + falseAlarms > 0 ? Double(found) / Double(found + falseAlarms) : nil }
    /// 0…1; nil where there is no truth.
    public var recall: Double? { truths > 0 ? Double(found) / Double(truths) : nil }
  }

  /// One video.
  public struct VideoScore: Sendable, Equatable {
    public let video: EvaluationSet.Video
    public let matching: Matching
    public let nearMisses: NearMisses
  }

  public let settings: Settings
  public let set: EvaluationSet
  /// By rising label; those that are only predicted too.
  public let classes: [ClassScore]
  /// mAP at each tolerance, 0…1.
  public let means: [Double]
  public let videos: [VideoScore]
  public let confusion: ConfusionMatrix
  public let timing: TimingErrors

  /// Throws `EvaluationError.rateMissing` for tolerances in seconds where a video's rate is not known.
  public init(_ set: EvaluationSet, settings: Settings) throws(EvaluationError) {
    self.set = set
    self.settings = settings
    let operating = try set.frames(settings.operating)
    let byLabel = set.byLabel
    var averages: [MeanAveragePrecision] = []
    for tolerance in settings.tolerances {
      let frames = try set.frames(tolerance)
      averages.append(MeanAveragePrecision(byLabel, tolerance: tolerance) { frames[$0] ?? 0 })
    }
    means = averages.map { $0.mean ?? 0 }
    let videos = set.videos.map { video in
      let tolerance = operating[video.name] ?? 0
      let matching = Matching(
        predictions: video.found.events, truth: video.truth.events, tolerance: tolerance, threshold: settings.threshold)
      return VideoScore(
        video: video, matching: matching, nearMisses: NearMisses(matching, tolerance: tolerance))
    }
    self.videos = videos
    let found = Self.counts(videos.flatMap { $0.matching.outcomes.filter { $0.found != nil }.map(\.truth.label) })
    let falseAlarms = Self.counts(videos.flatMap { $0.matching.falseAlarms.map(\.label) })
    let precisions = averages.map { average in
      Dictionary(uniqueKeysWithValues: average.classes.map { ($0.label, $0.averagePrecision) })
    }
    classes = byLabel.sorted { $0.key < $1.key }.map { label, events in
      ClassScore(
        label: label, truths: events.truth.count, averagePrecisions: precisions.compactMap { $0[label] },
        found: found[label] ?? 0, falseAlarms: falseAlarms[label] ?? 0,
        curve: PrecisionRecallCurve(RankedPredictions(events) { operating[$0] ?? 0 }))
    }
    confusion = ConfusionMatrix(
      labels: byLabel.keys.sorted(), matchings: videos.map { ($0.matching, operating[$0.video.name] ?? 0) })
    timing = TimingErrors(
      reach: settings.timingReach,
      deltas: set.videos.flatMap { video in
        Matching(
          predictions: video.found.events, truth: video.truth.events, tolerance: settings.timingReach,
          threshold: settings.threshold
        ).outcomes.compactMap(\.delta)
      })
  }

  private static func counts(_ labels: [String]) -> [String: Int] {
    labels.reduce(into: [:]) { $0[$1, default: 0] += 1 }
  }
}

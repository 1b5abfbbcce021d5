/// Mean average precision (mAP) of predicted events at a tolerance in frames, over all videos of a set.
///
/// As published with E2E-Spot (Hong et al., ECCV 2022) and AdaSpot: the predictions of a class are taken by falling
/// score, equal scores in the order given, and matched one by one (see `ClassResult`); AP is the sum of the interpolated
/// precisions at each recall over the number of truths; the mean runs over the classes of the truth, so that a class
/// which is only predicted does not count.
public struct MeanAveragePrecision: Sendable, Equatable {
  /// How one class fared. A prediction is a true positive if the nearest truth of its video and class that is not yet
  /// found lies within the tolerance.
  public struct ClassResult: Sendable, Equatable {
    public let label: String
    /// 0…1.
    public let averagePrecision: Double
    /// Number of true events.
    public let truths: Int
    public let truePositives: Int
    public let falsePositives: Int

    public init(label: String, averagePrecision: Double, truths: Int, truePositives: Int, falsePositives: Int) {
      self.label = label
      self.averagePrecision = averagePrecision
      self.truths = truths
      self.truePositives = truePositives
      self.falsePositives = falsePositives
    }
  }

  /// Frames.
  public let tolerance: Int
  /// One result for each class of the truth, by rising label.
  public let classes: [ClassResult]

  /// `tolerance` is 0 frames or more. Predictions count in the order of `predictions` and its events when scores are
  /// equal; those of videos without truth are false positives.
  public init(predictions: [PredictedVideo], truth: [TruthVideo], tolerance: Int) {
    precondition(tolerance >= 0, "a tolerance counts frames, so it is not negative")
    self.tolerance = tolerance
    let labels = Set(truth.flatMap { $0.events.map(\.label) })
    classes = labels.sorted().map {
      Self.result(label: $0, predictions: predictions, truth: truth, tolerance: tolerance)
    }
  }

  /// The mean of the classes' average precisions, 0…1; nil when there is no true event.
  public var mean: Double? {
    classes.isEmpty ? nil : classes.map(\.averagePrecision).reduce(0, +) / Double(classes.count)
  }

  private static func result(
    label: String, predictions: [PredictedVideo], truth: [TruthVideo], tolerance: Int
  ) -> ClassResult {
    var matcher = Matcher(tolerance: tolerance)
    var truths = 0
    for video in truth {
      for event in video.events where event.label == label {
        matcher.addTruth(frame: event.frame, video: video.video)
        truths += 1
      }
    }
    let ranked = predictions.flatMap { video in
      video.events.filter { $0.label == label }.map { (video: video.video, event: $0) }
    }
    .enumerated()
    .sorted { ($1.element.event.score, $0.offset) < ($0.element.event.score, $1.offset) }
    .map(\.element)

    // The precision at each rise of the recall.
    var precisions: [Double] = []
    for (rank, prediction) in ranked.enumerated()
    where matcher.match(frame: prediction.event.frame, video: prediction.video) != nil {
      precisions.append(Double(precisions.count + 1) / Double(rank + 1))
    }
    // Interpolated: the best precision at this recall or a higher one.
    var best = 0.0
    var sum = 0.0
    for precision in precisions.reversed() {
      best = max(best, precision)
      sum += best
    }
    return ClassResult(
      label: label, averagePrecision: sum / Double(truths), truths: truths, truePositives: precisions.count,
      falsePositives: ranked.count - precisions.count)
  }
}

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
    /// Predictions, whatever their score, that found a true event.
    public let truePositives: Int
    /// All other predictions of the class.
    public let falsePositives: Int

    public init(label: String, averagePrecision: Double, truths: Int, truePositives: Int, falsePositives: Int) {
      self.label = label
      self.averagePrecision = averagePrecision
      self.truths = truths
      self.truePositives = truePositives
      self.falsePositives = falsePositives
    }
  }

  public let tolerance: Tolerance
  /// One result for each class of the truth, by rising label.
  public let classes: [ClassResult]

  /// `tolerance` is 0 frames or more. Predictions count in the order of `predictions` and its events when scores are
  /// equal; those of videos without truth are false positives.
  public init(predictions: [PredictedVideo], truth: [TruthVideo], tolerance: Int) {
    precondition(tolerance >= 0, "a tolerance counts frames, so it is not negative")
    self.tolerance = .frames(tolerance)
    classes = Self.classes(ClassEvents.byLabel(predictions: predictions, truth: truth)) { _ in tolerance }
  }

  /// Of a set whose videos all have a frame rate, where `tolerance` is in seconds.
  init(_ classes: [String: ClassEvents], tolerance: Tolerance, frames: (_ video: String) -> Int) {
    self.tolerance = tolerance
    self.classes = Self.classes(classes, tolerance: frames)
  }

  /// The mean of the classes' average precisions, 0…1; nil when there is no true event.
  public var mean: Double? {
    classes.isEmpty ? nil : classes.map(\.averagePrecision).reduce(0, +) / Double(classes.count)
  }

  private static func classes(
    _ classes: [String: ClassEvents], tolerance: (_ video: String) -> Int
  ) -> [ClassResult] {
    classes.filter { !$0.value.truth.isEmpty }.sorted { $0.key < $1.key }.map { label, events in
      let ranked = RankedPredictions(events, tolerance: tolerance)
      return ClassResult(
        label: label, averagePrecision: ranked.averagePrecision, truths: ranked.truths,
        truePositives: ranked.truePositives, falsePositives: ranked.entries.count - ranked.truePositives)
    }
  }
}

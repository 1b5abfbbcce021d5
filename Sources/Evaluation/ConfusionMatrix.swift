/// Which classes are taken for which, when something was found at the right time: counts of true against predicted classes.
///
/// Events that were found are on the diagonal. Then what is left of truth and predictions is matched across classes, by falling score
/// to the nearest truth within the tolerance: near misses. What is left of these was missed, or invented.
public struct ConfusionMatrix: Sendable, Equatable {
  /// Rising; those of truth and predictions.
  public let labels: [String]
  /// [true label, predicted label].
  public private(set) var counts: [[Int]]
  /// True events at whose time nothing was predicted, by label.
  public private(set) var missed: [Int]
  /// Predictions at whose time nothing happened, by label.
  public private(set) var invented: [Int]

  init(labels: [String], matchings: [(matching: Matching, tolerance: Int)]) {
    self.labels = labels
    counts = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
    missed = Array(repeating: 0, count: labels.count)
    invented = missed
    let index = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    for (matching, tolerance) in matchings {
      for outcome in matching.outcomes where outcome.found != nil {
        let label = index[outcome.truth.label] ?? 0
        counts[label][label] += 1
      }
      let confusions = NearMisses(matching, tolerance: tolerance)
      for miss in confusions.confused { counts[index[miss.truth.label] ?? 0][index[miss.found.label] ?? 0] += 1 }
      for truth in confusions.missed { missed[index[truth.label] ?? 0] += 1 }
      for prediction in confusions.invented { invented[index[prediction.label] ?? 0] += 1 }
    }
  }
}

/// What the events that were not found, and the false alarms, of one video have to do with each other.
public struct NearMisses: Sendable, Equatable {
  /// A prediction of another class at the time of a true event.
  public struct Confusion: Sendable, Equatable {
    public let truth: TruthVideo.Event
    public let found: PredictedVideo.Event
  }

  /// By rising frame.
  public let confused: [Confusion]
  public let missed: [TruthVideo.Event]
  public let invented: [PredictedVideo.Event]

  /// What was predicted instead of each event that was taken for another one. Of equal events one alone is.
  public var byTruth: [TruthVideo.Event: PredictedVideo.Event] {
    Dictionary(confused.map { ($0.truth, $0.found) }) { first, _ in first }
  }

  /// Matches what `matching` left over, within its `tolerance` ≥ 0 frames.
  public init(_ matching: Matching, tolerance: Int) {
    // A truth listed twice can be found once, be it as another class: its second is missed, and so never taken for its own class.
    var seen = Set(matching.outcomes.filter { $0.found != nil }.map(\.truth))
    var open: [TruthVideo.Event] = []
    var missed: [TruthVideo.Event] = []
    for truth in matching.outcomes.filter({ $0.found == nil }).map(\.truth) {
      if seen.insert(truth).inserted { open.append(truth) } else { missed.append(truth) }
    }
    var frames = OpenFrames(open.map(\.frame), tolerance: tolerance)
    // Several classes may happen at one frame: it is open as long as one of them is, and the first listed is the first taken.
    var byFrame = Dictionary(grouping: open.reversed(), by: \.frame)
    var confused: [Confusion] = []
    var invented: [PredictedVideo.Event] = []
    for prediction in matching.falseAlarms.sorted(by: { ($1.score, $0.frame) < ($0.score, $1.frame) }) {
      guard let frame = frames.nearest(to: prediction.frame), let truth = byFrame[frame]?.popLast() else {
        invented.append(prediction)
        continue
      }
      confused.append(Confusion(truth: truth, found: prediction))
      if byFrame[frame]?.isEmpty ?? true { frames.close(frame) }
    }
    self.confused = confused.sorted { ($0.truth.frame, $0.truth.label) < ($1.truth.frame, $1.truth.label) }
    missed += byFrame.values.joined()
    self.missed = missed.sorted { ($0.frame, $0.label) < ($1.frame, $1.label) }
    self.invented = invented.sorted { ($0.frame, $0.label) < ($1.frame, $1.label) }
  }
}

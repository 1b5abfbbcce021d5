/// Average-mAP as SoccerNet's action spotting defines it (Giancola et al., CVPRW 2018; Deliège et al., CVPRW 2021): the mean, by the
/// trapezoid rule, of the mAP at windows of several lengths.
///
/// It differs from `MeanAveragePrecision` in every step. Times are counted in `rate` ticks a second, positions rounded down, and of
/// several predictions of a class in one tick the last counts. A window of δ seconds lies around each truth, so its tolerance is δ/2 on
/// each side. Truths choose, in order of time: each takes the prediction with the highest score in its window that is still free.
/// Precision and recall are read at 200 thresholds from 0 to 1, and a class' AP is the mean of the best precision at 11 recalls, 0 to 1.
/// Classes without truth count as 0 in SoccerNet's own list of classes; here the classes are those given.
public struct SoccerNetPrecision: Sendable, Equatable {
  /// Ticks a second of the published evaluation of action spotting.
  public static let publishedRate = 2.0
  /// Window lengths in seconds.
  public static let loose = stride(from: 5.0, through: 60, by: 5).map(\.self)
  public static let tight = stride(from: 1.0, through: 5, by: 1).map(\.self)

  /// By rising label.
  public let classes: [(label: String, averagePrecision: Double)]
  /// Mean over the classes, 0…1.
  public let mean: Double

  public static func == (one: Self, other: Self) -> Bool {
    one.mean == other.mean && one.classes.elementsEqual(other.classes, by: ==)
  }

  /// - Parameters:
  ///   - windows: Window lengths in seconds, one or more, evenly spread.
  ///   - rate: Ticks a second; a frame rate takes times as exact as frames are.
  ///   - labels: The classes that count; nil: those of the truth.
  ///
  /// Throws `EvaluationError.rateMissing` where a video's frame rate is not known.
  public init(
    _ set: EvaluationSet, windows: [Double], rate: Double = publishedRate, labels: [String]? = nil
  ) throws(EvaluationError) {
    if let video = set.videoWithoutRate { throw .rateMissing(video: video) }
    let labels = labels ?? Set(set.videos.flatMap { $0.truth.events.map(\.label) }).sorted()
    classes = labels.map { label in
      let ticks = set.videos.map { VideoTicks($0, label: label, rate: rate) }
      let precisions = windows.map { Self.averagePrecision(ticks, window: $0 * rate) }
      return (label, Self.trapezoidMean(precisions))
    }
    mean = classes.isEmpty ? 0 : classes.reduce(0) { $0 + $1.averagePrecision } / Double(classes.count)
  }

  /// The events of one class of one video, in ticks, rising.
  private struct VideoTicks {
    let truth: [Int]
    let predictions: [(tick: Int, score: Double)]

    init(_ video: EvaluationSet.Video, label: String, rate: Double) {
      let fps = video.fps ?? 1
      // Through milliseconds, as the files have it.
      func tick(_ frame: Int) -> Int { Int(rate * ((Double(frame) * 1000 / fps).rounded() / 1000)) }
      truth = Set(video.truth.events.filter { $0.label == label }.map { tick($0.frame) }).sorted()
      var last: [Int: Double] = [:]
      for event in video.found.events where event.label == label { last[tick(event.frame)] = event.score }
      predictions = last.map { ($0.key, $0.value) }.sorted { $0.tick < $1.tick }
    }

    /// Each prediction's score and whether a truth took it, for windows of `window` ticks.
    func outcomes(window: Double) -> [(score: Double, isRight: Bool)] {
      var isTaken = Array(repeating: false, count: predictions.count)
      var first = 0
      for truth in truth {
        while first < predictions.count, Double(truth - predictions[first].tick) > window / 2 { first += 1 }
        var best: Int?
        for index in first..<predictions.count {
          guard Double(predictions[index].tick - truth) <= window / 2 else { break }
          if !isTaken[index], best.map({ predictions[index].score > predictions[$0].score }) ?? true { best = index }
        }
        if let best { isTaken[best] = true }
      }
      return zip(predictions, isTaken).map { ($0.score, $1) }
    }
  }

  private static func averagePrecision(_ videos: [VideoTicks], window: Double) -> Double {
    let truths = videos.reduce(0) { $0 + $1.truth.count }
    guard truths > 0 else { return 0 }
    let outcomes = videos.flatMap { $0.outcomes(window: window) }.filter { $0.score >= 0 }
      .sorted { $0.score > $1.score }
    // From the highest threshold down, more and more predictions count.
    var points: [(precision: Double, recall: Double)] = []
    var counted = 0
    var right = 0
    for step in (0..<200).reversed() {
      let threshold = step == 199 ? 1 : Double(step) * (1 / 199)
      while counted < outcomes.count, outcomes[counted].score >= threshold {
        if outcomes[counted].isRight { right += 1 }
        counted += 1
      }
      points.append((counted > 0 ? Double(right) / Double(counted) : 0, Double(right) / Double(truths)))
    }
    let sum = (0...10).reduce(0.0) { sum, recall in
      sum + (points.filter { $0.recall >= Double(recall) / 10 }.map(\.precision).max() ?? 0)
    }
    return sum / 11
  }

  private static func trapezoidMean(_ values: [Double]) -> Double {
    guard values.count > 1 else { return values.first ?? 0 }
    return zip(values, values.dropFirst()).reduce(0) { $0 + ($1.0 + $1.1) / 2 } / Double(values.count - 1)
  }
}

/// The predictions of one class over all videos by falling score, equal ones in the order given, each with the truth that it found.
struct RankedPredictions {
  struct Entry {
    let score: Double
    /// The truth's frame; nil: a false alarm.
    let found: Int?
  }

  let entries: [Entry]
  /// Number of true events.
  let truths: Int

  init(_ events: ClassEvents, tolerance: (_ video: String) -> Int) {
    var byVideo: [String: (frames: [Int], tolerance: Int)] = [:]
    for truth in events.truth {
      byVideo[truth.video, default: ([], tolerance(truth.video))].frames.append(truth.frame)
    }
    var matcher = Matcher(truth: byVideo)
    entries =
      events.predictions.enumerated()
      .sorted { ($1.element.score, $0.offset) < ($0.element.score, $1.offset) }
      .map { Entry(score: $0.element.score, found: matcher.match(frame: $0.element.frame, video: $0.element.video)) }
    truths = events.truth.count
  }

  /// The sum of the interpolated precisions at each rise of the recall over the number of truths; 0 without any.
  var averagePrecision: Double {
    var precisions: [Double] = []
    for (rank, entry) in entries.enumerated() where entry.found != nil {
      precisions.append(Double(precisions.count + 1) / Double(rank + 1))
    }
    // Interpolated: the best precision at this recall or a higher one.
    var best = 0.0
    var sum = 0.0
    for precision in precisions.reversed() {
      best = max(best, precision)
      sum += best
    }
    return truths > 0 ? sum / Double(truths) : 0
  }

  var truePositives: Int { entries.count { $0.found != nil } }
}

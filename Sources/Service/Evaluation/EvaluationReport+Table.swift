internal import Evaluation

extension EvaluationReport: CustomStringConvertible {
  /// Tables for a terminal: what was found, by class, which classes were confused, and how exact the frames are.
  public var description: String {
    var parts = [summary, classTable, confusionTable, timing]
    if let soccerNet { parts.append(soccerNet.table) }
    if let regionHits { parts.append(regionHits.table) }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  /// Every true event with what was found, and every false alarm, video by video.
  public var listing: String { scorecard.videos.map(listing).joined(separator: "\n") }

  private var summary: String {
    let settings = scorecard.settings
    var table = TextTable([.left, .right])
    for (tolerance, mean) in zip(settings.tolerances, scorecard.means) {
      table.add("mAP@\(tolerance)", Self.percent(mean))
    }
    let events = scorecard.videos.reduce(0) { $0 + $1.matching.outcomes.count }
    let found = scorecard.videos.reduce(0) { $0 + $1.matching.truePositives }
    let alarms = scorecard.videos.reduce(0) { $0 + $1.matching.falseAlarms.count }
    return """
      \(scorecard.videos.count == 1 ? "1 video" : "\(scorecard.videos.count) videos"), \(events) true events of \(scorecard.classes.count { $0.truths > 0 }) classes
      \(table.text)found \(found) of \(events), \(alarms) false alarms (score ≥ \(settings.threshold), within \(settings.operating.words))

      """
  }

  private var classTable: String {
    let tolerances = scorecard.settings.tolerances
    var table = TextTable(
      [.left, .right] + tolerances.map { _ in .right } + [.right, .right, .right, .right, .right, .right, .right],
      header: ["class", "events"] + tolerances.map { "AP@\($0)" }
        + ["found", "missed", "false", "precision", "recall", "best F1", "at score"])
    for one in scorecard.classes {
      let averages =
        one.truths > 0 ? one.averagePrecisions.map { Self.percent($0) } : tolerances.map { _ in "–" }
      let best = one.truths > 0 ? one.curve.best : nil
      table.add(
        [one.label.printable, "\(one.truths)"] + averages + [
          "\(one.found)", "\(one.missed)", "\(one.falseAlarms)", Self.percent(one.precision), Self.percent(one.recall),
          Self.percent(best?.f1), best.map { fixed($0.score, 3) } ?? "–",
        ])
    }
    return table.text
  }

  /// Only classes that were taken for another one.
  private var confusionTable: String {
    let confusion = scorecard.confusion
    var table = TextTable([.left, .left, .right], header: ["true", "predicted", "times"])
    var count = 0
    for (row, label) in confusion.labels.enumerated() {
      for (column, other) in confusion.labels.enumerated() where row != column && confusion.counts[row][column] > 0 {
        table.add(label.printable, other.printable, "\(confusion.counts[row][column])")
        count += 1
      }
    }
    return count > 0 ? table.text : ""
  }

  private var timing: String {
    let timing = scorecard.timing
    guard let mean = timing.mean, let distance = timing.meanDistance, let exact = timing.share(within: 0),
      let near = timing.share(within: 1)
    else { return "" }
    return """
      timing of \(timing.total) events found within \(timing.reach) frames: \(Self.percent(exact)) % exact, \
      \(Self.percent(near)) % within 1 frame, mean distance \(fixed(distance, 2)) frames, mean error \
      \(mean < 0 ? "−" : "+")\(fixed(abs(mean), 2))

      """
  }

  private func listing(_ video: Scorecard.VideoScore) -> String {
    var table = TextTable(
      [.right, .left, .right, .right, .right, .left],
      header: ["true", video.video.name.printable, "found", "off", "score", ""])
    var nearMisses = video.nearMisses.byTruth
    for outcome in video.matching.outcomes {
      let found = outcome.found
      let confused = found == nil ? nearMisses.removeValue(forKey: outcome.truth) : nil
      table.add(
        "\(outcome.truth.frame)", outcome.truth.label.printable, (found ?? confused).map { "\($0.frame)" } ?? "–",
        outcome.delta.map { $0 == 0 ? "±0" : $0 > 0 ? "+\($0)" : "−\(-$0)" } ?? "–",
        (found ?? confused).map { fixed($0.score, 3) } ?? "–",
        found != nil ? "" : confused.map { "missed: taken for \($0.label.printable)" } ?? "missed")
    }
    for alarm in video.nearMisses.invented {
      table.add("–", alarm.label.printable, "\(alarm.frame)", "–", fixed(alarm.score, 3), "false alarm")
    }
    return table.text
  }

  /// `value` (0…1) in percent, a decimal.
  static func percent(_ value: Double?) -> String { value.map { fixed(100 * $0, 1) } ?? "–" }
}

extension Tolerance {
  /// `2 frames`, `0.5 s`.
  var words: String {
    switch self {
    case .frames(1): "1 frame"
    case .frames(let count): "\(count) frames"
    case .seconds: "\(description.dropLast()) s"
    }
  }
}

extension EvaluationReport.SoccerNet {
  /// The rate as it was given: `25`, `0.5`.
  var rateText: String { rate == rate.rounded() ? fixed(rate, 0) : "\(rate)" }

  fileprivate var table: String {
    var table = TextTable("SoccerNet Average-mAP, \(rateText) ticks/s", "loose", "tight")
    for (loose, tight) in zip(loose.classes, tight.classes) {
      table.add(
        loose.label.printable, EvaluationReport.percent(loose.averagePrecision),
        EvaluationReport.percent(tight.averagePrecision))
    }
    table.add("mean", EvaluationReport.percent(loose.mean), EvaluationReport.percent(tight.mean))
    return table.text
  }
}

extension RegionHits {
  fileprivate var table: String {
    var table = TextTable("region of interest holds the ball", "events", "held", "%")
    for (label, count) in byLabel.sorted(by: { $0.key < $1.key }) + [("all", total)] {
      table.add(label.printable, "\(count.events)", "\(count.held)", EvaluationReport.percent(count.share))
    }
    return table.text
  }
}

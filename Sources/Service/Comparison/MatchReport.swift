import Evaluation
import Foundation

/// Found events against true ones, as a table for people.
public struct MatchReport: Sendable {
  /// The tolerances in frames at which mAP is told.
  private static let tolerances = [0, 1, 2]
  private static let largestTolerance = 1_000_000

  private let predictions: [PredictedVideo]
  private let truth: [TruthVideo]
  private let threshold: Double
  private let tolerance: Int

  /// Reads both files. `threshold` (0 … 1) and `tolerance` (frames) decide what the table counts as found.
  public init(
    events eventsPath: String, truth truthPath: String, threshold: Double, tolerance: Int
  ) throws(ServiceError) {
    guard (0...1).contains(threshold) else {
      throw .argument("--threshold: \(threshold) is not a number from 0 to 1")
    }
    guard (0...Self.largestTolerance).contains(tolerance) else {
      throw .argument("--tolerance: \(tolerance) is not a number of frames from 0 to \(Self.largestTolerance)")
    }
    self.threshold = threshold
    self.tolerance = tolerance
    do throws(EvaluationError) {
      truth = try EventFile.truth(path: truthPath)
      let video = truth.first?.video ?? ""
      if let fromMessages = try MessageLines.predictions(path: eventsPath, video: video) {
        predictions = fromMessages
      } else {
        predictions = try EventFile.predictions(path: eventsPath, video: video)
      }
    } catch {
      throw .events(error)
    }
  }

  public var lines: [String] { truth.flatMap(table) + [averagePrecisions] }

  private func table(_ video: TruthVideo) -> [String] {
    let found = predictions.filter { $0.video == video.video }.flatMap(\.events)
    let matching = Matching(predictions: found, truth: video.events, tolerance: tolerance, threshold: threshold)
    let width = (video.events.map(\.label) + found.map(\.label)).map(\.count).max() ?? 0
    func line(_ frame: Int?, _ label: String, _ outcome: String) -> String {
      right(frame.map { "\($0)" } ?? "–", 6) + "  " + label.padding(toLength: width, withPad: " ", startingAt: 0)
        + "  " + outcome
    }
    func score(_ event: PredictedVideo.Event) -> String { "score " + String(format: "%.3f", event.score) }

    var lines = ["\(video.video): true frame, label, what was found"]
    for outcome in matching.outcomes {
      let told =
        if let found = outcome.found, let delta = outcome.delta {
          "frame \(right("\(found.frame)", 6)), \(right(delta == 0 ? "±0" : String(format: "%+d", delta), 3)), \(score(found))"
        } else {
          "missed"
        }
      lines.append(line(outcome.truth.frame, outcome.truth.label, told))
    }
    for event in matching.falseAlarms {
      lines.append(line(nil, event.label, "frame \(right("\(event.frame)", 6)), false alarm, \(score(event))"))
    }
    lines.append(
      "found \(matching.truePositives) of \(matching.outcomes.count), \(matching.falseAlarms.count) false alarms "
        + "(score ≥ \(threshold), within \(tolerance) frames)")
    return lines
  }

  private var averagePrecisions: String {
    let parts = Self.tolerances.map { tolerance in
      let mean = MeanAveragePrecision(predictions: predictions, truth: truth, tolerance: tolerance).mean
      return "mAP@\(tolerance) " + (mean.map { String(format: "%.1f", $0 * 100) } ?? "–")
    }
    return parts.joined(separator: ", ")
  }

  private func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

import AdaSpot
import Foundation
import Service
import Testing
import Timeline
import Video

/// What stopping the backward recurrence early costs in accuracy, on a real video with the bundled model.
@Suite(.serialized) struct LatencyEpsilonTests {
  private static let frames = 100

  private let model: Model
  private let pictures: [Picture]

  init() throws {
    model = try Bundled.model
    let size = model.configuration.highResolution
    let reader = try VideoReader(
      path: Bundled.sample,
      output: PictureSize(rows: size.rows, columns: size.columns))
    pictures = try (0..<Self.frames).map { _ in
      let picture = Picture(rows: size.rows, columns: size.columns)
      _ = try reader.next(into: picture)
      return picture
    }
  }

  private struct Run {
    /// Every score of every revision.
    var scores: [Float] = []
    var steps = 0
  }

  /// More look-ahead than revised frames, so that old states are there to be met.
  private func run(epsilon: Float) -> Run {
    let stream = LiveStream(
      model, parameters: LiveParameters(driving: .eager(revise: 4, hop: 1), lookahead: 32, epsilon: epsilon))
    var run = Run()
    for picture in pictures {
      let copy = Picture(rows: picture.rows, columns: picture.columns)
      copy.copy(from: picture)
      _ = stream.append(copy) { run.scores += $0.probabilities }
    }
    run.steps = stream.recurrentSteps.taken
    return run
  }

  @Test("The error of stopping early stays below what the states may differ by, and steps are saved")
  func boundedError() {
    let full = run(epsilon: 0)
    var fewest = full.steps
    print("ε 0: \(Double(full.steps) / Double(Self.frames)) recurrent steps a frame")
    for epsilon in [Float(0.01), 0.03, 0.1, 0.2, 0.3, 0.5] {
      let early = run(epsilon: epsilon)
      let errors = zip(full.scores, early.scores).map { abs($0 - $1) }
      #expect(early.scores.count == full.scores.count)
      // One by one: a maximum would pass over NaN.
      let isBounded = errors.allSatisfy { $0 <= epsilon }
      #expect(isBounded, "epsilon \(epsilon): \(errors.max() ?? 0)")
      // The table of docs/latency.md.
      print(
        "ε \(epsilon): largest error \(errors.max() ?? 0), \(Double(early.steps) / Double(Self.frames)) steps a frame")
      #expect(early.steps <= fewest, "epsilon \(epsilon)")
      fewest = early.steps
    }
    #expect(Double(fewest) < 0.7 * Double(full.steps))
  }
}

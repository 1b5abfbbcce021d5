import Evaluation
import Testing
import Timeline

/// Matching against the rule as it is told: take the nearest truth not yet found, the first listed of equally near ones.
@Suite struct MatcherTests {
  private func naive(_ predictions: [PredictedVideo.Event], _ truth: [Int], tolerance: Int) -> [Int?] {
    var open = truth
    return predictions.sorted { $0.score > $1.score }.map { prediction in
      guard var nearest = open.first else { return nil }
      for frame in open where abs(frame - prediction.frame) < abs(nearest - prediction.frame) { nearest = frame }
      guard abs(nearest - prediction.frame) <= tolerance else { return nil }
      open.removeAll { $0 == nearest }
      return nearest
    }
  }

  @Test func equalsTheRuleOnRandomLists() {
    var generator = RandomSequence()
    for _ in 0..<300 {
      let truth = (0..<Int.random(in: 0...12, using: &generator)).map { _ in Int.random(in: 0...30, using: &generator) }
      let predictions = (0..<Int.random(in: 0...20, using: &generator)).map { index in
        PredictedVideo.Event(
          frame: Int.random(in: 0...30, using: &generator), label: "hit", score: 1 - Double(index) / 100)
      }
      let tolerance = Int.random(in: 0...6, using: &generator)
      let matching = Matching(
        predictions: predictions, truth: truth.map { .init(frame: $0, label: "hit") }, tolerance: tolerance,
        threshold: 0)
      let expected = naive(predictions, truth, tolerance: tolerance)
      let found = predictions.map { prediction in
        matching.outcomes.first { $0.found == prediction }?.truth.frame
      }
      // Predictions may be equal in frame, never in score: each found one thing at the most.
      #expect(found == expected, "\(truth) \(predictions.map(\.frame)) within \(tolerance)")
    }
  }

  @Test(.timeLimit(.minutes(1))) func longListsDoNotMultiply() {
    let truth = (0..<200_000).map { TruthVideo.Event(frame: $0, label: "hit") }
    // All of them crowd at one end, where each has to pass all that are taken.
    let predictions = (0..<200_000).map { PredictedVideo.Event(frame: 0, label: "hit", score: 1 - Double($0) / 1e6) }
    let matching = Matching(predictions: predictions, truth: truth, tolerance: 1_000_000, threshold: 0)
    #expect(matching.misses == 0)
  }
}

/// The same numbers at every run.
private struct RandomSequence: RandomNumberGenerator {
  private var numbers = SplitMix64(seed: 7)

  mutating func next() -> UInt64 { numbers.next() }
}

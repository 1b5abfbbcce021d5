import Evaluation
import Testing

@Suite struct MatchingTests {
  private let truth: [TruthVideo.Event] = [
    .init(frame: 40, label: "hit"), .init(frame: 10, label: "hit"), .init(frame: 12, label: "bounce"),
  ]

  @Test func listsHitsMissesAndFalseAlarms() {
    let near = PredictedVideo.Event(frame: 11, label: "hit", score: 0.9)
    let second = PredictedVideo.Event(frame: 10, label: "hit", score: 0.8)
    let late = PredictedVideo.Event(frame: 15, label: "bounce", score: 0.7)
    let weak = PredictedVideo.Event(frame: 40, label: "hit", score: 0.2)
    let matching = Matching(predictions: [late, near, second, weak], truth: truth, tolerance: 2, threshold: 0.5)
    #expect(matching.outcomes.map(\.truth.frame) == [10, 12, 40])
    #expect(matching.outcomes.map(\.found) == [near, nil, nil])
    #expect(matching.outcomes.map(\.delta) == [1, nil, nil])
    #expect(matching.falseAlarms == [second, late])
    #expect(matching.truePositives == 1 && matching.misses == 2)
  }

  @Test func aLowerThresholdFindsTheWeakOne() {
    let weak = PredictedVideo.Event(frame: 39, label: "hit", score: 0.2)
    let matching = Matching(predictions: [weak], truth: truth, tolerance: 2, threshold: 0.2)
    #expect(matching.outcomes.last?.found == weak && matching.outcomes.last?.delta == -1)
    #expect(matching.falseAlarms.isEmpty)
  }

  @Test func aTruthListedTwiceIsFoundOnce() {
    let twice: [TruthVideo.Event] = [.init(frame: 5, label: "hit"), .init(frame: 5, label: "hit")]
    let found: [PredictedVideo.Event] = [
      .init(frame: 5, label: "hit", score: 1), .init(frame: 5, label: "hit", score: 0.5),
    ]
    let matching = Matching(predictions: found, truth: twice, tolerance: 0, threshold: 0)
    #expect(matching.truePositives == 1 && matching.misses == 1 && matching.falseAlarms == [found[1]])
  }
}

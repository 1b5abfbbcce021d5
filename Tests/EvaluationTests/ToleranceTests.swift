import Evaluation
import Testing

@Suite struct ToleranceTests {
  @Test func secondsBecomeWholeFramesOfTheVideo() {
    #expect(Tolerance.seconds(0.5).frames(at: 25) == 12)
    #expect(Tolerance.seconds(0.5).frames(at: 12.5) == 6)
    // 0.04 · 25 is a little less than 1 in binary.
    #expect(Tolerance.seconds(0.04).frames(at: 25) == 1)
    #expect(Tolerance.seconds(0.28).frames(at: 25) == 7)
    #expect(Tolerance.seconds(1).frames(at: nil) == nil)
    #expect(Tolerance.frames(3).frames(at: nil) == 3)
    #expect("\(Tolerance.seconds(0.5)) \(Tolerance.seconds(5)) \(Tolerance.frames(2))" == "0.5s 5s 2")
  }

  @Test func eachVideoHasItsOwnRate() throws {
    func video(_ name: String, _ fps: Double) -> TruthVideo {
      TruthVideo(video: name, fps: fps, events: [.init(frame: 100, label: "hit")])
    }
    func found(_ name: String) -> PredictedVideo {
      PredictedVideo(video: name, events: [.init(frame: 110, label: "hit", score: 0.9)])
    }
    let set = try EvaluationSet(
      truth: [video("slow", 25), video("fast", 50)], predictions: [found("slow"), found("fast")])
    let result = try MeanAveragePrecision(set, tolerance: .seconds(0.2))
    #expect(result.classes.map(\.truePositives) == [1])
    #expect(try MeanAveragePrecision(set, tolerance: .seconds(0.4)).mean == 1)
  }

  @Test func withoutARateSecondsAreRefused() throws {
    let set = try EvaluationSet(
      truth: [TruthVideo(video: "a", events: [.init(frame: 1, label: "hit")])],
      predictions: [PredictedVideo(video: "a", events: [])])
    #expect(throws: EvaluationError.rateMissing(video: "a")) { try MeanAveragePrecision(set, tolerance: .seconds(1)) }
    #expect(try MeanAveragePrecision(set, tolerance: .frames(1)).mean == 0)
  }
}

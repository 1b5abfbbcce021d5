import Evaluation
import Testing

@Suite struct EvaluationSetTests {
  private func truth(_ name: String, _ label: String = "hit") -> TruthVideo {
    TruthVideo(video: name, events: [.init(frame: 5, label: label)])
  }

  private func found(_ name: String, _ label: String = "hit") -> PredictedVideo {
    PredictedVideo(video: name, events: [.init(frame: 5, label: label, score: 0.5)])
  }

  private func reason(_ make: () throws -> EvaluationSet) -> String {
    do {
      _ = try make()
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test func pairsVideosByName() throws {
    let set = try EvaluationSet(truth: [truth("a"), truth("b")], predictions: [found("b"), found("a")])
    #expect(set.videos.map(\.name) == ["a", "b"] && set.videos.map(\.found.video) == ["a", "b"])
  }

  @Test func aVideoOfOneSideOnlyIsNamed() throws {
    #expect(
      reason { try EvaluationSet(truth: [truth("a"), truth("b")], predictions: [found("a")]) }
        == "video \"b\" is in the truth, but has no predictions")
    #expect(
      reason { try EvaluationSet(truth: [truth("a")], predictions: [found("a"), found("c")]) }
        == "video \"c\" has predictions, but is not in the truth")
    let partial = try EvaluationSet(
      truth: [truth("a"), truth("b")], predictions: [found("a"), found("c")], allowsPartial: true)
    #expect(partial.videos.map(\.name) == ["a"])
    #expect(
      reason { try EvaluationSet(truth: [truth("a")], predictions: [found("b")], allowsPartial: true) }
        == "no video is both in the truth and in the predictions")
  }

  @Test func aVideoWithoutEventsNeedsNoCounterpart() throws {
    let set = try EvaluationSet(
      truth: [truth("a"), TruthVideo(video: "b", events: [])],
      predictions: [found("a"), PredictedVideo(video: "c", events: [])])
    #expect(set.videos.map(\.name) == ["a"])
  }

  @Test func ratesOfFilesComeFirst() throws {
    func rate(_ truth: Double?, _ found: Double?) throws -> Double? {
      let video = TruthVideo(video: "a", fps: truth, events: [.init(frame: 5, label: "hit")])
      return try EvaluationSet(
        truth: [video], predictions: [PredictedVideo(video: "a", fps: found, events: [])], fps: 25
      ).videos[0].fps
    }
    #expect(try rate(30, 50) == 30 && rate(nil, 50) == 50 && rate(30, nil) == 30 && rate(nil, nil) == 25)
  }

  @Test func aVideoGivenTwiceIsNamed() {
    #expect(
      reason { try EvaluationSet(truth: [truth("a"), truth("a")], predictions: [found("a")]) }
        == "video \"a\" is in the truth twice")
    #expect(
      reason { try EvaluationSet(truth: [truth("a")], predictions: [found("a"), found("a")]) }
        == "video \"a\" has predictions twice")
  }

  @Test func labelsAreChecked() throws {
    #expect(
      reason { try EvaluationSet(truth: [truth("a")], predictions: [found("a")], labels: ["serve"]) }
        == "label \"hit\" of the truth is none of the 1 classes")
    #expect(
      reason { try EvaluationSet(truth: [truth("a")], predictions: [found("a", "hti")], labels: ["hit", "serve"]) }
        == "label \"hti\" of the predictions is none of the 2 classes")
    #expect(
      reason { try EvaluationSet(truth: [truth("a")], predictions: [found("a", "Hit")]) }
        == "truth and predictions have no label in common: \"hit\" is in the one, \"Hit\" in the other")
    // With the labels known, a prediction of another class is as wrong as none.
    let other = try EvaluationSet(truth: [truth("a")], predictions: [found("a", "let")], labels: ["hit", "let"])
    #expect(other.labelsOnlyFound == ["let"])
    #expect(try MeanAveragePrecision(other, tolerance: .frames(1)).mean == 0)
    let more = PredictedVideo(
      video: "a", events: [.init(frame: 5, label: "hit", score: 1), .init(frame: 6, label: "let", score: 1)])
    #expect(try EvaluationSet(truth: [truth("a")], predictions: [more]).labelsOnlyFound == ["let"])
    let many = PredictedVideo(
      video: "a", events: (0..<5000).map { .init(frame: $0, label: "\($0)", score: 1) })
    #expect(
      reason { try EvaluationSet(truth: [truth("a")], predictions: [many]) }
        == "there are more than 4096 different labels")
    #expect(
      reason { try EvaluationSet(truth: [TruthVideo(video: "a", events: [])], predictions: [found("a")]) }
        == "there is no true event to compare with")
  }
}

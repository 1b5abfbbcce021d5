import Evaluation
import Testing

@Suite struct ScorecardTests {
  /// Two videos: a hit found a frame late, a hit taken for a bounce, a bounce missed, a bounce invented; and a let, which is in no truth.
  private func card(_ change: (inout Scorecard.Settings) -> Void = { _ in }) throws -> Scorecard {
    let truth = [
      TruthVideo(
        video: "a", fps: 25, events: [.init(frame: 10, label: "hit"), .init(frame: 40, label: "hit")]),
      TruthVideo(video: "b", fps: 25, events: [.init(frame: 10, label: "bounce"), .init(frame: 90, label: "bounce")]),
    ]
    let predictions = [
      PredictedVideo(
        video: "a",
        events: [
          .init(frame: 11, label: "hit", score: 0.9), .init(frame: 41, label: "bounce", score: 0.8),
          .init(frame: 40, label: "hit", score: 0.1), .init(frame: 60, label: "let", score: 0.4),
        ]),
      PredictedVideo(
        video: "b",
        events: [.init(frame: 50, label: "bounce", score: 0.7), .init(frame: 86, label: "bounce", score: 0.3)]),
    ]
    var settings = Scorecard.Settings()
    change(&settings)
    return try Scorecard(EvaluationSet(truth: truth, predictions: predictions), settings: settings)
  }

  @Test func countsByClassAtTheThreshold() throws {
    let card = try card()
    #expect(card.classes.map(\.label) == ["bounce", "hit", "let"])
    let (bounce, hit, surplus) = (card.classes[0], card.classes[1], card.classes[2])
    #expect([bounce.found, bounce.missed, bounce.falseAlarms] == [0, 2, 3])
    #expect([hit.found, hit.missed, hit.falseAlarms] == [1, 1, 0])
    #expect([surplus.truths, surplus.falseAlarms] == [0, 1] && surplus.averagePrecisions.isEmpty)
    #expect(bounce.precision == 0 && bounce.recall == 0 && hit.precision == 1 && hit.recall == 0.5)
    #expect(surplus.recall == nil)
    // The weak hit counts in AP: exactly right at 40, and the other within 1 frame.
    #expect(hit.averagePrecisions == [0.25, 1, 1, 1])
    #expect(bounce.averagePrecisions == [0, 0, 0, 1.0 / 6])
    #expect(card.means[1] == 0.5)
  }

  @Test func curvesRunFromTheHighestScoreDown() throws {
    let curve = try card().classes[1].curve
    #expect(curve.points.map(\.score) == [0.9, 0.1])
    #expect(curve.points.map(\.recall) == [0.5, 1] && curve.points.map(\.precision) == [1, 1])
    #expect(curve.best?.score == 0.1 && curve.best?.f1 == 1)
    #expect(try card().classes[2].curve.best?.f1 == 0)
  }

  @Test func equalScoresAreOnePointOfTheCurve() throws {
    let set = try EvaluationSet(
      truth: [TruthVideo(video: "a", events: [.init(frame: 1, label: "hit")])],
      predictions: [
        PredictedVideo(
          video: "a",
          events: [
            .init(frame: 9, label: "hit", score: 0.5), .init(frame: 1, label: "hit", score: 0.5),
            .init(frame: 20, label: "hit", score: 0.25), .init(frame: 30, label: "hit", score: 0.125),
          ])
      ])
    let curve = try Scorecard(set, settings: .init()).classes[0].curve
    #expect(curve.points.map(\.score) == [0.5, 0.25, 0.125])
    #expect(curve.points.map(\.precision) == [0.5, 1.0 / 3, 0.25])
    #expect(curve.thinned(to: 2).map(\.score) == [0.5, 0.125] && curve.thinned(to: 3) == curve.points)
  }

  @Test func nearMissesAreConfusions() throws {
    let card = try card()
    let confusion = card.confusion
    #expect(confusion.labels == ["bounce", "hit", "let"])
    #expect(confusion.counts == [[0, 0, 0], [1, 1, 0], [0, 0, 0]])
    #expect(confusion.missed == [2, 0, 0])
    #expect(confusion.invented == [2, 0, 1])
    #expect(card.videos[0].nearMisses.confused.map(\.truth.frame) == [40])
    // Every truth and every prediction above the threshold is somewhere, once.
    let matched: [Int] = Array(confusion.counts.joined())
    #expect((matched + confusion.missed).reduce(0, +) == 4)
    #expect((matched + confusion.invented).reduce(0, +) == 5)
  }

  @Test func twoClassesAtOneFrameAreConfusedOneEach() {
    let matching = Matching(
      predictions: [.init(frame: 5, label: "let", score: 0.9), .init(frame: 6, label: "net", score: 0.8)],
      truth: [.init(frame: 5, label: "hit"), .init(frame: 5, label: "bounce")], tolerance: 2, threshold: 0)
    let misses = NearMisses(matching, tolerance: 2)
    #expect(misses.confused.map(\.truth.label) == ["bounce", "hit"])
    #expect(misses.confused.map(\.found.label) == ["net", "let"])
    #expect(misses.missed.isEmpty && misses.invented.isEmpty)
  }

  @Test func aTruthListedTwiceIsNeverTakenForItsOwnClass() {
    let twice: [TruthVideo.Event] = [.init(frame: 5, label: "hit"), .init(frame: 5, label: "hit")]
    func misses(_ labels: [String]) -> NearMisses {
      let predictions = labels.enumerated().map {
        PredictedVideo.Event(frame: 5, label: $1, score: 0.9 - Double($0) / 10)
      }
      return NearMisses(Matching(predictions: predictions, truth: twice, tolerance: 2, threshold: 0), tolerance: 2)
    }
    let found = misses(["hit", "hit"])
    #expect(found.confused.isEmpty && found.missed.count == 1 && found.invented.count == 1)
    let confused = misses(["let", "net"])
    #expect(confused.confused.map(\.found.label) == ["let"] && confused.missed == [twice[1]])
    #expect(confused.invented.map(\.label) == ["net"])
  }

  @Test func timingErrorsReachFartherThanTheTolerance() throws {
    let timing = try card().timing
    #expect(timing.reach == 10 && timing.counts.count == 21)
    // A hit a frame late, and the bounce four frames early.
    #expect(timing.counts[11] == 1 && timing.counts[6] == 1 && timing.total == 2)
    #expect(timing.mean == -1.5 && timing.meanDistance == 2.5)
    #expect(timing.share(within: 1) == 0.5 && timing.share(within: 4) == 1)
    #expect(try card { $0.timingReach = 2 }.timing.total == 1)
  }

  @Test func tolerancesMayBeSeconds() throws {
    let card = try card {
      $0.tolerances = [.seconds(0.04), .seconds(0.2)]
      $0.operating = .seconds(0.2)
    }
    #expect(card.classes[1].averagePrecisions == [1, 1])
    #expect(card.classes[0].found == 1)
  }
}

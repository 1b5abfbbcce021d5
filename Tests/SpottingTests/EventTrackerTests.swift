import Spotting
import Testing
import Timeline

@Suite struct EventTrackerTests {
  private static func tracker(finalsOnly: Bool = false) throws -> EventTracker {
    try EventTracker(
      rule: NMS(.soft, window: 2, threshold: 0.01),
      settings: .init(
        provisionalThreshold: 0.4, retractionThreshold: 0.2, matchTolerance: 2, scoreStep: 0.1, finalsOnly: finalsOnly))
  }

  /// Rows of one class from frame `first` on.
  private func rows(_ first: Int, _ scores: Float...) -> [ScoreRow] {
    scores.enumerated().map { ScoreRow(frame: first + $0, probabilities: [1 - $1, $1]) }
  }

  private func update(
    _ id: Int, _ revision: Int, _ state: EventUpdate.State, _ frame: Int, _ score: Double
  ) -> EventUpdate {
    EventUpdate(id: id, revision: revision, state: state, event: Event(frame: frame, label: 1, score: score))
  }

  @Test func anEventKeepsItsIDFromTheFirstEstimateToTheEnd() throws {
    var tracker = try Self.tracker()
    #expect(tracker.revise(rows(8, 0, 0.25)).isEmpty, "too weak to be announced")
    #expect(tracker.revise(rows(9, 0.25, 0.5)) == [update(0, 0, .provisional, 10, 0.5)])
    #expect(tracker.revise(rows(9, 0.125, 0.5625, 0.125)).isEmpty, "the change is too small to tell")
    #expect(tracker.revise(rows(10, 0.25, 0.75)) == [update(0, 1, .revised, 11, 0.75)])
    #expect(tracker.revise(rows(10, 0.25, 0.875, 0.125)) == [update(0, 2, .revised, 11, 0.875)])
    #expect(tracker.watermark == -1)
    let event = Event(frame: 11, label: 1, score: 0.9)
    #expect(tracker.conclude([event], watermark: 12) == [update(0, 3, .final, 11, 0.9)])
    #expect(tracker.watermark == 12 && tracker.openEvents == 0)
    #expect(tracker.counts.revisionRate == 2 && tracker.counts.retractionRate == 0)
  }

  @Test func anEstimateThatFallsIsRetractedAtOnceButMayWaver() throws {
    var tracker = try Self.tracker()
    #expect(tracker.revise(rows(10, 0.5)).count == 1)
    #expect(tracker.revise(rows(10, 0.25)) == [update(0, 1, .revised, 10, 0.25)])
    #expect(tracker.revise(rows(10, 0.125)) == [update(0, 2, .retracted, 10, 0.25)])
    #expect(tracker.revise(rows(10, 0.25)).isEmpty)
    #expect(tracker.revise(rows(10, 0.5)) == [update(1, 0, .provisional, 10, 0.5)])
    #expect(tracker.counts.retractionRate == 1)
  }

  @Test func whatDidNotHappenIsRetractedWhenSettledAndHoldsTheWatermarkTillThen() throws {
    var tracker = try Self.tracker()
    #expect(tracker.revise(rows(10, 0.5)).count == 1)
    #expect(tracker.conclude([], watermark: 9).isEmpty && tracker.watermark == 9)
    #expect(tracker.conclude([], watermark: 11).isEmpty && tracker.watermark == 9, "its final may be at 12")
    #expect(tracker.revise(rows(10, 0, 0, 0)).isEmpty, "estimates of decided frames change nothing")
    #expect(tracker.conclude([], watermark: 12) == [update(0, 1, .retracted, 10, 0.5)])
    #expect(tracker.watermark == 12)
  }

  @Test func whatNoFrameToComeShowsIsRetractedWhenItsFinalWouldBeKnown() throws {
    var tracker = try Self.tracker()
    #expect(tracker.revise(rows(10, 0.5, 0, 0)).count == 1)
    #expect(tracker.conclude([], watermark: 10).isEmpty, "a lone event waits for the frame after it")
    #expect(tracker.conclude([], watermark: 11) == [update(0, 1, .retracted, 10, 0.5)])
    #expect(tracker.watermark == 11)
    tracker.reset()

    #expect(tracker.revise(rows(10, 0.5, 0, 0.25)).count == 1)
    #expect(tracker.conclude([], watermark: 11).isEmpty && tracker.watermark == 9, "what shows at 12 may be the same")
    let event = Event(frame: 12, label: 1, score: 0.25)
    #expect(tracker.conclude([event], watermark: 13) == [update(0, 1, .final, 12, 0.25)])
    #expect(tracker.watermark == 13)
  }

  @Test func aFinalEventTakesTheNearestOfItsLabelOneToOne() throws {
    var tracker = try Self.tracker()
    #expect(tracker.revise(rows(10, 0.5, 0, 0.75)).map(\.id) == [0, 1])
    let finals = [Event(frame: 11, label: 1, score: 0.5), Event(frame: 12, label: 1, score: 0.75)]
    #expect(
      tracker.conclude(finals, watermark: 14) == [update(0, 1, .final, 11, 0.5), update(1, 1, .final, 12, 0.75)])
    let other = Event(frame: 20, label: 2, score: 0.5)
    #expect(tracker.revise(rows(20, 0.5)).count == 1)
    #expect(
      tracker.conclude([other], watermark: 20) == [EventUpdate(id: 3, revision: 0, state: .final, event: other)],
      "another label is another event")
    #expect(tracker.openEvents == 1)
  }

  @Test func aPeakThatIsFinalAlreadyIsNotAnnouncedAgain() throws {
    var tracker = try Self.tracker()
    _ = tracker.conclude([Event(frame: 10, label: 1, score: 0.5)], watermark: 5)
    #expect(tracker.revise(rows(9, 0, 0.5, 0, 0)).isEmpty)
    #expect(tracker.revise(rows(9, 0, 0.25, 0.75, 0)).isEmpty, "nor when its estimate moves")
    #expect(tracker.revise(rows(13, 0.75)).map(\.event.frame) == [13])
  }

  @Test func finalsOnlyIsSilentTillTheEnd() throws {
    var tracker = try Self.tracker(finalsOnly: true)
    #expect(tracker.revise(rows(10, 0.5, 0.75)).isEmpty)
    #expect(
      tracker.conclude([Event(frame: 11, label: 1, score: 0.75)], watermark: 11) == [update(0, 0, .final, 11, 0.75)])
    #expect(tracker.watermark == 11 && tracker.counts.provisionals == 0)
  }

  @Test func theEndOfAnEpochEndsEverything() throws {
    var tracker = try Self.tracker()
    _ = tracker.revise(rows(10, 0.5, 0, 0, 0.75))
    let last = Event(frame: 13, label: 1, score: 0.75)
    #expect(
      tracker.finish([last], lastFrame: 13) == [update(1, 1, .final, 13, 0.75), update(0, 1, .retracted, 10, 0.5)])
    #expect(tracker.watermark == 13)
    tracker.reset()
    #expect(tracker.watermark == -1)
    #expect(tracker.revise(rows(10, 0.5)) == [update(0, 0, .provisional, 10, 0.5)])
    #expect(tracker.counts.provisionals == 3, "counts go on")
  }

  @Test func settingsOutOfRangeAreNamed() {
    let expected = SpottingError.invalidSetting(
      name: "retraction threshold", value: "0.5", expected: "0 to the provisional threshold, 0.25")
    #expect(throws: expected) {
      try EventTracker.Settings(provisionalThreshold: 0.25, retractionThreshold: 0.5)
    }
    #expect(throws: SpottingError.self) { try EventTracker.Settings(provisionalThreshold: 2) }
    #expect(throws: SpottingError.self) { try EventTracker.Settings(matchTolerance: -1) }
    #expect(throws: SpottingError.self) { try EventTracker.Settings(matchTolerance: NMS.largestWindow + 1) }
    // Whatever window the suppression may have.
    #expect(throws: Never.self) { try EventTracker.Settings(matchTolerance: NMS.largestWindow) }
    #expect(throws: SpottingError.self) { try EventTracker.Settings(scoreStep: .nan) }
    #expect(throws: SpottingError.self) { try EventTracker.Settings(horizon: 0) }
  }
}

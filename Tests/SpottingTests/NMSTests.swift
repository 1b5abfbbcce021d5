import Spotting
import Testing
import Timeline

@Suite struct NMSTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      let id: Int
      let window: Int
      let threshold: Double
      let candidates: [[Double]]
      let soft: [[Double]]
      let hard: [[Double]]
    }
    let cases: [Case]
  }

  @Test func offlineEqualsThePublishedResultsToTheLastBit() throws {
    let cases = try Fixtures.json(Golden.self, "soft_nms.json").cases
    #expect(cases.count == 200)
    for golden in cases {
      let candidates = golden.candidates.map(event)
      let soft = try NMS(.soft, window: golden.window, threshold: golden.threshold)
      let hard = try NMS(.hard, window: golden.window, threshold: golden.threshold)
      #expect(soft.apply(to: candidates) == golden.soft.map(event), "soft, case \(golden.id)")
      #expect(hard.apply(to: candidates) == golden.hard.map(event), "hard, case \(golden.id)")
    }
  }

  @Test func nothingInGivesNothingOut() throws {
    #expect(try NMS(.soft, window: 2, threshold: 0.01).apply(to: []).isEmpty)
  }

  @Test func settingsOutOfRangeAreNamed() {
    #expect(throws: SpottingError.invalidSetting(name: "NMS window", value: "0", expected: "1 to 10000 frames")) {
      try NMS(.soft, window: 0, threshold: 0.01)
    }
    #expect(throws: SpottingError.invalidSetting(name: "NMS threshold", value: "nan", expected: "0 to 1")) {
      try NMS(.hard, window: 1, threshold: .nan)
    }
    #expect(throws: SpottingError.invalidSetting(name: "candidate threshold", value: "1.5", expected: "0 to 1")) {
      try CandidateFilter(threshold: 1.5)
    }
    let error = SpottingError.invalidSetting(name: "NMS window", value: "0", expected: "1 to 10000 frames")
    #expect("\(error)" == "NMS window is 0, expected 1 to 10000 frames")
  }

  /// A row of the fixture: label, frame, score.
  private func event(_ row: [Double]) -> Event {
    Event(frame: Int(row[1]), label: Int(row[0]), score: row[2])
  }
}

import Spotting
import Testing
import Timeline

@Suite struct ClipAverageTests {
  private struct Golden: Decodable {
    struct Grid: Decodable {
      let starts: [Int]
      let events: [LabeledEvent]
      let soft2: [LabeledEvent]
      let soft12: [LabeledEvent]
      let hard1: [LabeledEvent]
      let hard6: [LabeledEvent]

      enum CodingKeys: String, CodingKey {
        case starts, events
        case soft2 = "soft_nms_2"
        case soft12 = "soft_nms_12"
        case hard1 = "nms_1"
        case hard6 = "nms_6"
      }
    }
    struct LabeledEvent: Decodable {
      let label: String
      let frame: Int
      let score: Double
    }
    let labels: [String]
    let grid1: Grid
    let grid2: Grid
  }

  private static let clipLength = 24
  private static let frames = 170

  @Test(arguments: ["grid1", "grid2"])
  func clipsBecomeThePublishedRowsAndEvents(_ name: String) throws {
    let golden = try Fixtures.json(Golden.self, "case_W.json")
    let tensors = try Fixtures.tensors("case_W.safetensors")
    let grid = name == "grid1" ? golden.grid1 : golden.grid2
    let width = golden.labels.count
    let clips = try #require(tensors["\(name).clip_probabilities"])

    var average = try ClipAverage(classes: width - 1, clipLength: Self.clipLength, step: 12)
    var means: [ClipAverage.Mean] = []
    for (index, start) in grid.starts.enumerated() {
      let size = Self.clipLength * width
      means += average.add(Array(clips[index * size..<(index + 1) * size]), start: start)
      #expect(means.count == start + 12, "all frames before the next clip are settled, no others")
    }
    means += average.finish(frameCount: Self.frames)

    #expect(means.map(\.row.frame) == Array(0..<Self.frames))
    #expect(means.flatMap(\.row.probabilities) == tensors["\(name).probabilities"])
    #expect(means.map { Float($0.support) } == tensors["\(name).support"])

    let candidates = try CandidateFilter(threshold: 0.01).candidates(in: means.map(\.row))
    func events(_ list: [Golden.LabeledEvent]) throws -> [Event] {
      try list.map {
        Event(frame: $0.frame, label: try #require(golden.labels.firstIndex(of: $0.label)), score: $0.score)
      }
    }
    #expect(candidates == (try events(grid.events)))
    for (kind, window, list) in [
      (NMS.Kind.soft, 2, grid.soft2), (.soft, 12, grid.soft12), (.hard, 1, grid.hard1),
      (.hard, 6, grid.hard6),
    ] {
      let rule = try NMS(kind, window: window, threshold: 0.01)
      let expected = try events(list)
      #expect(rule.apply(to: candidates) == expected, "\(kind) \(window)")

      var online = try OnlineNMS(rule: rule, filter: CandidateFilter(threshold: 0.01), classes: width - 1)
      let found = means.flatMap { online.append($0.row) } + online.finish()
      #expect(byFrameAndLabel(found) == byFrameAndLabel(expected), "online, \(kind) \(window)")
    }
  }

  @Test func anEpochLeavesNoTraceInTheNext() throws {
    var average = try ClipAverage(classes: 1, clipLength: 4, step: 2)
    let clip: [Float] = [0.5, 0.5, 0.25, 0.75, 0, 1, 0, 0]
    let once = average.add(clip, start: -1) + average.finish(frameCount: 5)
    average.reset()
    let again = average.add(clip, start: -1) + average.finish(frameCount: 5)
    #expect(once == again)
    #expect(once.map(\.support) == [1, 1, 0, 0, 0])
    average.reset()
    _ = average.add(clip, start: -3)
    average.reset()
    #expect(average.add(clip, start: -1) + average.finish(frameCount: 5) == once)
  }

  @Test func clipsWhollyBeforeTheVideoAndRowsPastItsEndAreDropped() throws {
    var average = try ClipAverage(classes: 1, clipLength: 2, step: 2)
    #expect(average.add([1, 0, 1, 0], start: -4).isEmpty)
    #expect(average.add([1, 0, 1, 0], start: -2).isEmpty)
    #expect(average.add([0.5, 0.5, 1, 0], start: 0).map(\.row.frame) == [0, 1])
    #expect(average.finish(frameCount: 2).isEmpty)
    #expect(try ClipAverage(classes: 1, clipLength: 100, step: 50).reach == Reach(past: 99, future: 99))
  }

  @Test func impossibleGridsAreRefused() {
    #expect(throws: SpottingError.invalidSetting(name: "clip step", value: "5", expected: "1 to the clip length, 4")) {
      try ClipAverage(classes: 1, clipLength: 4, step: 5)
    }
    #expect(throws: SpottingError.self) { try ClipAverage(classes: 0, clipLength: 4, step: 2) }
    #expect(throws: SpottingError.self) { try ClipAverage(classes: 1, clipLength: 0, step: 1) }
  }
}

import Spotting
import Testing
import Timeline

@Suite struct OnlineNMSTests {
  /// One of the random cases: its rule, its rows and what the offline rule makes of them, by frame and label.
  private struct Case {
    let rule: NMS
    let filter: CandidateFilter
    let rows: [ScoreRow]
    let expected: [Event]
    var generator: SeededGenerator

    init(seed: Int) throws {
      var generator = SeededGenerator(seed: seed)
      let style = RandomStream.Style.allCases[seed % RandomStream.Style.allCases.count]
      let threshold = [0, 0.01, 0.05, 0.2][Int.random(in: 0..<4, using: &generator)]
      filter = try CandidateFilter(threshold: max(threshold, 0.001))
      rule = try NMS(
        Bool.random(using: &generator) ? .soft : .hard, window: .random(in: 1...12, using: &generator),
        threshold: threshold)
      rows = RandomStream.rows(
        style, frames: .random(in: 0...60, using: &generator), classes: .random(in: 1...3, using: &generator),
        using: &generator)
      expected = byFrameAndLabel(rule.apply(to: filter.candidates(in: rows)))
      self.generator = generator
    }

    var classes: Int { max(1, (rows.first?.probabilities.count ?? 2) - 1) }

    func online(longestWait: Int = 512) throws -> OnlineNMS {
      try OnlineNMS(rule: rule, filter: filter, classes: classes, longestWait: longestWait)
    }
  }

  @Test func tenThousandStreamsEqualTheOfflineResult() throws {
    for seed in 0..<10_000 {
      var stream = try Case(seed: seed)
      var online = try stream.online()
      var events: [Event] = []
      for row in stream.rows {
        // A frame without candidates may be passed over, or declared settled without a row.
        if stream.filter.candidates(in: row).isEmpty {
          switch Int.random(in: 0..<3, using: &stream.generator) {
          case 0: continue
          case 1: events += online.settle(through: row.frame)
          default: events += online.append(row)
          }
        } else {
          events += online.append(row)
        }
      }
      events += online.finish()
      try #require(byFrameAndLabel(events) == stream.expected, "seed \(seed), \(stream.rule)")
      #expect(online.capStrikes == 0 && online.openCandidates == 0)
    }
  }

  @Test func everyEventComesWhenItsClosureIsSettledAndNoSooner() throws {
    for seed in 0..<1000 {
      let stream = try Case(seed: seed)
      var online = try stream.online()
      var events: [Event] = []
      var candidates: [Int: [Event]] = [:]
      for row in stream.rows {
        events += online.append(row)
        for candidate in stream.filter.candidates(in: row) {
          candidates[candidate.label, default: []].append(candidate)
        }
        let final = candidates.values.flatMap { ClosureRule(stream.rule, candidates: $0, settled: row.frame).final }
        try #require(byFrameAndLabel(events) == byFrameAndLabel(final), "seed \(seed), frame \(row.frame)")
        let decided = stream.expected.filter { $0.frame <= online.watermark }
        #expect(byFrameAndLabel(events.filter { $0.frame <= online.watermark }) == decided, "seed \(seed)")
      }
    }
  }

  @Test func silenceAndBurstsDoNotChangeWhatComesWhen() throws {
    for seed in 0..<500 {
      let stream = try Case(seed: seed)
      var whole = try stream.online()
      var skipping = try stream.online()
      var fromWhole: [Event] = []
      var fromSkipping: [Event] = []
      for row in stream.rows {
        fromWhole += whole.append(row)
        if !stream.filter.candidates(in: row).isEmpty { fromSkipping += skipping.append(row) }
      }
      fromWhole += whole.settle(through: 1_000_000_000)
      fromSkipping += skipping.settle(through: 1_000_000_000)
      #expect(fromWhole == fromSkipping, "the same events in the same order, seed \(seed)")
      #expect(whole.watermark == 1_000_000_000 && whole.finish().isEmpty)
    }
  }

  /// All prefixes of 4 frames over 4 scores, against all futures of 3 frames over 5 scores.
  @Test(arguments: NMS.Kind.allCases, [2, 3])
  func noFutureChangesAFinalEventAndSomeFutureChangesEveryOpenPeak(_ kind: NMS.Kind, _ window: Int) throws {
    let rule = try NMS(kind, window: window, threshold: 0.1)
    let filter = try CandidateFilter(threshold: 0.1)
    let futures = words(length: 3, over: [0, 0.25, 0.5, 0.75, 1])
    for prefix in words(length: 4, over: [0, 0.25, 0.5, 0.75]) {
      var online = try OnlineNMS(rule: rule, filter: filter, classes: 1)
      var events: [Event] = []
      for frame in prefix.indices { events += online.append(row(frame, prefix[frame])) }
      let known = filter.candidates(in: prefix.indices.map { row($0, prefix[$0]) })
      var changed: Set<Event> = []
      let openPeaks = ClosureRule(rule, candidates: known, settled: 3).openPeaks
      for future in futures {
        let all = prefix + future
        let offline = Set(rule.apply(to: filter.candidates(in: all.indices.map { row($0, all[$0]) })))
        try #require(offline.isSuperset(of: events), "\(prefix), then \(future)")
        let decided = offline.filter { $0.frame <= online.watermark }
        try #require(decided == Set(events.filter { $0.frame <= online.watermark }))
        changed.formUnion(openPeaks.filter { !offline.contains($0) })
      }
      #expect(changed == Set(openPeaks), "\(prefix)")
    }
  }

  @Test(arguments: [(NMS.Kind.soft, 2, 1), (.soft, 12, 11), (.hard, 1, 1), (.hard, 6, 6), (.soft, 1, 0)])
  func aLonePeakWaitsForItsReach(_ kind: NMS.Kind, _ window: Int, _ reach: Int) throws {
    let rule = try NMS(kind, window: window, threshold: 0.01)
    var online = try OnlineNMS(rule: rule, filter: CandidateFilter(threshold: 0.01), classes: 1)
    #expect(online.reach == Reach(past: reach, future: reach))
    var events = online.append(row(20, 0.5))
    for frame in 20..<20 + reach {
      #expect(events.isEmpty && online.watermark == 19)
      events += online.settle(through: frame + 1)
    }
    #expect(events == [Event(frame: 20, label: 1, score: 0.5)])
    #expect(online.watermark == 20 + reach && online.settled == 20 + reach)
  }

  @Test func anEndlessClimbStaysBoundedAndIsCounted() throws {
    let frames = 20_000
    let longestWait = 64
    let rule = try NMS(.soft, window: 4, threshold: 0.000_01)
    var online = try OnlineNMS(
      rule: rule, filter: CandidateFilter(threshold: 0.000_01), classes: 1, longestWait: longestWait)
    var events: [Event] = []
    for frame in 0..<frames {
      events += online.append(row(frame, Float(frame + 1) / Float(frames)))
      try #require(online.openCandidates <= longestWait + 1)
      try #require(online.watermark >= frame - longestWait - 1)
    }
    events += online.finish()
    #expect(online.capStrikes >= frames / (longestWait + 1), "each strike lets the stream go on for one wait at most")
    #expect(Set(events.map(\.frame)).count == events.count, "no candidate is kept twice")
    online.reset()
    #expect(online.capStrikes > 0, "counters go on over epochs")
  }

  @Test func aLongerClosureThanTheCapIsDecidedFromWhatIsKnown() throws {
    let rule = try NMS(.hard, window: 1, threshold: 0.01)
    var online = try OnlineNMS(rule: rule, filter: CandidateFilter(threshold: 0.01), classes: 1, longestWait: 3)
    var events: [Event] = []
    for frame in 0..<6 { events += online.append(row(frame, Float(frame + 1) / 8)) }
    // Frame 4 strikes: 4, 2 and 0 are kept, which also drops 5, the neighbour of 4; offline it would be 5, 3, 1.
    #expect(events.map(\.frame) == [0, 2, 4] && online.capStrikes == 1)
    #expect(online.openCandidates == 0 && online.watermark == 5)
  }

  @Test func resetLeavesNoTrace() throws {
    for seed in 0..<200 {
      let before = try Case(seed: seed + 7)
      let stream = try Case(seed: seed)
      var used = try OnlineNMS(rule: stream.rule, filter: stream.filter, classes: 3, longestWait: 20)
      var fresh = used
      for row in before.rows { _ = used.append(widened(row)) }
      if seed.isMultiple(of: 2) { _ = used.finish() }
      used.reset()
      for row in stream.rows { try #require(used.append(widened(row)) == fresh.append(widened(row))) }
      #expect(used.watermark == fresh.watermark)
      #expect(used.finish() == fresh.finish())
    }
  }

  @Test func aWaitShorterThanTheReachIsRefused() throws {
    let rule = try NMS(.hard, window: 6, threshold: 0.01)
    let expected = SpottingError.invalidSetting(
      name: "longest wait of a candidate", value: "5", expected: "6 frames or more")
    #expect(throws: expected) {
      try OnlineNMS(rule: rule, filter: CandidateFilter(threshold: 0.01), classes: 1, longestWait: 5)
    }
  }

  private func row(_ frame: Int, _ score: Float) -> ScoreRow {
    ScoreRow(frame: frame, probabilities: [1 - score, score])
  }

  /// The row with silent classes added, up to 3.
  private func widened(_ row: ScoreRow) -> ScoreRow {
    ScoreRow(
      frame: row.frame, probabilities: row.probabilities + Array(repeating: 0, count: 4 - row.probabilities.count))
  }

  /// Every list of `length` scores.
  private func words(length: Int, over scores: [Float]) -> [[Float]] {
    (0..<length).reduce([[]]) { words, _ in words.flatMap { word in scores.map { word + [$0] } } }
  }
}

func byFrameAndLabel(_ events: [Event]) -> [Event] {
  events.sorted { ($0.frame, $0.label) < ($1.frame, $1.label) }
}

import Spotting
import Testing
import Timeline

/// Random streams through `OnlineNMS` and `EventTracker` together: what every subscriber may rely on.
@Suite struct EventLifecycleTests {
  /// A live source in small: estimates of the newest frames come first, uncertain, and settle `lag` frames later.
  private struct Run {
    let rule: NMS
    let rows: [ScoreRow]
    let filter: CandidateFilter
    let lag: Int
    let settings: EventTracker.Settings
    let seed: Int

    init(seed: Int, finalsOnly: Bool = false) throws {
      var generator = SeededGenerator(seed: seed)
      let styles = RandomStream.Style.allCases
      self.seed = seed
      filter = try CandidateFilter(threshold: 0.05)
      rule = try NMS(
        Bool.random(using: &generator) ? .soft : .hard, window: .random(in: 1...6, using: &generator), threshold: 0.05)
      rows = RandomStream.rows(
        styles[seed % styles.count], frames: .random(in: 1...80, using: &generator), classes: 2, using: &generator)
      lag = .random(in: 0...20, using: &generator)
      settings = try EventTracker.Settings(
        provisionalThreshold: 0.3, retractionThreshold: .random(in: 0.05...0.3, using: &generator),
        matchTolerance: .random(in: 0...4, using: &generator), scoreStep: 0.1,
        horizon: .random(in: 1...40, using: &generator), finalsOnly: finalsOnly)
    }

    /// Drives `tracker` through the stream and hands every call's updates over, with the watermarks before and after it.
    func drive(
      _ tracker: inout EventTracker, _ check: (_ updates: [EventUpdate], _ before: Int, _ after: Int) throws -> Void
    ) throws {
      var generator = SeededGenerator(seed: seed + 1)
      var online = try OnlineNMS(rule: rule, filter: filter, classes: 2)
      let hop = Int.random(in: 1...5, using: &generator)
      let revised = Int.random(in: 0...12, using: &generator)
      for newest in rows.indices where newest % hop == hop - 1 || newest == rows.count - 1 {
        var before = tracker.watermark
        let first = max(0, newest - revised - hop + 1)
        let estimates = rows[first...newest].map { row in
          let doubt = Float(row.frame - first + 1) / Float(revised + hop)
          return ScoreRow(
            frame: row.frame,
            probabilities: row.probabilities.map { $0 + doubt * (.random(in: 0...1, using: &generator) - $0) })
        }
        try check(tracker.revise(estimates), before, tracker.watermark)
        before = tracker.watermark
        var finals: [Event] = []
        while online.settled < newest - lag { finals += online.append(rows[online.settled + 1]) }
        try check(tracker.conclude(finals, watermark: online.watermark), before, tracker.watermark)
      }
      let before = tracker.watermark
      let finals = rows[(online.settled + 1)...].flatMap { online.append($0) } + online.finish()
      try check(tracker.finish(finals, lastFrame: rows.count - 1), before, tracker.watermark)
    }
  }

  @Test func everyEventEndsOnceAndNothingBehindTheWatermarkChanges() throws {
    var total = EventTracker.Counts()
    for seed in 0..<2000 {
      let run = try Run(seed: seed)
      var tracker = try EventTracker(rule: run.rule, settings: run.settings)
      var lives: [Int: [EventUpdate]] = [:]
      try run.drive(&tracker) { updates, before, after in
        try #require(after >= before, "the watermark does not go back, seed \(seed)")
        for update in updates {
          try #require(update.event.frame > before, "decided frames stay as they are, seed \(seed)")
          if let told = lives[update.id]?.last { try #require(told.event.frame > before, "seed \(seed)") }
          lives[update.id, default: []].append(update)
        }
        for life in lives.values {
          guard let last = life.last, last.state == .provisional || last.state == .revised else { continue }
          try #require(last.event.frame > after, "the watermark does not pass an open event, seed \(seed)")
        }
      }

      #expect(lives.keys.sorted() == Array(0..<lives.count))
      for life in lives.values {
        #expect(life.map(\.revision) == Array(0..<life.count))
        let end = try #require(life.last)
        #expect(end.state == .final || end.state == .retracted)
        #expect(life.dropLast().enumerated().allSatisfy { $0 == 0 ? $1.state == .provisional : $1.state == .revised })
        #expect(life.count > 1 || end.state == .final)
        #expect(Set(life.map(\.event.label)).count == 1)
      }
      let updates = lives.values.flatMap { $0 }
      let finals = updates.filter { $0.state == .final }.map(\.event)
      #expect(byFrameAndLabel(finals) == byFrameAndLabel(run.rule.apply(to: run.filter.candidates(in: run.rows))))
      #expect(tracker.openEvents == 0 && tracker.watermark == run.rows.count - 1)

      let counts = tracker.counts
      #expect(counts.finals == finals.count)
      #expect(counts.provisionals == updates.count { $0.state == .provisional })
      #expect(counts.revisions == updates.count { $0.state == .revised })
      #expect(counts.retractions == updates.count { $0.state == .retracted })
      #expect(counts.provisionals == counts.confirmed + counts.retractions)
      total.provisionals += counts.provisionals
      total.revisions += counts.revisions
      total.retractions += counts.retractions
      total.confirmed += counts.confirmed
    }
    #expect(total.revisions > 1000 && total.retractions > 1000 && total.confirmed > 1000, "the streams try everything")
  }

  @Test func finalsOnlyGivesTheSameFinalEvents() throws {
    for seed in 0..<200 {
      let all = try updates(of: Run(seed: seed))
      let alone = try updates(of: Run(seed: seed, finalsOnly: true))
      #expect(all.filter { $0.state == .final }.map(\.event) == alone.map(\.event), "seed \(seed)")
      #expect(alone.allSatisfy { $0.state == .final && $0.revision == 0 })
    }
  }

  @Test func resetLeavesNoTrace() throws {
    for seed in 0..<200 {
      let run = try Run(seed: seed)
      var used = try EventTracker(rule: run.rule, settings: run.settings)
      try run.drive(&used) { _, _, _ in }
      _ = used.revise(run.rows)
      used.reset()
      var again: [EventUpdate] = []
      try run.drive(&used) { found, _, _ in again += found }
      #expect(try again == updates(of: run))
    }
  }

  /// What a new tracker tells of the run.
  private func updates(of run: Run) throws -> [EventUpdate] {
    var tracker = try EventTracker(rule: run.rule, settings: run.settings)
    var updates: [EventUpdate] = []
    try run.drive(&tracker) { found, _, _ in updates += found }
    return updates
  }
}

import AdaSpot
import Bus
import Foundation
import Service
import Spotting
import Testing
import Timeline
import Video

/// The live profile and both on a real video with the bundled model.
@Suite struct LiveEngineTests {
  private struct Run {
    var outputs: [EngineOutput] = []
    /// The newest frame when each output came.
    var times: [Int] = []

    var spotted: [EngineOutput.Spotted] {
      outputs.compactMap { if case .event(let spotted) = $0 { spotted } else { nil } }
    }
    var finals: [Event] { spotted.filter { $0.state == .final }.map(\.event) }
  }

  private let model: Model
  private let rule: NMS

  init() throws {
    model = try Bundled.model
    rule = try NMS(.soft, window: 2, threshold: 0.2)
  }

  private func run(_ engine: any StreamEngine, frames: Int = 150) throws -> Run {
    var run = Run()
    let size = model.configuration.highResolution
    let reader = try VideoReader(
      path: Bundled.sample,
      output: PictureSize(rows: size.rows, columns: size.columns))
    var picture = Picture(rows: size.rows, columns: size.columns)
    var frame = 0
    func take(_ output: EngineOutput) {
      run.outputs.append(output)
      run.times.append(frame)
    }
    while frame < frames, let stamp = try reader.next(into: picture) {
      picture = engine.append(picture, stamp, emit: take)
      frame += 1
    }
    engine.finish(emit: take)
    return run
  }

  private func live(_ driving: LiveParameters.Driving, lookahead: Int, both: Bool = false) throws -> LiveEngine {
    try LiveEngine(
      model, parameters: LiveParameters(driving: driving, lookahead: lookahead), isExactBeside: both, startPadding: 5,
      rule: rule)
  }

  /// Every event begins once, counts its revisions, ends once, and changes nothing behind the watermark.
  private func expectRightLifecycles(_ run: Run) {
    var revisions: [Int: Int] = [:]
    var ended: Set<Int> = []
    var watermark = -1
    for output in run.outputs {
      switch output {
      case .watermark(let frame):
        #expect(frame > watermark)
        watermark = frame
      case .event(let spotted):
        #expect(!ended.contains(spotted.number))
        #expect(spotted.revision == (revisions[spotted.number].map { $0 + 1 } ?? 0))
        #expect(spotted.event.frame > watermark)
        revisions[spotted.number] = spotted.revision
        if spotted.state != .provisional { ended.insert(spotted.number) }
      }
    }
    #expect(ended.count == revisions.count)
  }

  @Test("Both: the final events are the exact profile's, announced seconds before")
  func bothEndsAsExact() throws {
    let exact = try run(try ExactEngine(model, startPadding: 5, rule: rule))
    let both = try run(try live(.eager(revise: 8, hop: 1), lookahead: 8, both: true))
    expectRightLifecycles(both)
    let order: (Event, Event) -> Bool = { ($0.frame, $0.label) < ($1.frame, $1.label) }
    #expect(both.finals.sorted(by: order) == exact.finals.sorted(by: order))
    #expect(exact.finals.count >= 5)
    var waits: [Int] = []
    for (output, time) in zip(both.outputs, both.times) {
      if case .event(let spotted) = output, spotted.state == .provisional, spotted.revision == 0 {
        waits.append(time - spotted.event.frame)
      }
    }
    // A peak that shows when its frame is settled has to be seen from the next one.
    #expect((waits.max() ?? .max) <= 8 + rule.reach)
    // Subscribers are told which of both has spoken.
    let early = both.spotted.filter { $0.state == .provisional }
    #expect(early.allSatisfy { $0.profile == .live })
    #expect(both.spotted.filter { $0.state == .final }.allSatisfy { $0.profile == .exact })
    #expect(both.spotted.allSatisfy { $0.profile != .both })
  }

  @Test("Live: events are final after the look-ahead and the NMS wait", arguments: [(1, 4), (2, 8), (4, 4)])
  func liveIsInTime(_ hop: Int, _ lookahead: Int) throws {
    let run = try run(try live(.eager(revise: 8, hop: hop), lookahead: lookahead))
    expectRightLifecycles(run)
    #expect(run.finals.count >= 4)
    for (output, time) in zip(run.outputs, run.times) {
      guard case .event(let spotted) = output, spotted.state == .final else { continue }
      // A lone peak waits for the next frame's settled row; neighbours that climb may make it a few frames more.
      #expect(time - spotted.event.frame <= lookahead + hop - 1 + rule.reach + 4)
    }
  }

  @Test("Announcements that wait for frames come later, and fewer are taken back")
  func announcementWait() throws {
    let (atOnce, waited) = (try announcements(wait: 0), try announcements(wait: 4))
    #expect(waited.earliest >= 4)
    #expect(waited.count < atOnce.count)
    #expect(waited.retracted < atOnce.retracted)
  }

  private func announcements(wait: Int) throws -> (count: Int, retracted: Int, earliest: Int) {
    let run = try run(
      try LiveEngine(
        model, parameters: LiveParameters(driving: .eager(revise: 8, hop: 1), lookahead: 12), isExactBeside: false,
        startPadding: 5, rule: rule, announcementWait: wait))
    expectRightLifecycles(run)
    var waits: [Int] = []
    var retracted = 0
    for (output, time) in zip(run.outputs, run.times) {
      guard case .event(let spotted) = output else { continue }
      if spotted.state == .provisional, spotted.revision == 0 { waits.append(time - spotted.event.frame) }
      if spotted.state == .retracted { retracted += 1 }
    }
    return (waits.count, retracted, waits.min() ?? 0)
  }

  @Test("A second epoch is as the first, with numbers that go on")
  func epochs() throws {
    let engine = try live(.eager(revise: 4, hop: 2), lookahead: 4)
    let first = try run(engine, frames: 80)
    let second = try run(engine, frames: 80)
    #expect(first.spotted.map(\.event) == second.spotted.map(\.event))
    #expect(first.times == second.times)
    let last = first.spotted.map(\.number).max() ?? 0
    #expect(second.spotted.map(\.number).min() == last + 1)
    expectRightLifecycles(second)
  }

  @Test("A slower engine still scores everything")
  func slowdown() throws {
    let engine = try live(.eager(revise: 4, hop: 1), lookahead: 4)
    engine.slowdown = 4
    let run = try run(engine, frames: 101)
    expectRightLifecycles(run)
    #expect(run.outputs.last == .watermark(frame: 100))
  }

  @Test("Videos of one frame, and of none", arguments: [1, 2, 5])
  func shortVideos(_ frames: Int) throws {
    for both in [false, true] {
      let run = try run(try live(.eager(revise: 4, hop: 3), lookahead: 4, both: both), frames: frames)
      expectRightLifecycles(run)
      #expect(run.outputs.last == .watermark(frame: frames - 1))
    }
  }
}

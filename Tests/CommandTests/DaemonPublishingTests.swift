import Bus
import Evaluation
import Foundation
import Testing

@Suite("spotd publishes", .serialized)
struct DaemonPublishingTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  @Test("the expected events of a sample, settled in order, as messages that fit the schemas")
  func sample() throws {
    let daemon = try DaemonHarness(DaemonHarness.sample, ["--threshold", "0.01"])
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0)
    #expect(ended.reason == "end of file")
    #expect(ended.counters["frames"] == 300)
    #expect(ended.counters["events"] == daemon.events.count)
    #expect(ended.watermark == .init(epoch: 0, frame: 299))
    let latency = try #require(ended.latency)
    #expect(latency.p50 <= latency.p90 && latency.p90 <= latency.p99 && latency.p99 <= latency.max)

    try ExpectedEvents("sample_0").expectEqual(
      daemon.events.map { .init(frame: $0.moment.frame, label: $0.label.text, score: $0.score) })
    #expect(daemon.events.allSatisfy { $0.state == .final && $0.revision == 0 && $0.profile == "exact" })
    #expect(Set(daemon.events.map(\.id)).count == daemon.events.count)
    // 25 frames a second in ticks of the container's time base.
    #expect(daemon.events.allSatisfy { abs($0.moment.seconds - Double($0.moment.frame) / 25) < 1e-6 })

    var watermark = -1
    for received in daemon.messages {
      switch received.message.body {
      case .watermark(let moment):
        #expect(moment.frame > watermark)
        watermark = moment.frame
      case .event(let event): #expect(event.moment.frame > watermark)
      default: break
      }
    }
    try daemon.expectValid()
  }

  @Test("what is pending when SIGTERM comes, and ends with code 0")
  func termination() throws {
    let daemon = try DaemonHarness(DaemonHarness.sample, ["--realtime"])
    try daemon.receive { if case .watermark = $0.body { true } else { false } }
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0)
    #expect(ended.reason == "stopped")
    let frames = try #require(ended.counters["frames"])
    #expect((50..<300).contains(frames))
    #expect(ended.watermark == .init(epoch: 0, frame: frames - 1))
    #expect(result.errors.contains("signal=SIGTERM"))
  }

  @Test("no more after a second signal, which ends it at once")
  func secondSignal() throws {
    let daemon = try DaemonHarness(DaemonHarness.sample, ["--realtime"])
    try daemon.receive { if case .watermark = $0.body { true } else { false } }
    daemon.run.signal(SIGINT)
    daemon.run.signal(SIGTERM)
    let result = try daemon.run.finish()
    // Both may come in either order. One alone would have ended it with 0.
    #expect([128 + SIGINT, 128 + SIGTERM].contains(result.status ?? 0), "\(result)")
  }

  @Test("a video at its own rate with --realtime, and a status at least each second")
  func realtime() throws {
    let daemon = try DaemonHarness(clips.start(frames: 75), ["--realtime"])
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0)
    // A machine that is busy with other work may fall behind: what is dropped then is counted.
    #expect((ended.counters["frames"] ?? 0) + (ended.drops["overload"] ?? 0) == 75)
    let running = try #require(daemon.statuses.first { $0.status.state == .running })
    let end = try #require(daemon.statuses.last)
    let seconds = Double(end.time.nanosecondsSince1970 - running.time.nanosecondsSince1970) / 1e9
    // The last frame is due 74 frames after the first; how much later it comes is up to the machine.
    #expect((2.7..<20).contains(seconds), "\(seconds)")
    for (one, next) in zip(daemon.statuses, daemon.statuses.dropFirst()) {
      #expect(one.status.nextWithinMilliseconds == 1_000)
      // They come every 0.9 s: one that is left out shows, one that is late is up to the machine.
      #expect(next.time.nanosecondsSince1970 - one.time.nanosecondsSince1970 < 1_750_000_000)
    }
    #expect(end.status.nextWithinMilliseconds == nil)
    try daemon.expectValid()
  }

  @Test("what decodes of a video that was cut short, and what was lost")
  func truncated() throws {
    let whole = try clips.start(frames: 100)
    let bytes = try Data(contentsOf: URL(filePath: whole))
    let cut = clips.folder.appending(path: "cut.mp4")
    try bytes.prefix(bytes.count * 7 / 10).write(to: cut)
    let daemon = try DaemonHarness(cut.path)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0)
    let frames = try #require(ended.counters["frames"])
    let missing = try #require(ended.counters["missing_frames"])
    #expect((30..<100).contains(frames))
    #expect(frames + missing == 100)
    #expect(ended.reason?.hasPrefix("end of file; lost: cut short, \(missing) of 100 frames missing") == true)
    #expect(!daemon.events.isEmpty)
  }

  @Test("nothing when SIGINT comes before the input has begun")
  func terminationWhileOpening() throws {
    let pipe = clips.folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    let run = try Program.spotd.start(["--input", pipe, "--stream", "s", "--bind", "tcp://127.0.0.1:*"])
    try run.wait(for: "msg=opening", on: .errors)
    run.signal(SIGINT)
    #expect(try run.finish(timeout: 10).status == 0)
  }

  @Test("the end of a video of one frame")
  func oneFrame() throws {
    let (ended, result) = try DaemonHarness(clips.start(frames: 1)).finish()
    #expect(result.status == 0)
    #expect(ended.counters["frames"] == 1)
    #expect(ended.watermark == .init(epoch: 0, frame: 0))
  }
}

/// The events that the published implementation finds in a sample, and how near others must come.
struct ExpectedEvents {
  private static let scoreTolerance = 0.05

  private let events: [PredictedVideo.Event]

  init(_ sample: String) throws {
    let path = Program.packageFolder.appending(path: "Samples/\(sample).expected.json").path
    events = try EventFile.predictions(path: path, video: sample).flatMap(\.events)
  }

  /// Every event of one side that scores at least `leastScore` has one of the same label within a frame on the other, of about
  /// its score. Near the threshold, a grey level more or less decides whether an event is there at all.
  func expectEqual(_ found: [PredictedVideo.Event], leastScore: Double = 0.1) {
    for event in events where event.score >= leastScore { #expect(isThere(event, among: found), "\(event)") }
    for event in found where event.score >= leastScore { #expect(isThere(event, among: events), "\(event)") }
  }

  /// The share of the events before `end` that score at least `leastScore` and of which `found` has one of the same label
  /// within two frames.
  func recall(_ found: [PredictedVideo.Event], before end: Int, leastScore: Double) -> Double {
    let wanted = events.filter { $0.frame < end && $0.score >= leastScore }
    let hits = wanted.count { event in
      found.contains { $0.label == event.label && abs($0.frame - event.frame) <= 2 }
    }
    return Double(hits) / Double(wanted.count)
  }

  private func isThere(_ event: PredictedVideo.Event, among others: [PredictedVideo.Event]) -> Bool {
    others.contains {
      $0.label == event.label && abs($0.frame - event.frame) <= 1
        && abs($0.score - event.score) <= Self.scoreTolerance
    }
  }
}

import Bus
import Evaluation
import Foundation
import TestSupport
import Testing

@Suite("spotd --input test:", .serialized)
struct TestSourceTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  @Test("publishes the events that spot simulate tells of the same seed")
  func events() throws {
    let options = "seed=7&frames=300"
    let daemon = try DaemonHarness("test:?\(options)&pace=free")
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(ended.reason == "end of file")
    #expect(ended.counters["frames"] == 300)
    try daemon.expectValid()
    daemon.expectRightLifecycles()

    let folder = try VideoFolder()
    let simulated = try Program.spot.run([
      "simulate", "--seed", "7", "--frames", "300", "--preset", "ultrafast", "--output", folder.path("clip.mp4"),
      "--truth",
      folder.path("clip.json"),
    ])
    #expect(simulated.status == 0, "\(simulated.errors)")
    let truth = try #require(try EventFile.truth(path: folder.path("clip.json")).first).events
    #expect(truth.count >= 8)
    let published = daemon.events.filter { $0.state == .final }
    let found = truth.filter { event in
      published.contains { $0.label.text == event.label && abs($0.moment.frame - event.frame) <= 1 }
    }
    #expect(found.count * 2 >= truth.count, "\(found.count) of \(truth.count)")
  }

  @Test("plays at its own rate, without an end, until it is stopped")
  func pace() throws {
    // A network that would score many times as many frames a second.
    let daemon = try DaemonHarness(
      "test:?rate=20&seed=2",
      ["--model", clips.smallModel(), "--profile", "live", "--lookahead", "2", "--revise", "0"])
    var first: Int?
    try daemon.receive { message in
      guard case .status(let status) = message.body, status.state == .running || status.state == .degraded else {
        return false
      }
      let frames = status.counters["frames"] ?? 0
      first = first ?? frames
      return frames >= (first ?? 0) + 40
    }
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(ended.reason == "stopped")
    let running = daemon.statuses.filter { $0.status.state == .running || $0.status.state == .degraded }
    let (start, last) = (try #require(running.first), try #require(running.last))
    // A free pace is limited by the network alone.
    let seconds = Double(last.time.nanosecondsSince1970 - start.time.nanosecondsSince1970) / 1e9
    let scored = try #require(last.status.counters["frames"]) - (start.status.counters["frames"] ?? 0)
    #expect(scored >= 40 && Double(scored) <= 20 * seconds + 30, "\(scored) frames in \(seconds) s")
  }

  @Test(
    "wrong options are one clear line",
    arguments: [
      ("test:?sede=3", "--input: test: has no option 'sede', only seed, rate, frames, pace"),
      ("test:?seed=x", "--input: seed: 'x' is not a whole number from 0 to 18446744073709551615"),
      ("test:?seed", "--input: seed: '' is not a whole number"),
      ("test:?seed=3&rate=5&seed=4", "--input: test: gives 'seed' twice"),
      ("test:?rate=fast", "--input: rate: 'fast' is not a number of frames a second such as 25 or 30000/1001"),
      ("test:?rate=5000", "--input: test: a rate of 5000/1 is not from 1 to 1000 frames/s"),
      ("test:?frames=0", "--input: frames: '0' is not a whole number from 1 to 10000000"),
      ("test:?pace=slow", "--input: pace: 'slow' is not one of realtime, free"),
      ("test:?cuts=no", "--input: cuts: 'no' is not true or false"),
      ("test:?ball-scale=0.1", "--input: test: a ball scale of 0.1 is not from 0.25 to 8"),
      ("test:?noise=33", "--input: noise: '33' is not a number from 0 to 32"),
      ("test:3", "--input: 'test:3' is not test: alone or with options"),
    ])
  func options(input: String, message: String) throws {
    let result = try Program.spotd.run(["--input", input, "--stream", "court"])
    #expect(result.status == 2)
    #expect(result.errorLines.count == 1 && result.errors.contains(message), "\(result.errors)")
  }

  @Test("a plan is made for it without opening anything")
  func check() throws {
    let result = try Program.spotd.run([
      "--input", "test:?rate=5", "--stream", "court", "--latency-budget", "5s", "--check-config",
    ])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("# plan"))
    #expect(!result.output.contains("no plan"))
  }
}

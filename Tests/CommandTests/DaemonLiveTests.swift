import Bus
import Evaluation
import Foundation
import Testing

@Suite("spotd, live and both", .serialized)
struct DaemonLiveTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  private func result(of daemon: DaemonHarness) throws -> (ended: StatusData, errors: String) {
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0, "\(result)")
    try daemon.expectValid()
    daemon.expectRightLifecycles()
    return (ended, result.errors)
  }

  @Test("live: provisional before final, final near what the published implementation finds, all counted")
  func live() throws {
    let daemon = try DaemonHarness(clips.start(frames: 150), ["--profile", "live", "--revise", "4"])
    let (ended, errors) = try result(of: daemon)
    for row in ["look-ahead +8 frames", "revisions +every frame, of 4 frames back", "frame rate +25 frames/s"] {
      #expect(try errors.contains(Regex("msg=\"plan:  \(row)")), "\(errors)")
    }
    #expect(daemon.events.allSatisfy { $0.profile == "live" })
    let finals = daemon.events.filter { $0.state == .final }
    let announced = Set(daemon.events.filter { $0.state == .provisional }.map(\.id))
    #expect(finals.count { announced.contains($0.id) } > finals.count / 2)
    let recall = try ExpectedEvents("sample_0").recall(
      finals.map { .init(frame: $0.moment.frame, label: $0.label.text, score: $0.score) }, before: 150,
      leastScore: 0.5)
    #expect(recall >= 0.75)

    #expect(ended.profile == "live")
    #expect(ended.counters["events"] == finals.count)
    #expect(ended.counters["announced"] == announced.count)
    #expect(ended.counters["retracted"] == daemon.events.count { $0.state == .retracted })
    #expect(ended.counters["revised"] == daemon.events.count { $0.state == .provisional && $0.revision > 0 })
    #expect(ended.counters["plan_lookahead"] == 8)
    // Look-ahead and one frame of NMS, at 25 frames a second.
    #expect(ended.counters["plan_algorithmic_ms"] == 360)
    #expect(ended.counters["budget_missed"] == nil)
    let latency = try #require(ended.latencyByState)
    #expect(try #require(latency["provisional"]).p50 <= #require(latency["final"]).p50)
  }

  @Test("both: the final events are those of the exact profile")
  func both() throws {
    let clip = try clips.start(frames: 110)
    let exact = try DaemonHarness(clip)
    _ = try result(of: exact)
    let both = try DaemonHarness(clip, ["--profile", "both", "--lookahead", "2", "--revise", "1"])
    let (ended, _) = try result(of: both)
    #expect(ended.profile == "both")
    func finals(_ daemon: DaemonHarness) -> [[String]] {
      daemon.events.filter { $0.state == .final }
        .map { [String(format: "%06d", $0.moment.frame), $0.label.text, "\($0.score)"] }
        .sorted { $0.lexicographicallyPrecedes($1) }
    }
    #expect(finals(both) == finals(exact))
    #expect(finals(exact).count >= 4)
    #expect(both.events.contains { $0.state == .provisional })
  }

  @Test("final events and watermarks alone with --finals-only")
  func finalsOnly() throws {
    let daemon = try DaemonHarness(
      clips.start(frames: 80), ["--profile", "live", "--lookahead", "4", "--revise", "2", "--finals-only"])
    let (ended, _) = try result(of: daemon)
    #expect(!daemon.events.isEmpty)
    #expect(daemon.events.allSatisfy { $0.state == .final && $0.revision == 0 })
    #expect(ended.watermark == .init(epoch: 0, frame: 79))
  }

  // Plans go by the cost measured at the start; at a few frames a second even a machine with no time to spare keeps up.

  @Test("a budget chooses the profile, and its latency is kept and counted", .timeLimit(.minutes(2)))
  func realtime() throws {
    let daemon = try DaemonHarness("test:?rate=5&frames=40", ["--latency-budget", "3s", "--threshold", "0"])
    let (ended, errors) = try result(of: daemon)
    #expect(errors.contains("of the budget of 3000 ms"))
    #expect(ended.profile == "live")
    #expect(ended.counters["budget_ms"] == 3000)
    #expect(ended.counters["budget_missed"] != nil)
    #expect(try #require(ended.counters["frames"]) + (ended.drops["overload"] ?? 0) == 40)
    let planned = Double(try #require(ended.counters["plan_algorithmic_ms"]))
    #expect((1000..<3000).contains(planned))
    // Tests share the machine with others: the median, with much room.
    let measured = try #require(ended.latencyByState?["final"]).p50
    #expect(measured < planned + 1000)
  }

  private static let slowCamera = "test:?rate=2"

  private func check(_ input: String, _ arguments: String...) throws -> ProgramRun.Result {
    try Program.spotd.run(["--input", input, "--stream", "s", "--check-config", "--log-level", "error"] + arguments)
  }

  @Test("--check-config shows the plan: live for a short budget, exact for a long one")
  func plans() throws {
    let short = try check(Self.slowCamera, "--latency-budget", "5s")
    #expect(short.status == 0, "\(short)")
    #expect(short.output.contains(/(?m)^#  profile +live$/), "\(short)")
    #expect(short.output.contains(/(?m)^#  margin +\d+ ms of the budget of 5000 ms$/), "\(short)")
    let long = try check(Self.slowCamera, "--latency-budget", "100s")
    #expect(long.output.contains(/(?m)^#  profile +exact$/), "\(long)")
    #expect(try check("/nowhere.mp4", "--profile", "live").output.hasSuffix("no plan: the video is not here\n"))
  }

  @Test("--check-config plans for the fields of an interlaced video, as the daemon does, unless they are left together")
  func interlaced() throws {
    let clip = try clips.make(
      "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=50", "-frames:v", "30", "-pix_fmt", "yuv420p", "-vf",
      "tinterlace=interleave_top,fieldorder=tff", "-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-g", "5", "fields.ts")
    let fields = try check(clip, "--profile", "live")
    #expect(fields.output.contains(/(?m)^#  frame rate +50 frames\/s$/), "\(fields)")
    let pictures = try check(clip, "--profile", "live", "--deinterlace", "off")
    #expect(pictures.output.contains(/(?m)^#  frame rate +25 frames\/s$/), "\(pictures)")
  }

  @Test("a budget that cannot be met names the least possible one: 2")
  func impossible() throws {
    for arguments in [["--latency-budget", "1ms"], ["--latency-budget", "5s", "--profile", "exact"]] {
      let result = try Program.spotd.run(
        ["--input", Self.slowCamera, "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--log-level", "error"]
          + arguments)
      #expect(result.status == 2, "\(result)")
      #expect(result.errorLines.count == 1)
      #expect(result.errors.contains(/cannot be met; the least possible here is \d+ ms/), "\(result)")
    }
  }

  @Test("a video that declares no frame rate has a budget only with --frame-rate")
  func noFrameRate() throws {
    // One frame in a container that keeps no rate leaves libav nothing to guess it from.
    let clip = try clips.make("-f", "lavfi", "-i", "testsrc2=size=64x48", "-frames:v", "1", "one.nut")
    let refused = try check(clip, "--latency-budget", "5s")
    #expect(refused.status == 2)
    #expect(refused.errorLines.count == 1)
    #expect(refused.errors.contains("the video declares no frame rate to plan a latency budget for: give --frame-rate"))
    let planned = try check(clip, "--latency-budget", "5s", "--frame-rate", "2")
    #expect(planned.output.contains(/(?m)^#  frame rate +2 frames\/s$/), "\(planned)")
    let live = try check(clip, "--profile", "live")
    #expect(live.status == 0)
    #expect(live.output.hasSuffix("# plan\n#  none: the video declares no frame rate\n"), "\(live)")
  }
}

import Bus
import Foundation
import Testing

@Suite("spotd under pressure", .serialized)
struct DaemonPressureTests {
  /// More frames a second than any machine scores.
  private static let rate = 600
  private static let frames = 1_200
  /// Bytes. The model, its rings and the waiting pictures; the whole video would take 300 MiB more.
  private static let mostMemory = 500 << 20

  private let clip: String
  private let clips: DaemonClips

  init() throws {
    clips = try DaemonClips()
    clip = try clips.make(
      "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=\(Self.rate)", "-frames:v", "\(Self.frames)", "-pix_fmt",
      "yuv420p",
      "fast.mp4")
  }

  @Test(
    "gives up revisions, then frames; tells what is missing; keeps every epoch whole", arguments: ["live", "exact"])
  func overload(profile: String) throws {
    let daemon = try DaemonHarness(clip, ["--realtime", "--profile", profile])
    // At each message, since the first gap may come right before the daemon's end.
    var memory = 0
    try daemon.receive {
      memory = max(memory, daemon.run.peakMemory ?? 0)
      return if case .gap = $0.body { true } else { false }
    }
    #expect(memory > 0 && memory < Self.mostMemory)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0, "\(result)")
    try daemon.expectValid()
    daemon.expectRightLifecycles()

    let gaps = daemon.gaps
    #expect(gaps.map(\.epoch) == Array(0..<gaps.count))
    #expect(gaps.allSatisfy { $0.reason == .overload })
    let missing = try gaps.map { try #require($0.lastFrame) - $0.firstFrame + 1 }.reduce(0, +)
    #expect(ended.drops["overload"] == missing)
    #expect(ended.counters["gaps"] == gaps.count)
    #expect(try #require(ended.counters["frames"]) + missing == Self.frames)

    let degraded = daemon.statuses.map(\.status).filter { $0.state == .degraded }
    #expect(degraded.contains { $0.reason == "behind: dropping frames" })
    let steps = result.errors.matches(of: /msg=pressure entered="behind: ([a-z ]+)"/).map { String($0.1) }
    let order = profile == "live" ? ["half as many revisions", "a quarter as many revisions"] : []
    #expect(Array(steps.prefix(order.count + 1)) == order + ["dropping frames"], "\(steps)")
  }

  @Test("nothing when it need not keep pace")
  func unpaced() throws {
    let short = try clips.make("-i", clip, "-frames:v", "60", "-c", "copy", "short.mp4")
    let daemon = try DaemonHarness(short, ["--profile", "live", "--revise", "1"])
    let (ended, _) = try daemon.finish()
    #expect(ended.counters["frames"] == 60)
    #expect(ended.drops["overload"] == 0)
    #expect(daemon.gaps.isEmpty)
    #expect(daemon.statuses.allSatisfy { $0.status.state != .degraded })
  }
}

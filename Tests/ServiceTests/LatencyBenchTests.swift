import AdaSpot
import Foundation
import Service
import Testing

/// The bench that plays a video and divides its time among the stages.
@Suite(.serialized) struct LatencyBenchTests {
  private func run(_ change: (inout LatencyBenchSettings) -> Void) throws -> LatencyBenchReport {
    let model = try Bundled.model
    var settings = LatencyBenchSettings(video: Bundled.sample)
    settings.parameters = LiveParameters(driving: .eager(revise: 4, hop: 4), lookahead: 4)
    change(&settings)
    return try LatencyBench(model: model, settings: settings).run()
  }

  @Test("Every frame passes every stage", arguments: [Profile.live, .exact])
  func stages(_ profile: Profile) throws {
    let report = try run { $0.profile = profile }
    #expect(
      report.stages.map(\.name) == [
        "receive", "decode", "scale", "wait", "lr", "RoI", "hr", "GRU", "NMS", "publish",
      ])
    for stage in report.stages.dropLast() { #expect(stage.count == 300, "\(stage.name)") }
    #expect(try #require(report.stages.last).count > 10)
    for stage in report.stages { #expect(stage.p50 <= stage.p99 && stage.p99 <= stage.max) }
    #expect(report.events.isEmpty)
    #expect(report.plan.profile == profile)
    let json = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
    #expect((json?["plan"] as? [String: Any])?["lookahead"] as? Int == (profile == .live ? 4 : nil))
    #expect((json?["stages"] as? [[String: Any]])?.count == report.stages.count)
    #expect(report.description.contains("\(report.machine)"))
  }

  @Test("In real time, final events come no earlier than look-ahead and NMS allow, and reach a subscriber")
  func realtime() throws {
    let report = try run {
      $0.isRealtime = true
      $0.frameRate = 60
    }
    let final = try #require(report.events.first { $0.name == "final" })
    #expect(final.p50 >= 4000.0 / 60)
    #expect(final.algorithmic == 8 * (1000.0 / 60))
    #expect(report.events.contains { $0.name == "final, received" && $0.count == final.count })
    #expect(report.plot.contains("algorithmic 133 ms"))
  }

  @Test("A percentile is the least time that so many in 100 do not exceed", arguments: [0, 1, 2, 3, 99, 100, 101, 300])
  func percentiles(_ count: Int) {
    let times = LatencyBenchReport.Times("lr", (0..<count).reversed().map { Double($0 + 1) })
    // One time for each whole number, so that as many do not exceed a time as it says.
    #expect(times.p50 == (0.5 * Double(count)).rounded(.up))
    #expect(times.p99 == (0.99 * Double(count)).rounded(.up))
    #expect(times.max == Double(count) && times.count == count)
  }

  @Test("Settings that make no sense are named")
  func badSettings() {
    func problem(_ change: (inout LatencyBenchSettings) -> Void) -> String {
      do {
        _ = try run(change)
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem { $0.frameRate = 0 }.contains("frame rate 0.0"))
    #expect(problem { $0.budget = -1 }.contains("latency budget"))
    #expect(problem { $0.budget = 1e300 }.contains("latency budget 1e+300 s is not above 0, up to 3600 s"))
    #expect(problem { $0.budget = 0.0001 }.contains("least possible"))
    #expect(problem { $0.parameters.lookahead = -2 }.contains("lookahead -2"))
    #expect(problem { $0.video = "missing.mp4" }.contains("missing.mp4"))
  }
}

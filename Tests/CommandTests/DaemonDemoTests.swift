import Evaluation
import Foundation
import Testing

@Suite("tools/demo")
struct DaemonDemoTests {
  /// Runs the demo with the programs that were built with the tests.
  private func demo(_ arguments: [String]) throws -> ProgramRun.Result {
    let process = Process()
    process.executableURL = Program.packageFolder.appending(path: "tools/demo")
    process.arguments = arguments
    let programs = URL(filePath: try Program.spot.path).deletingLastPathComponent().path
    process.environment = ProcessInfo.processInfo.environment.merging(["SPOT_DEMO_PROGRAMS": programs]) { $1 }
    return try ProgramRun(process, input: nil).finish()
  }

  @Test("shows the sample's events and sets them against the true ones")
  func headless() throws {
    let result = try demo(["--headless"])
    #expect(result.status == 0, "\(result)")
    let shown = result.output.matches(of: /(?m)^\d\d:\d\d:\d\d\.\d\d\d  frame +(\d+)  (\S+) +(\d\.\d+)  final/)
    #expect(shown.count >= 9)
    try ExpectedEvents("sample_0").expectEqual(
      shown.map { .init(frame: Int($0.1) ?? -1, label: String($0.2), score: Double($0.3) ?? -1) }, leastScore: 0.42)
    #expect(result.output.contains(/246  near_court_serve +246 +±0/))
    #expect(result.output.contains(/found \d+ of 11, \d+ false alarms/))
    let precision = try #require(result.output.firstMatch(of: /mAP@1 +([\d.]+)/))
    #expect(try #require(Double(precision.1)) > 75)
  }

  @Test("a video that is not there is one line and code 2")
  func noVideo() throws {
    let result = try demo(["--headless", "/nowhere.mp4"])
    #expect(result.status == 2)
    #expect(result.errorLines == ["demo: /nowhere.mp4: there is no such file"])
  }
}

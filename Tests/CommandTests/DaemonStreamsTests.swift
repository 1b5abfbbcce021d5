import Bus
import Foundation
import Testing

@Suite("spotd runs several streams")
struct DaemonStreamsTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  /// A running daemon and all that it publishes.
  private func start(_ configuration: String, _ arguments: [String] = []) throws -> (ProgramRun, Subscriber) {
    let path = try clips.write(configuration, to: "spotd.yaml")
    let run = try Program.spotd.start(
      ["--config", path, "--bind", "tcp://127.0.0.1:*", "--wait-for-subscriber", "20"] + arguments)
    let log = try run.wait(for: "msg=publishing", on: .errors)
    let endpoint = try #require(log.firstMatch(of: /endpoint=(\S+)/).map { String($0.1) })
    return (run, try Subscriber(endpoint))
  }

  @Test("each publishes its own; one that fails leaves the others be, and gives the exit code")
  func several() throws {
    let whole = try clips.start(frames: 30)
    let short = try clips.start(frames: 12, as: "short.mp4")
    let (run, subscriber) = try start(
      """
      profile: live
      streams:
        court1:
          input: \(whole)
        gone:
          input: /nowhere.mp4
        court2:
          input: \(short)
          profile: exact
      """)
    var ended: [String: StatusData] = [:]
    var sequences: [String: [UInt64]] = [:]
    let deadline = Date(timeIntervalSinceNow: 60)
    while ended.count < 3, Date() < deadline {
      guard let message = try subscriber.receive(timeout: .milliseconds(200))?.message else { continue }
      if !message.isRetained { sequences[message.stream.text, default: []].append(message.sequence) }
      if case .status(let status) = message.body, status.state == .ended { ended[message.stream.text] = status }
    }
    let result = try run.finish()
    #expect(result.status == 2, "\(result)")
    #expect(result.errorLines.last?.hasPrefix("spotd: /nowhere.mp4: cannot open: ") == true, "\(result.errors)")
    #expect(result.errors.contains("level=error msg=failed reason=\"/nowhere.mp4: "), "\(result.errors)")
    #expect(ended["court1"]?.counters["frames"] == 30)
    #expect(ended["court1"]?.profile == "live")
    #expect(ended["court2"]?.counters["frames"] == 12)
    #expect(ended["court2"]?.profile == "exact")
    #expect(ended["gone"]?.reason?.hasPrefix("/nowhere.mp4: cannot open: ") == true)
    for (stream, numbers) in sequences {
      #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 }, "\(stream): \(numbers)")
    }
  }

  @Test("SIGTERM ends all of them in order: 0")
  func termination() throws {
    let (run, _) = try start(
      """
      realtime: true
      streams:
        court1:
          input: \(DaemonHarness.sample)
        court2:
          input: \(DaemonHarness.sample)
      """)
    try run.wait(for: "msg=starting", on: .errors)
    run.signal(SIGTERM)
    let result = try run.finish(timeout: 20)
    #expect(result.status == 0, "\(result)")
    #expect(result.errorLines.count { $0.contains("msg=ended") && $0.contains("reason=stopped") } == 2)
  }

  @Test("--check-config tells the settings and plans of all")
  func check() throws {
    let path = try clips.write(
      """
      streams:
        court1:
          input: \(DaemonHarness.sample)
          latency-budget: 30s
        court2:
          input: udp://127.0.0.1:1
          profile: live
      """, to: "spotd.yaml")
    let result = try Program.spotd.run(["--config", path, "--check-config"])
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("\n# plan of court1\n"))
    #expect(result.output.contains("\n# no plan of court2: the video is not here"))
    // What is told can be read again.
    let again = try clips.write(result.output, to: "again.yaml")
    #expect(try Program.spotd.run(["--config", again, "--check-config"]).status == 0)
  }
}

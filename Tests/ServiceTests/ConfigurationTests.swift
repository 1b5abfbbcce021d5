import AdaSpot
import Bus
import Foundation
import Service
import Testing
import Video

@Suite("settings")
struct ConfigurationTests {
  @Test("keys, flags and variables come from one definition")
  func names() {
    #expect(DaemonSetting.nmsWindow.key == "nms-window")
    #expect(DaemonSetting.nmsWindow.flag == "--nms-window")
    #expect(DaemonSetting.nmsWindow.variable == "SPOTD_NMS_WINDOW")
  }

  private func page(_ path: String) throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  @Test(
    "docs/operations.md has the row of every setting, as its definition gives it", arguments: DaemonSetting.allCases)
  func documentation(setting: DaemonSetting) throws {
    let lines = try page("docs/operations.md").split(separator: "\n")
    #expect(lines.count { $0 == setting.documentationRow } == 1, "expected the row\n\(setting.documentationRow)")
  }

  @Test("docs/operations.md tells each metric whose name does not follow from its counter's")
  func metricsDocumentation() throws {
    let rows = try page("docs/operations.md").split(separator: "\n").filter { $0.hasPrefix("| `") }
    for metric in StreamMetric.all where metric.name != "spotd_\(metric.counter)_total" {
      let row = rows.first { $0.hasPrefix("| `\(metric.counter)`") || $0.contains(", `\(metric.counter)`") }
      #expect(row?.contains(metric.name) == true, "\(metric.counter): \(metric.name)")
      if let label = metric.label { #expect(row?.contains("\"\(label.value)\"") == true, "\(metric.counter)") }
    }
  }

  @Test("the example file is what --print-example-config prints, and can be used as it is")
  func exampleFile() throws {
    #expect(try page("systemd/spotd.example.yaml") == ExampleConfiguration.text)
    let file = try TemporaryConfiguration(ExampleConfiguration.text)
    let configuration = try DaemonConfiguration(file: file.path)
    #expect(configuration.streams.map(\.name.text) == ["court1"])
  }

  @Test("what the example file shows of a setting is accepted", arguments: DaemonSetting.allCases)
  func exampleValues(setting: DaemonSetting) throws {
    #expect(
      ExampleConfiguration.text.contains("\n#\(setting.key): \(setting.definition.example)\n")
        || ExampleConfiguration.text.contains("\n\(setting.key): \(setting.definition.example)\n"))
    var flags: [DaemonSetting: String] = [.input: "a.mp4", .stream: "s"]
    flags[setting] = setting.definition.example
    if [.lookahead, .revise, .hop].contains(setting) { flags[.profile] = "live" }
    if setting == .frameRate { flags[.latencyBudget] = "1s" }
    _ = try DaemonConfiguration(flags: flags)
  }

  @Test("every default is a value that is accepted")
  func defaults() throws {
    let configuration = try DaemonConfiguration(flags: [.input: "a.mp4", .stream: "s"])
    #expect(configuration.endpoint == "tcp://127.0.0.1:5570")
    #expect(configuration.subscriberWait == .zero)
    #expect(configuration.streams.count == 1)
    let stream = configuration.streams[0]
    #expect(stream.threshold == 0.2)
    #expect(stream.nmsWindow == nil)
    #expect(stream.startPadding == 5)
    #expect(!stream.isRealtime)
    #expect(stream.driving.profile == nil)
    #expect(stream.driving.budget == nil)
    #expect(!stream.driving.isFinalsOnly)
  }

  @Test("no secret is printed: neither by what is in force nor by an error")
  func secrets() throws {
    let configuration = try DaemonConfiguration(flags: [
      .input: "rtsp://me:hidden1@host/court?x=1", .stream: "s",
      .sourceOption: "passphrase=hidden2 latency=50000 srtp_out_params=a SecretKey=hidden3",
    ])
    let text = configuration.description
    #expect(text.contains("rtsp://***@host/court?x=1"), "\(text)")
    #expect(text.contains("passphrase=*** latency=50000 srtp_out_params=a SecretKey=***"), "\(text)")
    #expect(!text.contains("hidden"))
    #expect(configuration.streams[0].source.options.native["passphrase"] == "hidden2")
    let error = try #require(throws: ServiceError.self) {
      _ = try DaemonConfiguration(flags: [.input: "a", .stream: "s", .sourceOption: "passphrase=one hidden"])
    }
    #expect("\(error)".contains("--source-option: word 2 is no option such as in"))
    #expect(!"\(error)".contains("hidden"))
  }

  @Test(
    "what may wait for a sender is opened once the stream's state is published, all else at once",
    arguments: [
      ("v4l2:/dev/video0", true), ("/nowhere/court.sdp", true), ("file:///nowhere/court.sdp", true), ("pipe:0", true),
      ("-", true), ("udp://127.0.0.1:1", true), ("RTSP://host/court", true), ("/nowhere/a.mp4", false),
      ("file:///nowhere/a.mp4", false), ("gopher://host/court", false), ("concat:a|b", false), ("/", false),
      ("test:", false), ("test:?first-frame=7", false),
    ])
  func waiting(input: String, waits: Bool) throws {
    let configuration = try DaemonConfiguration(flags: [.input: input, .stream: "s"])
    #expect(configuration.streams[0].waitsForSender == waits)
  }

  private func driving(_ flags: [DaemonSetting: String]) throws -> DrivingSettings {
    try DaemonConfiguration(flags: flags.merging([.input: "a.mp4", .stream: "s"]) { $1 }).streams[0].driving
  }

  @Test(
    "a latency budget is a number with its unit",
    arguments: [("400ms", 0.4), ("1.5s", 1.5), ("0.5ms", 0.0005), ("3600s", 3_600)])
  func budgets(text: String, seconds: Double) throws {
    #expect(abs(try #require(try driving([.latencyBudget: text]).budget) - seconds) < 1e-12)
  }

  @Test(
    "a budget's edge among the metrics is written as the budget is",
    arguments: [("9ms", "0.009"), ("43ms", "0.043"), ("102ms", "0.102"), ("287ms", "0.287"), ("1.5s", "1.5")])
  func budgetEdges(text: String, edge: String) throws {
    let budget = try driving([.latencyBudget: text]).budget
    var page = MetricsText()
    page.histogram("a", [:], LatencyBuckets(budget: budget))
    #expect(page.text.contains("a_bucket{le=\"\(edge)\"} 0\n"), "\(page.text)")
  }

  @Test("the live lane's parameters, and what they are where nothing is said")
  func liveParameters() throws {
    let usual = try driving([.profile: "live"]).parameters
    #expect(usual == LiveParameters(driving: .eager(revise: 8, hop: 1), lookahead: 8))
    let wide = try driving([.profile: "both", .hop: "16", .lookahead: "0"]).parameters
    #expect(wide == LiveParameters(driving: .eager(revise: 15, hop: 16), lookahead: 0))
    let given = try driving([.profile: "live", .hop: "2", .revise: "1"]).parameters
    #expect(given == LiveParameters(driving: .eager(revise: 1, hop: 2), lookahead: 8))
  }

  @Test(
    "settings of the live lane that contradict others, or are none",
    arguments: [
      ([.latencyBudget: "400"], "--latency-budget: '400' is not a time such as 400ms or 1.5s, up to 3600s"),
      ([.latencyBudget: "0ms"], "--latency-budget: '0ms' is not a time"),
      ([.latencyBudget: "-1s"], "--latency-budget: '-1s' is not a time"),
      ([.latencyBudget: "2h"], "--latency-budget: '2h' is not a time"),
      ([.latencyBudget: "nans"], "--latency-budget: 'nans' is not a time"),
      ([.profile: "fast"], "--profile: 'fast' is not one of exact, live, both"),
      ([.lookahead: "4"], "--lookahead: goes with profile live or both only"),
      ([.profile: "exact", .hop: "1"], "--hop: goes with profile live or both only"),
      ([.profile: "live", .lookahead: "-1"], "--lookahead: '-1' is not a whole number from 0"),
      ([.profile: "live", .hop: "0"], "--hop: '0' is not a whole number from 1"),
      ([.profile: "live", .hop: "4", .revise: "2"], "--revise: 2 leaves out frames between revisions 4 frames apart"),
      (
        [.profile: "live", .revise: "2", .latencyBudget: "1s"],
        "--revise: does not go with latency-budget, which chooses it"
      ),
      ([.frameRate: "25"], "--frame-rate: goes with latency-budget only"),
      ([.latencyBudget: "1s", .frameRate: "0"], "--frame-rate: '0' is not a number above 0"),
      ([.profile: "both", .announceWait: "9"], "--announce-wait: 9 frames are more than the look-ahead of 8"),
      (
        [.profile: "both", .lookahead: "2", .announceWait: "3"],
        "--announce-wait: 3 frames are more than the look-ahead of 2"
      ),
      (
        [.profile: "both", .latencyBudget: "1s", .finalsOnly: "true"],
        "--finals-only: does not go with latency-budget and profile both"
      ),
    ] as [([DaemonSetting: String], String)])
  func contradictions(flags: [DaemonSetting: String], problem: String) throws {
    let error = try #require(throws: ServiceError.self) { _ = try driving(flags) }
    #expect(error.exitCode == 2)
    #expect("\(error)".hasPrefix(problem), "\(error)")
  }

  @Test("an announcement may wait as long as the look-ahead in both, longer in live, and both may tell finals only")
  func waits() throws {
    #expect(try driving([.profile: "both", .announceWait: "8"]).announcementWait == 8)
    #expect(try driving([.profile: "live", .announceWait: "9"]).announcementWait == 9)
    #expect(try driving([.profile: "both", .finalsOnly: "true"]).isFinalsOnly)
    #expect(try driving([.profile: "live", .latencyBudget: "1s", .finalsOnly: "true"]).isFinalsOnly)
  }

  @Test(
    "a mistyped key finds the one that was meant",
    arguments: [
      ("inptu", "input"), ("startpadding", "start-padding"), ("START_PADDING", "start-padding"), ("bin", "bind"),
      ("endpoint", nil), ("x", nil), ("", nil),
    ])
  func nearMatch(word: String, expected: String?) {
    #expect(nearest(to: word, among: DaemonSetting.allCases.map(\.key)) == expected)
  }

  @Test(
    "log values are quoted where they would not be one word",
    arguments: [
      ("plain", "plain"), ("", "\"\""), ("two words", "\"two words\""), ("a=b", "\"a=b\""), ("a\nb", #""a\nb""#),
      ("\u{1B}[2J", #""\u001b[2J""#), ("q\"", #""q\"""#), ("é", "é"),
    ])
  func quoting(value: String, line: String) { #expect(LineLogHandler.quoted(value) == line) }
}

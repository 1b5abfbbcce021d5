import AdaSpot
import Bus
import Foundation
import Service
import Testing

@Suite("settings of several streams")
struct SeveralStreamsTests {
  private func read(
    _ text: String, flags: [DaemonSetting: String] = [:], environment: [String: String] = [:]
  ) throws -> DaemonConfiguration {
    let file = try TemporaryConfiguration(text)
    return try DaemonConfiguration(flags: flags, environment: environment, file: file.path)
  }

  private static let courts = """
    bind: tcp://127.0.0.1:6000
    threshold: 0.3
    latency-budget: 1s
    streams:
      court1:
        input: a.mp4
      court2:
        input: b.mp4
        threshold: 0.5
        latency-budget: 400ms
    """

  @Test("each has its own values, and those of the file's top where it has none")
  func defaults() throws {
    let configuration = try read(Self.courts)
    #expect(configuration.endpoint == "tcp://127.0.0.1:6000")
    #expect(configuration.streams.map(\.name.text) == ["court1", "court2"])
    #expect(configuration.streams.map(\.input) == ["a.mp4", "b.mp4"])
    #expect(configuration.streams.map(\.threshold) == [0.3, 0.5])
    #expect(configuration.streams.map(\.driving.budget) == [1, 0.4])
    #expect(configuration.streams.map(\.startPadding) == [5, 5])
  }

  @Test("flags and the environment win over the settings of every stream")
  func precedence() throws {
    let configuration = try read(
      Self.courts, flags: [.threshold: "0.6"], environment: ["SPOTD_LATENCY_BUDGET": "2s", "SPOTD_THRESHOLD": "0.7"])
    #expect(configuration.streams.map(\.threshold) == [0.6, 0.6])
    #expect(configuration.streams.map(\.driving.budget) == [2, 2])
  }

  @Test("the settings in force are told in the file's own form, and mean the same")
  func description() throws {
    let configuration = try read(Self.courts)
    let text = configuration.description
    #expect(text.contains("\nstreams:\n  court1:  # "))
    #expect(text.contains("\n    threshold: 0.5  # "))
    let again = try read(text)
    #expect(again.streams.map(\.name.text) == ["court1", "court2"])
    #expect(again.streams.map(\.threshold) == [0.3, 0.5])
    #expect(again.endpoint == configuration.endpoint)
  }

  @Test(
    "values that YAML would take for something else are quoted",
    arguments: ["a b", "# 1", "x: y", "null", "", "*", "\u{1B}", "say \"hi\"", "back\\slash", "tcp://127.0.0.1:*", "-"])
  func quoting(value: String) throws {
    let configuration = try DaemonConfiguration(flags: [.input: value.isEmpty ? " " : value, .stream: "court 1"])
    let again = try read(configuration.description)
    #expect(again.streams.map(\.input) == configuration.streams.map(\.input))
    #expect(again.streams.map(\.name) == configuration.streams.map(\.name))
  }

  @Test(
    "mistakes are told with their line and the stream",
    arguments: [
      ("streams:\n", ":1: streams: expected names of streams with their settings below them"),
      ("streams: {}\n", ":1: streams: expected names of streams"),
      ("streams: [a]\n", ":1: streams: expected names of streams"),
      ("streams:\n  a:\n", ":2: streams.a: expected settings of the stream, such as 'input: …', below its name"),
      ("streams:\n  a: 7\n", ":2: streams.a: expected settings of the stream"),
      ("streams:\n  [a]:\n    input: x\n", ":2: streams.?: expected settings of the stream"),
      ("streams:\n  a:\n    realtime: true\n", ":2: streams.a: input is missing"),
      (
        "streams:\n  a:\n    input: x\n    treshold: 0.2\n",
        ":4: there is no setting 'treshold' of streams.a; did you mean 'threshold'?"
      ),
      (
        "streams:\n  a:\n    input: x\n    bind: tcp://127.0.0.1:1\n",
        ":4: streams.a.bind: is for all streams: it goes to the file's top"
      ),
      ("streams:\n  a:\n    input: x\n    stream: b\n", ":4: streams.a.stream: is the stream's name above it"),
      (
        "streams:\n  a:\n    input: x\n    threshold: 2\n",
        ":4: streams.a.threshold: '2' is not a number from 0 to 1"
      ),
      ("streams:\n  a:\n    input: [x]\n", ":3: streams.a.input: expected a single value"),
      ("streams:\n  a:\n    input: x\n  a:\n    input: y\n", "given twice: a"),
      ("streams:\n  '':\n    input: x\n", ":2: streams.: '' is not a stream name: "),
      ("steams:\n  a:\n    input: x\n", ":1: there is no setting 'steams'; did you mean 'streams'?"),
      (
        "input: x\nstreams:\n  a:\n    input: x\n",
        ":1: input: does not go with 'streams:' in the file, where each stream has its own"
      ),
    ])
  func mistakes(text: String, problem: String) throws {
    let error = try #require(throws: ServiceError.self) { _ = try read(text) }
    #expect(error.exitCode == 6)
    #expect("\(error)".contains(problem), "\(error)")
  }

  @Test("--input does not go with several streams: 2")
  func input() throws {
    let error = try #require(throws: ServiceError.self) { _ = try read(Self.courts, flags: [.input: "x"]) }
    #expect(error.exitCode == 2)
    #expect("\(error)".hasPrefix("--input: does not go with 'streams:'"), "\(error)")
  }

  @Test(
    "a stream's share of the machine",
    arguments: [(1, 2, 1.0), (2, 2, 1.0), (3, 2, 2.0 / 3), (8, 1, 0.125)])
  func share(streams: Int, cores: Int, share: Double) {
    #expect(CoreShare(streams: streams, cores: cores).share == share)
  }

  @Test("a plan on half a core takes twice as long, and as much of it")
  func plannedShare() throws {
    let cost = CostModel(
      operators: [0.004, 0.006], repeats: [0.003, 0.005], delays: [2, 4], reaches: [4, 8], step: 0.0001, clipLength: 64)
    let parameters = LiveParameters(driving: .eager(revise: 4, hop: 1), lookahead: 4)
    func plan(_ share: Double) -> LatencyPlan {
      LatencyPlanner(
        cost: cost.onShare(share), grid: ClipGrid(length: 64, padding: 5), frameRate: 25, nmsWait: 1
      ).live(parameters, isExactBeside: false)
    }
    let (whole, half) = (plan(1), plan(0.5))
    #expect(abs(half.utilization - 2 * whole.utilization) < 1e-12)
    #expect(abs(half.computing - 2 * whole.computing) < 1e-12)
    #expect(half.algorithmic == whole.algorithmic)
  }
}

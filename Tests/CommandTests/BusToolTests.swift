import Bus
import Foundation
import Testing
import Timeline

/// A daemon's bus without its pictures: a stream whose messages the test decides.
private final class Court: Sendable {
  let publisher: Publisher
  let replay: ReplayEndpoint
  let stream: Name
  let folder: URL

  init() throws {
    let run = RunID()
    let log = try ReplayLog(run: run)
    publisher = try Publisher(.init(endpoint: "tcp://127.0.0.1:*"), run: run, log: log)
    replay = try ReplayEndpoint("tcp://127.0.0.1:*", log: log)
    stream = try Name("court1")
    folder = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    publisher.publish(.status(StatusData(state: .running)), stream: stream)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Waits for `condition`, at most 20 seconds.
  func patiently(_ what: String, _ condition: () -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: 20)
    while !condition() {
      try #require(Date() < deadline, "waited in vain for \(what)")
      usleep(5_000)
    }
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  func publish(_ frames: Range<Int>, score: Double = 0.875) throws {
    for frame in frames {
      let time = MediaTime(pts: Int64(frame) * 40, timeBase: TimeBase(numerator: 1, denominator: 1_000))
      publisher.publish(
        .event(
          EventData(
            id: "\(frame)", state: .final, revision: 0, label: try Name("serve"), labelIndex: 1,
            moment: Moment(frame: frame, epoch: 0, time: time), score: score, profile: "exact")), stream: stream)
    }
  }

  /// A state of an event at `frame` that is not its last word.
  func announce(_ frame: Int, _ state: EventData.State, _ revision: Int, score: Double) throws {
    let time = MediaTime(pts: Int64(frame) * 40, timeBase: TimeBase(numerator: 1, denominator: 1_000))
    publisher.publish(
      .event(
        EventData(
          id: "\(frame)", state: state, revision: revision, label: try Name("serve"), labelIndex: 1,
          moment: Moment(frame: frame, epoch: 0, time: time), score: score, profile: "live")), stream: stream)
  }

  func end(frames: Int = 100) { end(counters: ["frames": frames]) }

  func end(counters: [String: Int]) {
    publisher.publish(.status(StatusData(state: .ended, reason: "end of file", counters: counters)), stream: stream)
  }

  func record(_ name: String, _ arguments: [String] = [], setup: String? = nil) throws -> ProgramRun {
    try Program.spot.start(
      ["record", publisher.endpoint, "--replay", replay.endpoint, "--output", path(name)] + arguments, setup: setup)
  }

  /// A recording of a whole run with `frames`, made by `spot record`.
  static func recording(_ frames: Range<Int>, score: Double = 0.875, total: Int = 100) throws -> (Court, String) {
    let court = try Court()
    try court.publish(frames, score: score)
    court.end(frames: total)
    let result = try court.record("run.spotlog", ["--from-start", "--exit-on-end"]).finish(timeout: 20)
    #expect(result.status == 0, "\(result)")
    return (court, court.path("run.spotlog"))
  }
}

private func sequences(_ path: String) throws -> [UInt64] {
  let reader = try RecordingReader(path)
  var numbers: [UInt64] = []
  while let item = try reader.next() {
    if case .message(let recorded) = item { numbers.append(recorded.message.sequence) }
  }
  return numbers
}

@Suite("spot record, replay, compare and keygen")
struct BusToolTests {
  @Test("a recording has every message and says so")
  func recordAndInspect() throws {
    let (court, path) = try Court.recording(0..<50)
    #expect(try sequences(path) == Array(1...52))
    let result = try Program.spot.run(["inspect", path])
    #expect(result.status == 0)
    #expect(result.output.contains(/messages +52\n/))
    #expect(result.output.contains(/missing +nothing\n/))
    #expect(result.output.contains(/court1 .* 52 +1–52 +50 +0  yes\n/), "\(result.output)")
    withExtendedLifetime(court) {}
  }

  @Test("killed at random moments and started again, the recorder has every message once")
  func killedRecorder() throws {
    let court = try Court()
    let total = 4_000
    let load = Thread {
      for frame in 0..<total {
        try? court.publish(frame..<(frame + 1))
        usleep(500)
      }
      court.end()
    }
    // The recording must know the run before anything of it can be missed.
    let first = try court.record("a.spotlog", ["--append", "--from-start"])
    try court.patiently("a subscription") { court.publisher.counters.subscriptions > 0 }
    load.start()
    usleep(100_000)
    first.signal(SIGKILL)
    _ = try first.finish()
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<8 {
      let run = try court.record("a.spotlog", ["--append", "--from-start"])
      usleep(.random(in: 20_000...250_000, using: &generator))
      run.signal(SIGKILL)
      _ = try run.finish()
      _ = try sequences(court.path("a.spotlog"))
    }
    let last = try court.record("a.spotlog", ["--append", "--from-start", "--exit-on-end"])
    #expect(try last.finish(timeout: 30).status == 0)
    #expect(try sequences(court.path("a.spotlog")) == Array(1...UInt64(total + 2)))
  }

  @Test("what cannot be had is told: 1")
  func incomplete() throws {
    let court = try Court()
    let run = try Program.spot.start([
      "record", court.publisher.endpoint, "--no-recovery", "--from-start", "--exit-on-end", "--output",
      court.path("a.spotlog"),
    ])
    try court.publish(0..<3)
    try court.patiently("a newcomer") { court.publisher.counters.retainedRepeats > 0 }
    court.end()
    let result = try run.finish(timeout: 20)
    #expect(result.status == 1)
    #expect(result.errors.contains("is incomplete: court1: message"), "\(result.errors)")
    let compared = try Program.spot.run(["compare", court.path("a.spotlog"), court.path("a.spotlog")])
    #expect(compared.status == 2)
  }

  @Test("a full disk is an error and leaves a readable recording: 1")
  func fullDisk() throws {
    let court = try Court()
    try court.publish(0..<200)
    court.end()
    let run = try court.record("a.spotlog", ["--from-start", "--exit-on-end"], setup: "ulimit -f 16")
    let result = try run.finish(timeout: 20)
    #expect(result.status == 1)
    #expect(result.errorLines == ["spot: \(court.path("a.spotlog")): cannot append: File too large (errno 27)"])
    let numbers = try sequences(court.path("a.spotlog"))
    #expect(numbers.count > 3 && numbers == Array(1...UInt64(numbers.count)))
  }

  @Test("refuses to overwrite, and nonsense")
  func refusals() throws {
    let (court, path) = try Court.recording(0..<2)
    let existing = try court.record("run.spotlog").finish(timeout: 20)
    #expect(existing.status == 1)
    #expect(existing.errorLines == ["spot: \(path): cannot create the file: File exists (errno 17)"])
    for arguments in [
      ["record", "--output", court.path("x"), "--duration", "0"], ["record", "nonsense", "--output", court.path("y")],
      ["record", "--output", court.path("z"), "--curve-server", "short"], ["replay", court.path("missing")],
      ["replay", path, "--speed", "0"], ["replay", path, "--from", "yesterday"],
      ["replay", path, "--bind", "tcp://127.0.0.1:*", "--from", "1000"], ["replay", path, "--bind", "tcp://*:*"],
      ["compare", path, court.path("missing")], ["compare", path, path, "--epsilon", "2"],
    ] {
      let result = try Program.spot.run(arguments)
      #expect(result.status == 2, "\(arguments) \(result)")
      #expect(result.errors.split(separator: "\n").last?.hasPrefix("spot: ") == true, "\(result.errors)")
    }
    // One key in 85 begins with a minus sign.
    let key = "-" + String(repeating: "0", count: 39)
    let secretless = try Program.spot.run(["record", "--output", court.path("z"), "--curve-server", key])
    expectFailure(secretless, code: 2, "expected both --curve-server and --curve-key, or neither")
    // Nothing is left that would stand in the way of the right command.
    for name in ["x", "y", "z"] { #expect(!FileManager.default.fileExists(atPath: court.path(name))) }
    let portless = try Program.spot.run(["record", "tcp://127.0.0.1:65535", "--output", court.path("x")])
    expectFailure(
      portless, code: 2, "--replay: expected, or --no-recovery, since tcp://127.0.0.1:65535 has no next port")
    // Before anybody is waited for.
    let late = try Program.spot.run(
      ["replay", path, "--bind", "tcp://127.0.0.1:*", "--from", "1000", "--wait-for-subscriber", "600"])
    expectFailure(late, code: 2, "--from: nothing of the recording is left to play")
  }

  @Test("who hears nothing says so, and that there is no recording: 1")
  func silence() throws {
    let court = try Court()
    let arguments = ["tcp://127.0.0.1:9", "--duration", "5.5", "--output", court.path("a.spotlog")]
    let result = try Program.spot.run(["record"] + arguments)
    #expect(result.status == 1)
    #expect(
      result.errorLines == [
        "spot: nothing has come yet from tcp://127.0.0.1:9",
        "spot: \(court.path("a.spotlog")): no message was recorded: nothing came from tcp://127.0.0.1:9",
      ])
    // What is left of it, and of one that was killed before its header was written, is gone on with.
    let whole = try court.record("a.spotlog", ["--append", "--from-start", "--exit-on-end"])
    try Data().write(to: URL(filePath: court.path("b.spotlog")))
    let other = try court.record("b.spotlog", ["--append", "--from-start", "--exit-on-end"])
    try court.patiently("two subscribers") { court.publisher.counters.activeSubscriptions >= 2 }
    court.end()
    #expect(try whole.finish(timeout: 20).status == 0)
    #expect(try other.finish(timeout: 20).status == 0)
    for name in ["a.spotlog", "b.spotlog"] { #expect(try sequences(court.path(name)) == [1, 2]) }
  }

  @Test("a recording is written by one recorder at a time: 1")
  func twoRecorders() throws {
    let court = try Court()
    let first = try court.record("a.spotlog", ["--from-start", "--exit-on-end"])
    try court.patiently("a subscription") { court.publisher.counters.subscriptions > 0 }
    try court.patiently("the recording") { FileManager.default.fileExists(atPath: court.path("a.spotlog")) }
    let second = try court.record("a.spotlog", ["--append", "--exit-on-end"]).finish(timeout: 20)
    expectFailure(second, code: 1, "\(court.path("a.spotlog")): is being written by another process")
    court.end()
    #expect(try first.finish(timeout: 20).status == 0)
    #expect(try sequences(court.path("a.spotlog")) == [1, 2])
  }

  @Test("recordings with holes of which no note tells, and doubled ones, are not taken for whole")
  func holes() throws {
    let (court, path) = try Court.recording(0..<20)
    func copy(_ name: String, _ times: (Message) -> Int) throws -> String {
      let writer = try RecordingWriter(court.path(name))
      let reader = try RecordingReader(path)
      while case .message(let recorded) = try reader.next() {
        let received = Subscriber.Received(
          message: recorded.message, topic: recorded.topic, json: recorded.json, arrival: 1)
        for _ in 0..<times(recorded.message) { try writer.append(received) }
      }
      return writer.path
    }
    let holey = try copy("holey.spotlog") { (10...14).contains($0.sequence) ? 0 : 1 }
    let doubled = try copy("doubled.spotlog") { _ in 2 }
    // Only events: the numbers of their topic tell that all are there.
    let events = try copy("events.spotlog") { if case .event = $0.body { 1 } else { 0 } }
    let fewer = try copy("fewer.spotlog") { if case .event = $0.body, $0.sequence != 9 { 1 } else { 0 } }
    let whole = try copy("whole.spotlog") { _ in 1 }
    for (file, status, pattern) in [
      (holey, Int32(1), #"court1 .* 17 +1–22 +15 +5  yes\n"#), (doubled, 1, #"repeated +22 messages\n"#),
      (events, 0, #"missing +nothing\n"#), (fewer, 1, #"court1 .* 19 +2–21 +19 +1  no\n"#),
      (whole, 0, #"missing +nothing\n"#),
    ] {
      let result = try Program.spot.run(["inspect", file])
      #expect(result.status == status, "\(file) \(result)")
      #expect(try result.output.contains(Regex(pattern)), "\(file) \(result.output)")
      #expect(try Program.spot.run(["compare", file, file]).status == (status == 0 ? 0 : 2))
    }
    let compared = try Program.spot.run(["compare", path, holey])
    expectFailure(compared, code: 2, "\(holey): is incomplete: court1: 5 messages are missing, without a note")
    var bytes = try Data(contentsOf: URL(filePath: whole))
    bytes[bytes.count - 9] ^= 1
    try bytes.write(to: URL(filePath: whole))
    #expect(try Program.spot.run(["inspect", whole]).status == 1)
    let tensors = try Program.spot.run(["inspect", "--tensors", path])
    expectFailure(tensors, code: 2, "--tensors is for a checkpoint, not for a recording")
  }

  @Test("what a recording that begins midway has not is too old; SIGHUP reads the player's list again")
  func replayFromTheMiddle() throws {
    let court = try Court()
    let path = court.path("run.spotlog")
    try court.publish(0..<5)
    usleep(4_000_000)  // so long the player stays, to be asked for what was before
    court.end()
    #expect(try court.record("run.spotlog", ["--from-start", "--exit-on-end"]).finish(timeout: 20).status == 0)
    let keys = try ["player", "friend"].map { name in
      try Program.spot.run(["keygen", court.path(name)]).output.trimmingCharacters(in: .newlines)
    }
    try Data().write(to: URL(filePath: court.path("clients")))
    let player = try Program.spot.start([
      "replay", path, "--bind", "tcp://127.0.0.1:*", "--from", "4", "--wait-for-subscriber", "60", "--curve-key",
      court.path("player"), "--curve-allow", court.path("clients"),
    ])
    let said = try player.wait(for: "replay endpoint", on: .errors)
    let endpoints = said.matches(of: /tcp:\S+\d/).map { String($0.0) }
    try Data(keys[1].utf8).write(to: URL(filePath: court.path("clients")))
    player.signal(SIGHUP)
    try player.wait(for: "clients read again", on: .errors)
    let result = try Program.spot.run([
      "record", endpoints[0], "--replay", endpoints[1], "--from-start", "--exit-on-end", "--output", court.path("b"),
      "--curve-server", keys[0], "--curve-key", court.path("friend"),
    ])
    #expect(result.status == 1)
    #expect(result.errors.contains("court1: messages 1 to 3 are lost (too old)"), "\(result.errors)")
    #expect(try player.finish().status == 0)
    #expect(try sequences(court.path("b")) == [4, 5, 6, 7])
  }

  @Test("recordings of the same results are the same: 0; else 1 and a line for each difference")
  func compare() throws {
    let (first, path) = try Court.recording(0..<50)
    let (second, same) = try Court.recording(0..<50, score: 0.87505)
    let (third, other) = try Court.recording(1..<51, score: 0.5, total: 99)
    #expect(try Program.spot.run(["compare", path, same]).status == 0)
    let strict = try Program.spot.run(["compare", path, same, "--epsilon", "0"])
    #expect(strict.status == 1)
    #expect(strict.output.hasPrefix("court1: serve at frame 0 of epoch 0: score 0.875 and 0.87505\n"))
    let result = try Program.spot.run(["compare", path, other])
    #expect(result.status == 1)
    #expect(result.output.hasPrefix("court1: serve at frame 0 of epoch 0: only in \(path)\n"))
    #expect(result.output.hasSuffix("and 32 more differences\n"), "\(result.output)")
    withExtendedLifetime((first, second, third)) {}
  }

  @Test("with --states all also what was only announced, and the end's counters")
  func compareAnnouncements() throws {
    func recording(_ score: Double, retracts: Bool, retracted: Int) throws -> (Court, String) {
      let court = try Court()
      try court.announce(10, .provisional, 0, score: score)
      if retracts { try court.announce(10, .retracted, 1, score: 0) }
      try court.publish(20..<22)
      court.end(counters: ["frames": 100, "retracted": retracted, "budget_missed": .random(in: 0...9)])
      let result = try court.record("run.spotlog", ["--from-start", "--exit-on-end"]).finish(timeout: 20)
      #expect(result.status == 0, "\(result)")
      return (court, court.path("run.spotlog"))
    }
    let (first, path) = try recording(0.5, retracts: true, retracted: 1)
    let (second, same) = try recording(0.50005, retracts: true, retracted: 1)
    let (third, other) = try recording(0.7, retracts: true, retracted: 1)
    let (fourth, unfinished) = try recording(0.5, retracts: false, retracted: 0)
    let compare = { (one: String, two: String) in
      try Program.spot.run(["compare", one, two, "--states", "all"])
    }
    #expect(try Program.spot.run(["compare", path, other]).status == 0)
    #expect(try compare(path, same).status == 0)
    let moved = try compare(path, other)
    #expect(moved.status == 1)
    #expect(
      moved.output == """
        court1: serve at frame 10 of epoch 0, as first announced: then provisional 0 at frame 10 with score 0.5, \
        and provisional 0 at frame 10 with score 0.7

        """)
    let missing = try compare(path, unfinished)
    #expect(missing.status == 1)
    #expect(
      missing.output == """
        court1: serve at frame 10 of epoch 0, as first announced: told 2 times, and 1
        court1: counter retracted: 1, and 0

        """)
    #expect(try Program.spot.run(["compare", path, path, "--states", "some"]).status == 2)
    withExtendedLifetime((first, second, third, fourth)) {}
  }

  @Test("a recording is played as it was published, marked as replay, and can be recorded again")
  func replay() throws {
    let (court, path) = try Court.recording(0..<50)
    let player = try Program.spot.start([
      "replay", path, "--bind", "tcp://127.0.0.1:*", "--speed", "10", "--wait-for-subscriber", "20",
    ])
    let said = try player.wait(for: "replay endpoint", on: .errors)
    let endpoints = said.matches(of: /tcp:\S+\d/).map { String($0.0) }
    let again = try Program.spot.run(
      ["record", endpoints[0], "--replay", endpoints[1], "--from-start", "--exit-on-end", "--output", court.path("b")])
    #expect(again.status == 0, "\(again)")
    #expect(try player.finish().status == 0)
    #expect(try sequences(court.path("b")) == sequences(path))
    #expect(try Program.spot.run(["compare", path, court.path("b"), "--epsilon", "0"]).status == 0)
    let reader = try RecordingReader(court.path("b"))
    while case .message(let recorded) = try reader.next() { #expect(recorded.message.isReplay) }
  }

  @Test("--loop begins again as another run, --from in the middle")
  func loop() throws {
    let (court, path) = try Court.recording(0..<5)
    let player = try Program.spot.start([
      "replay", path, "--bind", "tcp://127.0.0.1:*", "--speed", "100", "--wait-for-subscriber", "20", "--loop",
      "--from",
      "4",
    ])
    let said = try player.wait(for: "replay endpoint", on: .errors)
    let endpoint = try #require(said.firstMatch(of: /tcp:\S+\d/).map { String($0.0) })
    let subscriber = try Subscriber(endpoint)
    var messages: [Message] = []
    while messages.count < 12, let received = try subscriber.receive(timeout: .seconds(10)) {
      if !received.message.isRetained { messages.append(received.message) }
    }
    player.signal(SIGTERM)
    #expect(try player.finish().status == 0)
    let runs = Set(messages.map(\.run))
    #expect(runs.count >= 3)
    #expect(messages.first?.sequence == 4)
    #expect(messages.allSatisfy { (4...7).contains($0.sequence) })
    withExtendedLifetime(court) {}
  }

  @Test("keygen writes a secret once, and prints what others may know")
  func keygen() throws {
    let court = try Court()
    let result = try Program.spot.run(["keygen", court.path("key")])
    #expect(result.status == 0)
    let key = try CurveSecretKey(path: court.path("key"))
    #expect(result.output == "\(key.publicKey)\n")
    let again = try Program.spot.run(["keygen", court.path("key")])
    #expect(again.status == 2)
    #expect(again.errorLines == ["spot: \(court.path("key")): cannot create the key file: File exists (errno 17)"])
  }
}

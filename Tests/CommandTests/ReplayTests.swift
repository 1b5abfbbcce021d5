import Bus
import Foundation
import Testing

@Suite("spot replay")
struct ReplayTests {
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

  @Test("--loop makes no run that the recording has already")
  func loopOverRunsOfALoop() throws {
    let court = try Court()
    let writer = try RecordingWriter(court.path("run.spotlog"))
    let topic = Array(Topic.status(stream: court.stream).text.utf8)
    for run in ["A", "A-2"] {
      for sequence in UInt64(1)...2 {
        let message = Message(
          run: try RunID(run), stream: court.stream, sequence: sequence, topicSequence: sequence, time: .now,
          body: .status(StatusData(state: .running)))
        try writer.append(.init(message: message, topic: topic, json: try message.json(), arrival: 1))
      }
    }
    let player = try Program.spot.start([
      "replay", writer.path, "--bind", "tcp://127.0.0.1:*", "--wait-for-subscriber", "20", "--loop",
    ])
    let said = try player.wait(for: "replay endpoint", on: .errors)
    let endpoint = try #require(said.firstMatch(of: /tcp:\S+\d/).map { String($0.0) })
    let subscriber = try Subscriber(endpoint)
    var messages: [String] = []
    while messages.count < 12, let received = try subscriber.receive(timeout: .seconds(10)) {
      let message = received.message
      if !message.isRetained { messages.append("\(message.run) \(message.sequence)") }
    }
    player.signal(SIGTERM)
    #expect(try player.finish().status == 0)
    #expect(messages == ["A", "A-2", "A-3", "A-2-2", "A-4", "A-2-3"].flatMap { ["\($0) 1", "\($0) 2"] })
  }
}

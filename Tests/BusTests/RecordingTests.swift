import Bus
import Foundation
import TestSupport
import Testing

@Suite struct RecordingTests {
  let folder = TemporaryFolder()
  let path: String

  init() throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    path = folder.path + "/a.spotlog"
  }

  private func received(_ message: Message) throws -> Subscriber.Received {
    let topic = try #require(message.topic)
    return .init(message: message, topic: Array(topic.text.utf8), json: try message.json(), arrival: 1)
  }

  /// Writes the samples at the times 1, 2, …
  private func write() throws {
    let writer = try RecordingWriter(path)
    for (index, message) in try Samples.messages().enumerated() {
      try writer.append(received(message), at: WallTime(nanosecondsSince1970: Int64(index + 1)))
    }
  }

  private func read(_ path: String) throws -> (messages: [RecordedMessage], losses: [Loss], end: RecordingReader.End?) {
    let reader = try RecordingReader(path)
    var messages: [RecordedMessage] = []
    var losses: [Loss] = []
    while let item = try reader.next() {
      switch item {
      case .message(let message): messages.append(message)
      case .loss(let loss, _): losses.append(loss)
      }
    }
    return (messages, losses, reader.end)
  }

  @Test func comesBackAsItWasWritten() throws {
    try write()
    let (messages, losses, end) = try read(path)
    let samples = try Samples.messages()
    #expect(messages.map(\.message) == samples)
    #expect(try messages.map(\.json) == samples.map { try $0.json() })
    #expect(messages.map(\.received.nanosecondsSince1970) == Array(1...Int64(samples.count)))
    #expect(losses.isEmpty)
    #expect(end == .whole)
  }

  @Test func theLongestMessageOfALaterVersionComesBack() throws {
    let status = String(decoding: try Samples.messages()[0].json(), as: UTF8.self)
    var json = Array(status.replacingOccurrences(of: "spotd.status.v1", with: "spotd.applause.v1").utf8)
    json += [UInt8](repeating: 32, count: Message.maximumBytes - json.count)
    let prefix = Array("spot.court%2E1.applause.".utf8)
    let topic = prefix + [UInt8](repeating: 97, count: Message.maximumTopicBytes - prefix.count)
    let writer = try RecordingWriter(path)
    try writer.append(.init(message: Message(topic: topic, json: json), topic: topic, json: json, arrival: 1))
    let (messages, _, end) = try read(path)
    #expect(messages.map(\.topic) == [topic] && messages.map(\.json) == [json])
    #expect(end == .whole)
  }

  @Test func lossesStandInIt() throws {
    let writer = try RecordingWriter(path)
    let run = RunID()
    let losses = [
      Loss(run: run, stream: try Name("a b"), first: 3, last: 9, reason: .tooOld),
      Loss(run: run, stream: try Name("a b"), first: 10, last: nil, reason: .unknownRun),
    ]
    for loss in losses { try writer.append(loss) }
    #expect(try read(path).losses == losses)
    #expect("\(losses[0])" == "a b: messages 3 to 9 are lost (too old)")
    #expect("\(losses[1])" == "a b: messages 10 and on are lost (unknown run)")
  }

  @Test func isReadableToItsLastWholeRecordWhereverItBreaksOff() throws {
    try write()
    let whole = try Data(contentsOf: URL(filePath: path))
    var ends: [Int] = [8]
    let reader = try RecordingReader(path)
    while try reader.next() != nil { ends.append(reader.offset) }
    for length in stride(from: 8, through: whole.count, by: 13) {
      try whole.prefix(length).write(to: URL(filePath: path))
      let (messages, _, end) = try read(path)
      let complete = ends.lastIndex { $0 <= length } ?? 0
      #expect(messages.count == complete)
      #expect(end == (length == ends[complete] ? .whole : .torn(bytes: length - ends[complete])))
    }
  }

  @Test func goesOnAfterATornTail() throws {
    try write()
    let whole = try Data(contentsOf: URL(filePath: path))
    try (whole + whole[8..<60]).write(to: URL(filePath: path))
    let writer = try RecordingWriter(continuing: path)
    let samples = try Samples.messages()
    let last = try #require(samples.last)
    let position = Position(run: last.run, stream: last.stream, sequence: last.sequence, isEnded: true)
    #expect(writer.positions == [position])
    try writer.append(received(last))
    #expect(try read(path).messages.map(\.message) == samples + [last])
  }

  @Test(arguments: 0..<8) func oneThatEndsWithinItsHeaderIsBegunAnew(bytes: Int) throws {
    try Data(Array("SPOTLOG1".utf8).prefix(bytes)).write(to: URL(filePath: path))
    let writer = try RecordingWriter(continuing: path)
    #expect(writer.positions == [])
    let message = try Samples.messages()[0]
    try writer.append(received(message))
    #expect(try read(path).messages.map(\.message) == [message])
  }

  @Test func isWrittenByOneAtATime() throws {
    let first = try RecordingWriter(path)
    #expect(throws: BusError.inUse(path: path)) { try RecordingWriter(continuing: path) }
    withExtendedLifetime(first) {}
  }

  @Test func afterALossWithoutEndItsRunIsDoneWith() throws {
    do {
      let writer = try RecordingWriter(path)
      try writer.append(Loss(run: RunID(), stream: try Name("a"), first: 13, last: nil, reason: .brokenOff))
    }
    let positions = try RecordingWriter(continuing: path).positions
    #expect(positions.map(\.sequence) == [13] && positions.map(\.isEnded) == [true])
  }

  @Test func damageEndsItAndIsSaid() throws {
    try write()
    var bytes = try Data(contentsOf: URL(filePath: path))
    bytes[bytes.count - 10] ^= 0x20
    try bytes.write(to: URL(filePath: path))
    let (messages, _, end) = try read(path)
    #expect(try messages.count == Samples.messages().count - 1)
    guard case .damaged(let offset) = end else {
      Issue.record("\(String(describing: end))")
      return
    }
    let error = #expect(throws: BusError.self) { try RecordingWriter(continuing: path) }
    #expect(error?.description == "\(path): is damaged at byte \(offset): it cannot be gone on with")
  }

  @Test func garbageIsNeverMoreThanDamage() throws {
    try write()
    let whole = try Data(contentsOf: URL(filePath: path))
    var generator = SplitMix(state: 11)
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 8..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      try bytes.write(to: URL(filePath: path))
      #expect(try read(path).messages.count <= Samples.messages().count)
    }
  }

  @Test(arguments: [
    ("", "is no recording of the bus"), ("SPOTLO", "is no recording of the bus"),
    ("SPOTLOG2 and on", "is a recording of version \"2\": expected 1"),
    ("hello, world", "is no recording of the bus"),
  ])
  func refusesOtherFiles(text: String, reason: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
    #expect(throws: BusError.recording(path: path, reason: reason)) { try RecordingReader(path) }
  }

  @Test func leavesExistingFilesAlone() throws {
    try write()
    #expect(throws: BusError.file(path: path, operation: "create the file", code: EEXIST)) { try RecordingWriter(path) }
    let missing = folder.path + "/missing"
    #expect(throws: BusError.file(path: missing, operation: "open", code: ENOENT)) { try RecordingReader(missing) }
  }

  // MARK: Publishing it again

  @Test func isPublishedWithItsNumbersMarkedAsReplayAndCanBeRecovered() throws {
    try write()
    let recorded = try read(path).messages
    let run = try #require(recorded.first).message.run
    let log = try ReplayLog(run: run)
    let replay = try ReplayEndpoint(PublisherTests.anywhere, log: log)
    let publisher = try Publisher(.init(endpoint: PublisherTests.anywhere), run: run, log: log)
    for message in recorded { publisher.republish(message) }
    waitUntil { publisher.counters.published >= recorded.count }
    var settings = BusClientSettings()
    settings.endpoint = publisher.endpoint
    settings.replayEndpoint = replay.endpoint
    settings.beginsWithRun = true
    let client = try BusClient(settings)
    var repeats: [Message] = []
    var messages: [Message] = []
    while messages.count < recorded.count, let delivery = try client.receive(timeout: .seconds(5)) {
      guard case .message(let received, _) = delivery else { continue }
      if received.message.isRetained { repeats.append(received.message) } else { messages.append(received.message) }
    }
    #expect(
      messages
        == recorded.map { each in
          var expected = each.message
          expected.isReplay = true
          return expected
        })
    let areMarked = repeats.allSatisfy { $0.isReplay }
    #expect(!repeats.isEmpty && areMarked)
  }

  @Test func nothingIsRepeatedOfARunThatAnotherHasFollowed() throws {
    let stream = try Name("court1")
    let (former, run) = (RunID(), RunID())
    let writer = try RecordingWriter(path)
    let bodies: [(RunID, UInt64, Message.Body)] = [
      (former, 1, .status(Samples.running)), (former, 2, .watermark(Samples.moment(60))),
      (run, 1, .status(Samples.running)),
    ]
    for (run, sequence, body) in bodies {
      let message = Message(run: run, stream: stream, sequence: sequence, topicSequence: 1, time: .now, body: body)
      try writer.append(received(message))
    }
    let publisher = try Publisher(.init(endpoint: PublisherTests.anywhere), run: former)
    for message in try read(path).messages { publisher.republish(message) }
    waitUntil { publisher.counters.published >= bodies.count }
    let subscriber = try Subscriber(publisher.endpoint)
    let first = try #require(try subscriber.receive(timeout: .seconds(5))).message
    #expect(first.isRetained && first.run == run)
    #expect(try subscriber.receive(timeout: .milliseconds(300)) == nil)
  }

  @Test func movesToAnotherRunWithEveryField() throws {
    var json = try Samples.messages()[1].json()
    json.replaceSubrange(0..<1, with: Array(#"{"of_later":[1.5,{"x":null}],"#.utf8))
    let message = try Samples.messages()[1]
    let topic = try #require(message.topic)
    let writer = try RecordingWriter(path)
    try writer.append(.init(message: message, topic: Array(topic.text.utf8), json: json, arrival: 1))
    let run = RunID()
    let moved = try #require(try read(path).messages.first).moved(to: run)
    #expect(moved.message.run == run)
    #expect(try Message(topic: moved.topic, json: moved.json) == moved.message)
    #expect(String(decoding: moved.json, as: UTF8.self).contains(#""of_later":[1.5,{"x":null}]"#))
  }

  @Test(arguments: [
    ("tcp://127.0.0.1:5570", "tcp://127.0.0.1:5571"), ("tcp://*:*", "tcp://*:*"),
    ("ipc:///run/bus", "ipc:///run/bus.replay"),
    ("tcp://[::1]:9", "tcp://[::1]:10"), ("nonsense", "nonsense"), ("tcp://127.0.0.1:65535", nil),
  ])
  func theReplayEndpointIsFoundBesideThePublisher(endpoint: String, replay: String?) {
    #expect(ReplayEndpoint.endpoint(beside: endpoint) == replay)
  }
}

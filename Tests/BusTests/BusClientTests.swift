import Bus
import Foundation
import Synchronization
import Testing

@Suite struct BusClientTests {
  private func numbers(_ range: ClosedRange<Int>) -> [String] { range.map(String.init) }

  @Test func fetchesWhatItMissedWhileAway() throws {
    let daemon = try Daemon()
    try daemon.publish(0..<700)
    daemon.wait(published: 700)
    let client = try daemon.client(resume: [daemon.position(100)])
    #expect(try client.lines(600) == numbers(101...700))
    #expect(client.recovered == 600)
    #expect(client.positions == [daemon.position(700)])
    try daemon.publish(700..<705)
    #expect(try client.lines(5) == numbers(701...705))
  }

  @Test func aNewcomerBeginsWithTheLastStatusAndTheFirstLiveMessage() throws {
    let daemon = try Daemon()
    try daemon.publish(0..<3)
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    daemon.wait(published: 4)
    let client = try daemon.client()
    guard case .message(let first, false) = try client.receive(timeout: .seconds(5)) else {
      Issue.record("no status came")
      return
    }
    #expect(first.message.isRetained && first.message.sequence == 4)
    #expect(client.positions == [])
    try daemon.publish(3..<5)
    #expect(try client.lines(2) == ["5", "6"])
    #expect(client.recovered == 0)
  }

  @Test func aSlowClientMissesNothing() throws {
    let daemon = try Daemon(.init(endpoint: PublisherTests.anywhere, highWaterMark: 5))
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = daemon.replay.endpoint
    settings.highWaterMark = 5
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    let client = try BusClient(settings, resume: [daemon.position(1)])
    _ = try client.receive(timeout: .milliseconds(200))
    var published = 1
    while daemon.publisher.counters.subscriberStalls == 0 && published < 100_000 {
      try daemon.publish(published..<(published + 1_000))
      published += 1_000
      daemon.wait(published: published)
    }
    // The hole shows with the next message that gets through.
    var last = 0
    var heartbeats = 0
    while last < published && heartbeats < 1_000 {
      guard case .message(let received, _) = try client.receive(timeout: .milliseconds(100)) else {
        daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
        heartbeats += 1
        continue
      }
      if last != 0 { #expect(Int(received.message.sequence) == last + 1) }
      last = Int(received.message.sequence)
    }
    #expect(last >= published)
    #expect(client.recovered > 0)
  }

  /// libzmq ended the process here while clients sent heartbeats (its issue 3937).
  @Test func aClientThatSleptLongerThanTheHeartbeatsMissesNothing() throws {
    let daemon = try Daemon(.init(endpoint: PublisherTests.anywhere, highWaterMark: 5))
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = daemon.replay.endpoint
    settings.highWaterMark = 1
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    let client = try BusClient(settings, resume: [daemon.position(1)])
    while daemon.publisher.counters.subscriptions == 0 { _ = try client.receive(timeout: .milliseconds(20)) }
    var published = 1
    while daemon.publisher.counters.subscriberStalls == 0 && published < 100_000 {
      try daemon.publish(published..<(published + 1_000))
      published += 1_000
      daemon.wait(published: published)
    }
    usleep(17_000_000)
    // The connection is made anew; the repeat of a status shows how far the stream is.
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    let lines = try client.lines(until: { $0.last == "\(published + 1)" }, timeout: .seconds(60))
    #expect(lines == numbers(2...(published + 1)))
  }

  @Test func everyEventComesOnceThoughTheClientDiesAtRandomMoments() throws {
    let daemon = try Daemon()
    let total = 6_000
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    let load = Thread {
      for frame in 0..<total {
        if let event = try? Samples.event(frame) { daemon.publisher.publish(.event(event), stream: daemon.stream) }
        if frame % 4 == 0 { usleep(1_000) }
      }
    }
    load.start()
    var generator = SplitMix(state: 7)
    var frames: [Int] = []
    var positions = [daemon.position(1)]
    var deaths = 0
    while frames.count < total && deaths < 2_000 {
      let client = try daemon.client(resume: positions)
      let life = Int(generator.next() % 200)
      for _ in 0..<life where frames.count < total {
        guard let delivery = try client.receive(timeout: .milliseconds(20)) else { break }
        guard case .message(let received, _) = delivery, !received.message.isRetained else {
          Issue.record("\(delivery)")
          continue
        }
        if case .event(let event) = received.message.body { frames.append(event.moment.frame) }
      }
      positions = client.positions
      deaths += 1
    }
    #expect(frames == Array(0..<total))
    #expect(deaths > 30)
  }

  @Test func followsARestartThroughTheLogOnDisk() throws {
    let folder = TemporaryFolder()
    var settings = ReplayLogSettings()
    settings.disk = .init(folder: folder.path)
    let first = try Daemon(log: settings)
    try first.publish(0..<10)
    first.wait(published: 10)
    let client = try first.client(resume: [first.position(5)])
    #expect(try client.lines(5) == numbers(6...10))
    // The client is cut off: what comes now reaches it only by the next run's log.
    let position = client.positions
    try first.publish(10..<20)
    first.close()
    let second = try Daemon.restart(of: first, log: settings)
    try second.publish(0..<3)
    let resumed = try second.client(resume: position)
    // The first run has no `ended`: nothing tells whether its last messages reached the disk.
    #expect(try resumed.lines(14) == numbers(11...20) + ["21-? the run broke off"] + numbers(1...3))
    #expect(resumed.positions == [second.position(3)])
  }

  @Test(arguments: [true, false]) func runsThatBeganAndEndedMeanwhileAreNotLost(hasEnded: Bool) throws {
    let folder = TemporaryFolder()
    var settings = ReplayLogSettings()
    settings.disk = .init(folder: folder.path)
    func run(_ count: Int, ends: Bool, after former: Daemon?) throws -> Daemon {
      let daemon = try former.map { try Daemon.restart(of: $0, log: settings) } ?? Daemon(log: settings)
      try daemon.publish(0..<count)
      daemon.publisher.publish(.status(ends ? Samples.ended : Samples.running), stream: daemon.stream)
      daemon.wait(published: count + 1)
      return daemon
    }
    let first = try run(2, ends: hasEnded, after: nil)
    first.close()
    let second = try run(3, ends: true, after: first)
    second.close()
    let third = try run(1, ends: false, after: second)
    third.close()
    let fourth = try run(1, ends: false, after: third)
    var position = first.position(hasEnded ? 3 : 1)
    position.isEnded = hasEnded
    let client = try fourth.client(resume: [position])
    let expected =
      (hasEnded ? [] : ["2", "3", "4-? the run broke off"]) + numbers(1...4) + ["1", "2", "3-? the run broke off"]
      + numbers(1...2)
    #expect(try client.lines(expected.count) == expected)
    #expect(client.positions == [fourth.position(2)])
  }

  @Test func whatTheLogOfARunThatIsOverLacksIsLostAndTheNextRunGoesOn() throws {
    let folder = TemporaryFolder()
    var settings = ReplayLogSettings()
    settings.disk = .init(folder: folder.path)
    let first = try Daemon(log: settings)
    try first.publish(0..<4)
    first.wait(published: 4)
    first.replay.close()
    let client = try first.client(resume: [first.position(1)])
    while first.publisher.counters.subscriptions == 0 { _ = try client.receive(timeout: .milliseconds(20)) }
    // These wait behind the hole that nobody fills.
    try first.publish(4..<6)
    first.wait(published: 6)
    #expect(try client.receive(timeout: .milliseconds(500)) == nil)
    first.close()
    // As if the daemon had been killed before its disk had more than three.
    let file = try #require(try folder.files().first)
    let reader = try RecordingReader(file)
    for _ in 0..<3 { _ = try reader.next() }
    truncate(file, off_t(reader.offset))
    let second = try Daemon.restart(of: first, log: settings)
    try second.publish(0..<2)
    let lines = try client.lines(8)
    #expect(lines == ["2", "3", "4-4 the run broke off", "5", "6", "7-? the run broke off", "1", "2"])
  }

  @Test func whatIsNotThereIsNotAskedForAgainAtOnce() throws {
    let daemon = try Daemon()
    try daemon.publish(0..<2)
    daemon.wait(published: 2)
    let ignorant = try ReplayEndpoint(PublisherTests.anywhere, log: ReplayLog(run: daemon.run))
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = ignorant.endpoint
    let client = try BusClient(settings, resume: [daemon.position(1)])
    while daemon.publisher.counters.subscriptions == 0 { _ = try client.receive(timeout: .milliseconds(20)) }
    try daemon.publish(2..<3)
    #expect(try client.receive(timeout: .seconds(1)) == nil)
    #expect((1...40).contains(ignorant.counters.requests))
  }

  @Test func anAnswerThatComesLateCounts() throws {
    let daemon = try Daemon()
    try daemon.publish(0..<20)
    daemon.wait(published: 20)
    let slow = try WireTap(daemon.replay.endpoint, delay: 400_000)
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = slow.endpoint
    settings.requestTimeout = .milliseconds(100)
    settings.recoveryTimeout = .seconds(8)
    let client = try BusClient(settings, resume: [daemon.position(1)])
    #expect(try client.lines(19) == numbers(2...20))
  }

  @Test func saysThatTheRestOfAFormerRunIsUnknown() throws {
    let first = try Daemon()
    try first.publish(0..<3)
    first.wait(published: 3)
    let client = try first.client(resume: [first.position(1)])
    #expect(try client.lines(2) == ["2", "3"])
    first.close()
    let second = try Daemon.restart(of: first)
    try second.publish(0..<2)
    second.publisher.publish(.status(Samples.running), stream: second.stream)
    #expect(try client.lines(4) == ["4-? unknown run", "1", "2", "3"])
  }

  @Test func aRunThatEndedHasNoUnknownRest() throws {
    let first = try Daemon()
    try first.publish(0..<2)
    first.publisher.publish(.status(Samples.ended), stream: first.stream)
    first.wait(published: 3)
    let client = try first.client(resume: [first.position(1)])
    #expect(try client.lines(2) == ["2", "3"])
    #expect(client.positions.map(\.isEnded) == [true])
    first.close()
    let second = try Daemon.restart(of: first)
    second.publisher.publish(.status(Samples.running), stream: second.stream)
    #expect(try client.lines(1) == ["1"])
    let resumed = try second.client(resume: [Position(run: first.run, stream: first.stream, sequence: 3, isEnded: true)]
    )
    #expect(try resumed.lines(1) == ["1"])
  }

  @Test func saysWhatIsTooOld() throws {
    var settings = ReplayLogSettings()
    settings.maximumMessages = 10
    let daemon = try Daemon(log: settings)
    try daemon.publish(0..<50)
    daemon.wait(published: 50)
    let client = try daemon.client(resume: [daemon.position(20)])
    #expect(try client.lines(11) == ["21-40 too old"] + numbers(41...50))
  }

  @Test func saysWhatWasNeverPublished() throws {
    let daemon = try Daemon()
    try daemon.publish(0..<2)
    var unencodable = try Samples.event(2)
    unencodable.score = .nan
    daemon.publisher.publish(.event(unencodable), stream: daemon.stream)
    try daemon.publish(3..<5)
    daemon.wait(published: 4)
    let client = try daemon.client(resume: [daemon.position(1)])
    #expect(try client.lines(4) == ["2", "3-3 never published", "4", "5"])
  }

  @Test func goesOnWhenNobodyAnswers() throws {
    let daemon = try Daemon()
    try daemon.publish(0..<5)
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    daemon.wait(published: 6)
    daemon.replay.close()
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = daemon.replay.endpoint
    settings.requestTimeout = .milliseconds(50)
    settings.recoveryTimeout = .milliseconds(200)
    let client = try BusClient(settings, resume: [daemon.position(3)])
    #expect(try client.lines(1) == ["4-6 replay endpoint unreachable"])
    try daemon.publish(6..<7)
    #expect(try client.lines(1) == ["7"])
  }

  @Test func positionsOfStreamsThatAreNotWantedStay() throws {
    let daemon = try Daemon()
    let other = try Name("court2")
    for frame in 0..<3 { daemon.publisher.publish(.watermark(Samples.moment(frame)), stream: other) }
    try daemon.publish(0..<3)
    daemon.wait(published: 6)
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = daemon.replay.endpoint
    settings.streams = [daemon.stream]
    let position = Position(run: daemon.run, stream: other, sequence: 1)
    let client = try BusClient(settings, resume: [daemon.position(1), position])
    #expect(try client.lines(2) == ["2", "3"])
    #expect(try client.receive(timeout: .seconds(1)) == nil)
    #expect(Set(client.positions) == [daemon.position(3), position])
  }

  @Test func refusesPositionsOutOfRange() throws {
    let daemon = try Daemon()
    for sequence in [0, UInt64.max] {
      #expect(throws: BusError.self) { try daemon.client(resume: [daemon.position(sequence)]) }
    }
  }
}

/// A small generator with a seed, so that a failure repeats.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

import Bus
import Foundation
import Testing

@Suite("spot record, and what spot inspect says of a recording")
struct RecordTests {
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

  @Test("--append --stream goes on with that stream alone")
  func appendOneStream() throws {
    let court = try Court()
    let other = try Name("court2")
    func publishOnOther() {
      for _ in 0..<3 { court.publisher.publish(.status(StatusData(state: .running)), stream: other) }
    }
    publishOnOther()
    let both = try court.record("a.spotlog", ["--from-start"])
    try court.patiently("both streams") { (try? sequences(court.path("a.spotlog")).sorted()) == [1, 1, 2, 3] }
    both.signal(SIGTERM)
    #expect(try both.finish(timeout: 20).status == 0)
    publishOnOther()
    court.end()
    let one = try court.record("a.spotlog", ["--append", "--stream", "court1", "--duration", "2"])
    #expect(try one.finish(timeout: 20).status == 0)
    #expect(try sequences(court.path("a.spotlog")).sorted() == [1, 1, 2, 2, 3])
  }

  @Test("whoever read its lines may go away")
  func noReaderOfErrors() throws {
    let court = try Court()
    let pipe = court.path("errors")
    let run = try court.record(
      "a.spotlog", ["--from-start", "--exit-on-end"], setup: "mkfifo '\(pipe)'; : <'\(pipe)' & exec 2>'\(pipe)'")
    try court.publish(0..<3)
    court.end()
    let result = try run.finish(timeout: 20)
    #expect(result.status == 0 && result.errors == "", "\(result)")
    #expect(try sequences(court.path("a.spotlog")) == Array(1...5))
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
}

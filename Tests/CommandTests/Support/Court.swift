import Bus
import Foundation
import Testing
import Timeline

/// A daemon's bus without its pictures: a stream whose messages the test decides.
final class Court: Sendable {
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

/// The numbers of the messages in the recording at `path`.
func sequences(_ path: String) throws -> [UInt64] {
  let reader = try RecordingReader(path)
  var numbers: [UInt64] = []
  while let item = try reader.next() {
    if case .message(let recorded) = item { numbers.append(recorded.message.sequence) }
  }
  return numbers
}

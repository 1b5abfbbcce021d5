import Bus
import Foundation
import TestSupport
import Testing

/// The bus as a daemon runs it: publisher, log and replay endpoint of one run, with one stream.
final class Daemon: Sendable {
  let run = RunID()
  let stream: Name
  let log: ReplayLog
  let publisher: Publisher
  let replay: ReplayEndpoint

  init(
    _ publisherSettings: PublisherSettings = .init(endpoint: PublisherTests.anywhere),
    replayEndpoint: String = PublisherTests.anywhere, log settings: ReplayLogSettings = .init(),
    security: ServerSecurity = .plain(), observe: @escaping @Sendable (Message) -> Void = { _ in }
  ) throws {
    stream = try Name("court1")
    log = try ReplayLog(settings, run: run)
    replay = try ReplayEndpoint(replayEndpoint, log: log, security: security)
    var publisherSettings = publisherSettings
    publisherSettings.security = security
    publisher = try Publisher(publisherSettings, run: run, log: log, observe: observe)
  }

  /// Another run at the endpoints of `former`, which has been closed.
  static func restart(of former: Daemon, log settings: ReplayLogSettings = .init()) throws -> Daemon {
    try Daemon(
      .init(endpoint: former.publisher.endpoint), replayEndpoint: former.replay.endpoint, log: settings)
  }

  func publish(_ frames: Range<Int>) throws {
    for frame in frames { publisher.publish(.event(try Samples.event(frame)), stream: stream) }
  }

  /// Waits until `count` messages have left for the log and the network.
  func wait(published count: Int, sourceLocation: SourceLocation = #_sourceLocation) {
    waitUntil(sourceLocation: sourceLocation) { publisher.counters.published >= count }
  }

  func close() {
    publisher.close()
    replay.close()
    log.close()
  }

  func client(resume positions: [Position] = []) throws -> BusClient {
    var settings = BusClientSettings()
    settings.endpoint = publisher.endpoint
    settings.replayEndpoint = replay.endpoint
    return try BusClient(settings, resume: positions)
  }

  /// Where a client stands that has seen everything up to `sequence`.
  func position(_ sequence: UInt64) -> Position { Position(run: run, stream: stream, sequence: sequence) }
}

/// A folder that goes when the test does.
final class TemporaryFolder: Sendable {
  let path = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString)").path

  func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { "\(path)/\($0)" }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension BusClient {
  /// The next `count` messages that were lost or handed over, in one line each: "3", "4-6 too old".
  func lines(until isDone: ([String]) -> Bool, timeout: Duration = .seconds(10)) throws -> [String] {
    var lines: [String] = []
    let deadline = ContinuousClock.now + timeout
    while !isDone(lines) && ContinuousClock.now < deadline {
      switch try receive(timeout: .milliseconds(50)) {
      case .message(let received, _) where received.message.isRetained: break
      case .message(let received, _): lines.append("\(received.message.sequence)")
      case .lost(let loss):
        lines.append("\(loss.first)-\(loss.last.map(String.init) ?? "?") \(loss.reason.rawValue)")
      case nil: break
      }
    }
    return lines
  }

  func lines(_ count: Int) throws -> [String] { try lines(until: { $0.count >= count }) }
}

import Bus
import Foundation
import Logging

/// What a daemon binds: the publisher of its run, the log of what was published, and the endpoint that sends it again.
final class DaemonBus: Sendable {
  let publisher: Publisher
  var replayEndpoint: String { replay.endpoint }

  private let log: ReplayLog
  private let replay: ReplayEndpoint
  /// Nil where everybody may connect.
  let clients: ClientAllowList?

  /// `observe` is called on the publisher's thread with every message sent.
  init(
    _ configuration: DaemonConfiguration, observe: @escaping @Sendable (Message) -> Void
  ) throws(ServiceError) {
    let security = try configuration.exposure.load()
    if case .curve(_, let allowed) = security { clients = allowed } else { clients = nil }
    let endpoint = configuration.endpoint
    let replayEndpoint = try Self.replayEndpoint(configuration)
    let run = RunID()
    var settings = ReplayLogSettings()
    settings.disk = configuration.replayLog.map { ReplayLogSettings.Disk(folder: $0) }
    (log, publisher, replay) = try BusExposure.binding { () throws(BusError) in
      let log = try ReplayLog(settings, run: run)
      let publisher = try Publisher(
        PublisherSettings(endpoint: endpoint, security: security), run: run, log: log, observe: observe)
      return (log, publisher, try ReplayEndpoint(replayEndpoint, log: log, security: security))
    }
  }

  /// Finds out whether all that does not depend on what else runs on the machine lets the bus be bound.
  static func check(_ configuration: DaemonConfiguration) throws(ServiceError) {
    let security = try configuration.exposure.load()
    let endpoints = [configuration.endpoint, try replayEndpoint(configuration)]
    try BusExposure.binding { () throws(BusError) in
      for endpoint in endpoints { try security.check(endpoint) }
      if let folder = configuration.replayLog { try ReplayLog.check(folder: folder) }
    }
  }

  private static func replayEndpoint(_ configuration: DaemonConfiguration) throws(ServiceError) -> String {
    if let endpoint = configuration.replayEndpoint ?? ReplayEndpoint.endpoint(beside: configuration.endpoint) {
      return endpoint
    }
    throw .argument("replay-bind is missing: \(configuration.endpoint) has no next port")
  }

  var replayCounters: ReplayEndpoint.Counters { replay.counters }

  /// Messages that are missing in the log on disk.
  var unwrittenMessages: Int { log.unwritten.count }

  /// Sends what waits, for at most `drainTimeout`, during which missed messages can still be asked for.
  func close(drainTimeout: Duration, _ logger: Logger) {
    publisher.close(drainTimeout: drainTimeout)
    replay.close()
    log.close()
    let unwritten = log.unwritten
    if unwritten.count > 0 {
      logger.warning(
        "the log on disk is incomplete",
        metadata: ["missing": "\(unwritten.count)", "reason": "\(unwritten.lastError?.description ?? "too slow")"])
    }
  }
}

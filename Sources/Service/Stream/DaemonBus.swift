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
  private let clients: ClientAllowList?

  /// `observe` is called on the publisher's thread with every message sent.
  init(
    _ configuration: DaemonConfiguration, observe: @escaping @Sendable (Message) -> Void
  ) throws(ServiceError) {
    let security = try configuration.exposure.load()
    if case .curve(_, let allowed) = security { clients = allowed } else { clients = nil }
    let endpoint = configuration.endpoint
    guard let replayEndpoint = configuration.replayEndpoint ?? ReplayEndpoint.endpoint(beside: endpoint) else {
      throw .configuration("replay-bind is missing: \(endpoint) has no next port")
    }
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

  /// Has SIGHUP read the list of clients again, where there is one.
  func reloadClientsOnHangUp(_ logger: Logger) {
    guard let clients else { return }
    TerminationSignals.onHangUp {
      do {
        try clients.reload()
        logger.info("clients read again", metadata: ["file": "\(clients.path)", "clients": "\(clients.count)"])
      } catch {
        logger.error("clients not read again: \(error)")
      }
    }
  }

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

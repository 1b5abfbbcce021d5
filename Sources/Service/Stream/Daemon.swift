import Bus
import Foundation
import Logging
import Synchronization

/// The daemon: loads the models, opens the streams, and publishes until all have ended or a signal comes.
///
/// What concerns one stream is a `StreamSession`'s; here is what they share: the bus, signals, the log.
public enum Daemon {
  /// How long subscribers have, at the end, to take what waits for them.
  private static let drainTimeout = Duration.seconds(2)

  /// Runs to the end; a signal to stop is a regular one. Throws what ended the first stream that failed, once all have
  /// ended.
  public static func run(_ configuration: DaemonConfiguration) throws(ServiceError) {
    let logger = configuration.log.logger(label: "spotd")
    let request = StopRequest()
    signal(SIGPIPE, SIG_IGN)  // a log reader that goes away must not end the daemon
    TerminationSignals.onFirst { name in
      logger.info("stopping", metadata: ["signal": "\(name)"])
      request.utter()
    }
    let sessions = try sessions(of: configuration, logger)
    for session in sessions { request.whenUttered { session.stop() } }
    // What is wrong with the only stream is told before anything is published.
    if sessions.count == 1 { try sessions[0].prepare() }
    if request.isUttered { return }

    let bus = try bind(configuration, sessions)
    defer { bus.close(drainTimeout: drainTimeout, logger) }
    bus.reloadClientsOnHangUp(logger)
    logger.info(
      "publishing",
      metadata: [
        "endpoint": "\(bus.publisher.endpoint)", "replay_endpoint": "\(bus.replayEndpoint)",
        "run": "\(bus.publisher.run)", "streams": "\(sessions.count)",
      ])
    try run(sessions, bus.publisher, logger)
  }

  private static func sessions(
    of configuration: DaemonConfiguration, _ logger: Logger
  ) throws(ServiceError) -> [StreamSession] {
    let share = CoreShare(streams: configuration.streams.count)
    if share.share < 1 { logger.notice("\(share)") }
    var library = ModelLibrary()
    var sessions: [StreamSession] = []
    for settings in configuration.streams {
      logger.info("loading", metadata: ["model": "\(settings.model)", "stream": "\(settings.name)"])
      sessions.append(
        try StreamSession(
          settings, model: library.model(in: settings.model), share: share,
          subscriberWait: configuration.subscriberWait,
          logger: logger))
    }
    return sessions
  }

  /// Runs each stream on a thread of its own: one that fails leaves the others be. Throws the first failure when all have ended.
  private static func run(
    _ sessions: [StreamSession], _ publisher: Publisher, _ logger: Logger
  ) throws(ServiceError) {
    let running = DispatchGroup()
    let firstFailure = Mutex<ServiceError?>(nil)
    for session in sessions {
      running.enter()
      WorkThread.start("spotd-stream") {
        defer { running.leave() }
        do throws(ServiceError) { try session.run(on: publisher) } catch {
          firstFailure.withLock { $0 = $0 ?? error }
          if sessions.count > 1 {
            logger.error("failed", metadata: ["stream": "\(session.settings.name)", "reason": "\(error)"])
          }
        }
      }
    }
    running.wait()
    if let failure = firstFailure.withLock({ $0 }) { throw failure }
  }

  private static func bind(
    _ configuration: DaemonConfiguration, _ sessions: [StreamSession]
  ) throws(ServiceError) -> DaemonBus {
    let monitors = Dictionary(uniqueKeysWithValues: sessions.map { ($0.settings.name, $0.monitor) })
    return try DaemonBus(configuration) { message in
      if case .event(let event) = message.body, let latency = event.latencyMilliseconds {
        monitors[message.stream]?.update { $0.statistics.countSent(event, latencyMilliseconds: latency) }
      }
    }
  }
}

import Bus
import Foundation
import Logging

/// The daemon: loads the models, opens the streams, and publishes until all have ended or a signal comes.
///
/// What concerns one stream is a `StreamSession`'s; here is what they share: the bus, signals, the log, health.
public enum Daemon {
  /// How long streams have, after a signal, to score what they have and to settle it.
  private static let stopTimeout = Duration.seconds(10)
  /// How long subscribers have, at the end, to take what waits for them.
  private static let drainTimeout = Duration.seconds(2)

  /// Runs to the end; a signal to stop is a regular one. Throws what ended the first stream that failed, once all have
  /// ended.
  ///
  /// - Parameter environment: Where systemd says how it wants to be told.
  public static func run(
    _ configuration: DaemonConfiguration, environment: [String: String] = [:]
  ) throws(ServiceError) {
    LineWriter.openStandardStreams()
    let log = LogOutput(configuration.log)
    let logger = log.logger(label: "spotd")
    let manager = ServiceManager(environment: environment)
    let request = StopRequest()
    let reloader = Reloader(configuration, log, manager, logger)
    signal(SIGPIPE, SIG_IGN)  // a log reader that goes away must not end the daemon
    signal(SIGXFSZ, SIG_IGN)  // beyond a limit on file sizes, writing fails like on a full disk
    TerminationSignals.onFirst { name in
      logger.info("stopping", metadata: ["signal": "\(name)"])
      manager.notify("STOPPING=1")
      request.utter()
    }
    TerminationSignals.onHangUp { reloader.reload() }
    defer { log.tellRepeats(all: true) }

    let sessions = try sessions(of: configuration, logger)
    for session in sessions { request.whenUttered { session.stop() } }
    // What is wrong with the only stream is told before anything is published.
    if sessions.count == 1 { try sessions[0].prepare() }
    if request.isUttered { return }

    let bus = try bind(configuration, sessions)
    defer { bus.close(drainTimeout: drainTimeout, logger) }
    let health = DaemonHealth(sessions, watchdog: manager.watchdogSeconds)
    let http = try serve(configuration.http, HealthPages(health: health, bus: bus), logger)
    defer { http?.close() }
    logger.info(
      "publishing",
      metadata: [
        "endpoint": "\(bus.publisher.endpoint)", "replay_endpoint": "\(bus.replayEndpoint)",
        "run": "\(bus.publisher.run)", "streams": "\(sessions.count)",
      ])
    let running = RunningStreams(sessions, bus.publisher, logger)
    reloader.begin(bus)
    var caretaker = Caretaker(faults: { health.faults }, summary: { health.summary }, manager: manager, log: log)
    while !running.wait(Caretaker.interval) {
      caretaker.turn()
      let late = running.late(after: stopTimeout, request)
      if !late.isEmpty { throw .unfinished(streams: late, seconds: Int(stopTimeout.components.seconds)) }
    }
    manager.notify("STOPPING=1")
    if let failure = running.firstFailure { throw failure }
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
          subscriberWait: configuration.subscriberWait, logger: logger))
    }
    return sessions
  }

  private static func bind(
    _ configuration: DaemonConfiguration, _ sessions: [StreamSession]
  ) throws(ServiceError) -> DaemonBus {
    let monitors = Dictionary(uniqueKeysWithValues: sessions.map { ($0.settings.name, $0.monitor) })
    return try DaemonBus(configuration) { message in monitors[message.stream]?.countSent(message) }
  }

  private static func serve(
    _ address: HTTPAddress?, _ pages: HealthPages, _ logger: Logger
  ) throws(ServiceError) -> HTTPServer? {
    guard let address else { return nil }
    let server = try HTTPServer(address) { pages.answer(to: $0) }
    logger.info("serving HTTP", metadata: ["address": "\(server.address)"])
    return server
  }
}

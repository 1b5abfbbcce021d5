import Bus
import Logging
import Synchronization

/// Reads the settings again on SIGHUP, takes over what can change while streams run, and names what needs a restart.
///
/// Taken over are the log level and the list of clients.
final class Reloader: Sendable {
  private struct Running {
    var bus: DaemonBus?
    var isReady = false
  }

  private static let reloadable: Set<DaemonSetting> = [.logLevel]

  /// As the daemon was started.
  private let configuration: DaemonConfiguration
  private let log: LogOutput
  private let manager: ServiceManager
  private let logger: Logger
  private let running = Mutex(Running())

  init(_ configuration: DaemonConfiguration, _ log: LogOutput, _ manager: ServiceManager, _ logger: Logger) {
    self.configuration = configuration
    self.log = log
    self.manager = manager
    self.logger = logger
  }

  /// The daemon serves: tells systemd, and from here on also when it has read the settings again.
  func begin(_ bus: DaemonBus) {
    running.withLock { $0 = Running(bus: bus, isReady: true) }
    manager.notify("READY=1")
  }

  func reload() {
    let running = running.withLock { $0 }
    if running.isReady { manager.notify("RELOADING=1", "MONOTONIC_USEC=\(MonotonicClock.now / 1_000)") }
    readSettings()
    if let clients = running.bus?.clients { read(clients) }
    if running.isReady { manager.notify("READY=1") }
  }

  private func readSettings() {
    let new: DaemonConfiguration
    do { new = try configuration.readAgain() } catch {
      logger.error("settings not read again, the former stay", metadata: ["reason": "\(error)"])
      return
    }
    log.level = new.log.level
    let changes = new.sources.changes(since: configuration.sources)
    let waiting = changes.filter { change in !(change.setting.map(Self.reloadable.contains) ?? false) }.map(\.name)
    logger.notice("settings read again", metadata: ["log_level": "\(new.log.level)"])
    if !waiting.isEmpty {
      logger.warning("changed settings need a restart", metadata: ["settings": "\(waiting.joined(separator: " "))"])
    }
  }

  private func read(_ clients: ClientAllowList) {
    do {
      try clients.reload()
      logger.notice("clients read again", metadata: ["file": "\(clients.path)", "clients": "\(clients.count)"])
    } catch {
      logger.error("clients not read again, the former stay: \(error)")
    }
  }
}

import Bus
import Logging
import Synchronization

/// Reads the settings again on SIGHUP, takes over what can change while streams run, and names what needs a restart.
///
/// Taken over are the log level and the list of clients.
final class Reloader: Sendable {
  private struct State {
    var bus: DaemonBus?
    var isReady = false
    /// The files are being read.
    var isReading = false
    /// It was asked for again since then.
    var isAskedAgain = false
  }

  private static let reloadable: Set<DaemonSetting> = [.logLevel]

  /// As the daemon was started.
  private let configuration: DaemonConfiguration
  private let log: LogOutput
  private let manager: ServiceManager
  private let logger: Logger
  private let state = Mutex(State())

  init(_ configuration: DaemonConfiguration, _ log: LogOutput, _ manager: ServiceManager, _ logger: Logger) {
    self.configuration = configuration
    self.log = log
    self.manager = manager
    self.logger = logger
  }

  /// The daemon serves: tells systemd, and from here on also when it has read the settings again.
  func begin(_ bus: DaemonBus) {
    state.withLock { state in
      state.bus = bus
      state.isReady = true
    }
    manager.notify("READY=1")
  }

  /// Has all read on a thread of its own: a file that does not answer, as on a network that is gone, must not keep the signals after
  /// it from being heard. What is asked for meanwhile is done once more at its end.
  func reload() {
    let isReading = state.withLock { state in
      state.isAskedAgain = state.isReading
      state.isReading = true
      return state.isAskedAgain
    }
    if isReading { return }
    do throws(BusError) { try WorkThread.start("spotd-reload") { [self] in readAll() } } catch { readAll() }
  }

  private func readAll() { repeat { readOnce() } while isAskedAgain() }

  private func isAskedAgain() -> Bool {
    state.withLock { state in
      state.isReading = state.isAskedAgain
      state.isAskedAgain = false
      return state.isReading
    }
  }

  private func readOnce() {
    let (bus, isReady) = state.withLock { ($0.bus, $0.isReady) }
    if isReady { manager.notify("RELOADING=1", "MONOTONIC_USEC=\(MonotonicClock.now / 1_000)") }
    readSettings()
    if let clients = bus?.clients { read(clients) }
    if isReady { manager.notify("READY=1") }
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

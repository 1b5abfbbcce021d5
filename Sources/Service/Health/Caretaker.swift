import Bus
import Foundation
import Logging

/// What is done about each second beside the streams: feeding the watchdog while every thread gets on, telling systemd how
/// they fare, and telling repeated warnings.
package struct Caretaker {
  /// How often `turn` is to be called. The watchdog wants to be fed more often than its time.
  static let interval = DispatchTimeInterval.milliseconds(500)
  /// Frame rates change all the time; systemd need not know each.
  private static let summaryDistance: UInt64 = 5_000_000_000

  private let faults: () -> [String]
  private let summarize: () -> String
  private let manager: ServiceManager
  private let log: LogOutput
  private var summary = ""
  private var nextSummary: UInt64 = 0

  /// - Parameters:
  ///   - faults: The threads that do not get on, a line each.
  ///   - summary: What the streams do, in one line.
  package init(
    faults: @escaping () -> [String], summary: @escaping () -> String, manager: ServiceManager, log: LogOutput
  ) {
    self.faults = faults
    summarize = summary
    self.manager = manager
    self.log = log
  }

  package mutating func turn() {
    log.tellRepeats()
    let faults = faults()
    if faults.isEmpty {
      if manager.watchdogSeconds != nil { manager.notify("WATCHDOG=1") }
    }
    for fault in faults { log.logger(label: "spotd").error("stuck", metadata: ["what": "\(fault)"]) }
    let now = MonotonicClock.now
    guard now >= nextSummary else { return }
    let summary = summarize()
    guard summary != self.summary else { return }
    manager.notify("STATUS=\(summary.replacing("\n", with: " "))")
    self.summary = summary
    nextSummary = now + Self.summaryDistance
  }
}

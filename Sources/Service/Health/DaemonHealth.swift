import Bus
import Foundation

/// How the daemon fares, for systemd and HTTP.
struct DaemonHealth: Sendable {
  /// Seconds that a thread may take for one turn of work, or the bus to send anything, where nobody says otherwise. A frame takes
  /// milliseconds; an overloaded machine is slow, not stuck.
  static let usualPatience = 30.0

  let streams: [StreamSession]
  /// Seconds without progress that are taken for being stuck.
  let patience: Double

  /// - Parameter watchdog: Seconds of systemd's watchdog: it must learn of a stuck thread before its time is over.
  init(_ streams: [StreamSession], watchdog: Double?) {
    self.streams = streams
    patience = min(Self.usualPatience, watchdog.map { $0 / 2 } ?? .infinity)
  }

  /// The threads that do not get on, a line each; none: all do. A source that is gone is no fault.
  var faults: [String] {
    let now = MonotonicClock.now
    return streams.compactMap { stream in
      stream.pulse(at: now).fault(patience: patience).map { "\(stream.settings.name): \($0)" }
    }
  }

  /// The streams that are not scored at present, a line each.
  var unready: [String] {
    streams.compactMap { stream in
      let status = stream.monitor.update { $0.status }
      switch status?.state {
      case .running, .degraded: return nil
      case let state: return Self.line(stream, state ?? .starting, status?.reason)
      }
    }
  }

  /// What all streams do, in one line.
  var summary: String {
    streams.map { stream in
      let status = stream.monitor.update { $0.status }
      let rate = status?.present?.framesPerSecond.map { String(format: ", %.0f frames/s", $0) } ?? ""
      return Self.line(stream, status?.state ?? .starting, status?.reason) + rate
    }
    .joined(separator: "; ")
  }

  private static func line(_ stream: StreamSession, _ state: StatusData.State, _ reason: String?) -> String {
    "\(stream.settings.name): \(state.rawValue)" + (reason.map { ", \($0)" } ?? "")
  }
}

extension StatusData {
  /// Nil of a stream that has ended: what it did last it does no more.
  var present: StatusData? { state == .ended ? nil : self }
}

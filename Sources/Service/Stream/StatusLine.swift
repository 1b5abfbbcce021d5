import Bus
import Foundation

/// A status as a line for people.
enum StatusLine {
  static func text(_ status: StatusData, stream: Name) -> String {
    var parts = ["\(stream): \(status.state.rawValue)"]
    if let reason = status.reason { parts.append(reason) }
    for name in ["frames", "events"] { if let count = status.counters[name] { parts.append("\(count) \(name)") } }
    if let rate = status.framesPerSecond { parts.append(String(format: "%.1f frames/s", rate)) }
    if let latency = status.latency {
      parts.append(
        String(format: "latency p50 %.0f ms, p99 %.0f ms, max %.0f ms", latency.p50, latency.p99, latency.max))
    }
    return parts.joined(separator: ", ")
  }
}

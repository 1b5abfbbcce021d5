import Bus
import Foundation

/// A status as a line for people.
enum StatusLine {
  static func text(_ status: StatusData, stream: Name) -> String {
    var parts = ["\(stream): \(status.state.rawValue)"]
    if let reason = status.reason { parts.append(reason) }
    for name in ["frames", "events"] { if let count = status.counters[name] { parts.append("\(count) \(name)") } }
    if let announced = status.counters["announced"], announced > 0 {
      let retracted = Double(status.counters["retracted"] ?? 0) / Double(announced)
      let revised = Double(status.counters["revised"] ?? 0) / Double(announced)
      parts.append(
        String(
          format: "%d announced early, %.0f %% of them retracted, %.2f revisions each", announced, retracted * 100,
          revised))
    }
    if let missed = status.counters["budget_missed"], missed > 0 { parts.append("\(missed) over budget") }
    if let dropped = status.drops["overload"], dropped > 0 { parts.append("\(dropped) frames dropped") }
    if let rate = status.framesPerSecond { parts.append(String(format: "%.1f frames/s", rate)) }
    if let latency = status.latency {
      parts.append(
        String(format: "latency p50 %.0f ms, p99 %.0f ms, max %.0f ms", latency.p50, latency.p99, latency.max))
    }
    return parts.joined(separator: ", ")
  }
}

import Bus
import Foundation

/// An event as a line for people, in columns.
enum EventLine {
  private static let labelWidth = 20

  static func text(_ event: EventData, stream: Name) -> String {
    let label = event.label.text.padding(toLength: max(labelWidth, event.label.text.count), withPad: " ", startingAt: 0)
    let latency = event.latencyMilliseconds.map { String(format: "%8.0f ms", $0) } ?? ""
    return "\(MediaClock.text(event.moment.seconds))  frame "
      + String(format: "%6d", event.moment.frame) + "  \(label)  " + String(format: "%.3f", event.score)
      + "  \(event.state.rawValue.padding(toLength: 11, withPad: " ", startingAt: 0))\(latency)  \(stream)"
  }
}

/// Media time as people read it.
package enum MediaClock {
  /// `hh:mm:ss.mmm`, with `-` in front for times before zero.
  package static func text(_ seconds: Double) -> String {
    let bounded = min(max(seconds, -1e12), 1e12)
    let milliseconds = Int((abs(bounded) * 1_000).rounded())
    let (hours, minutes, rest) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds % 60_000)
    return (bounded < 0 && milliseconds > 0 ? "-" : "")
      + String(format: "%02d:%02d:%02d.%03d", hours, minutes, rest / 1_000, rest % 1_000)
  }
}

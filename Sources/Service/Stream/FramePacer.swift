package import Timeline

/// Tells when the frames of a recording are due so that it plays at its own rate: by their timestamps, from the moment
/// that the first one was ready.
package struct FramePacer {
  /// A step of the timestamps beyond this is a discontinuity, not a pause, and takes no time.
  private static let longestStepSeconds = 10.0

  private var due: UInt64?
  private var lastSeconds = 0.0

  package init() {}

  /// The next frame is due when it is ready, like the first: its data came late.
  package mutating func restart() { due = nil }

  /// When, in nanoseconds of the monotonic clock, the frame at `time` is due; `now` for the first. Timestamps that step back
  /// take no time.
  package mutating func due(_ time: MediaTime, now: UInt64) -> UInt64 {
    let seconds = time.seconds
    let step = seconds - lastSeconds
    lastSeconds = seconds
    guard let last = due else {
      due = now
      return now
    }
    let nanoseconds = (0...Self.longestStepSeconds).contains(step) ? UInt64(step * 1e9) : 0
    due = last + nanoseconds
    return last + nanoseconds
  }
}

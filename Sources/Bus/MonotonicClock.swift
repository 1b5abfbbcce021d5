import Foundation

/// The clock of every latency and time-out: it never jumps, and `FrameStamp.arrival` is read from it.
package enum MonotonicClock {
  /// Nanoseconds of CLOCK_MONOTONIC.
  package static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// The moment `duration` from now; a negative duration counts as zero.
  package static func deadline(after duration: Duration) -> UInt64 { now + duration.wholeNanoseconds }
}

extension Duration {
  /// Whole nanoseconds, from 0 to a year: enough for any time-out, and free of overflow.
  var wholeNanoseconds: UInt64 {
    let bounded = min(max(self, .zero), .seconds(365 * 86_400))
    return UInt64(bounded.components.seconds) * 1_000_000_000 + UInt64(bounded.components.attoseconds / 1_000_000_000)
  }

  /// Whole milliseconds, rounded up, as ZeroMQ's options take them.
  var milliseconds: Int32 { Int32(clamping: (wholeNanoseconds + 999_999) / 1_000_000) }
}

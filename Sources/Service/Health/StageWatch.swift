import Bus
import Synchronization

/// Whether a thread that works in turns gets on: it tells when a turn begins, when it gets on within one, and when it waits
/// for its next work. Waiting is no fault, however long.
package final class StageWatch: Sendable {
  /// When the turn began or last got on, in nanoseconds of the monotonic clock; 0 while waiting.
  private let moved = Atomic<UInt64>(0)

  package init() {}

  /// Work has begun, or got on.
  package func move() { moved.store(MonotonicClock.now, ordering: .relaxed) }

  /// The thread waits for work, or has ended.
  package func rest() { moved.store(0, ordering: .relaxed) }

  /// Seconds at `now` since the thread last got on with the turn that it is in; 0 while it waits.
  package func stillSeconds(at now: UInt64) -> Double {
    let last = moved.load(ordering: .relaxed)
    return last == 0 || last >= now ? 0 : Double(now - last) / 1e9
  }
}

import Bus
import Foundation

/// What the threads of a stream share besides pictures: the statistics, how far they are, and the wish to stop.
///
/// The condition is both the lock and what waiting threads sleep on.
final class StreamMonitor: @unchecked Sendable {  // every access to `state` happens under `condition`
  struct State {
    var statistics = StreamStatistics()
    /// The source is open, or will not be.
    var isOpened = false
    /// No further frame is wanted.
    var isStopping = false
    /// The first frame has been scored.
    var isRunning = false
    /// What is given up to keep pace.
    var pressure: PressureController.Step?
    /// Why the source is gone, while it is tried again.
    var outage: String?
    /// All has been scored and handed to the publisher.
    var isFinished = false
    /// What ended the decoding early.
    var failure: ServiceError?
  }

  private let condition = NSCondition()
  private var state = State()

  /// Reads or changes the state and wakes whoever waits.
  func update<Result>(_ change: (inout State) -> Result) -> Result {
    condition.withLock {
      defer { condition.broadcast() }
      return change(&state)
    }
  }

  /// Waits until `done` holds or the monotonic clock shows `deadline`; true when it holds.
  @discardableResult
  func wait(until deadline: UInt64, for done: (State) -> Bool) -> Bool {
    condition.withLock {
      while !done(state) {
        let now = MonotonicClock.now
        guard now < deadline else { return false }
        // NSCondition counts in civil time, which may jump: never sleep long on it.
        _ = condition.wait(until: Date(timeIntervalSinceNow: min(Double(deadline - now) / 1e9, 0.25)))
      }
      return true
    }
  }
}

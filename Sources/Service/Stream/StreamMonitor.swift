import Bus
import Foundation

/// What the threads of a stream share besides pictures: the statistics, how far they are, and the wish to stop.
///
/// The condition is both the lock and what waiting threads sleep on.
package final class StreamMonitor: @unchecked Sendable {  // every access to `state` happens under `condition`
  struct State {
    var statistics = StreamStatistics()
    /// The source is open, or will not be.
    var isOpened = false
    /// No further frame is wanted.
    var isStopping: Bool { stopTime != nil }
    /// When that was said, in nanoseconds of the monotonic clock.
    var stopTime: UInt64?
    /// Whether a source that has not looked whether it should stop has had its time to do so.
    var isAbandoned: Bool { stopTime.map { MonotonicClock.now > $0 + StreamMonitor.longestAnswer } ?? false }
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
    /// What was told last.
    var status: StatusData?
    /// When the publisher last sent anything of the stream, in nanoseconds of the monotonic clock; 0 before the first.
    var lastSent: UInt64 = 0
    /// Of events, by the state that was published.
    var latencies: [EventData.State: LatencyBuckets]
  }

  /// Nanoseconds that a source has to answer the wish to stop.
  private static let longestAnswer: UInt64 = 2_000_000_000

  /// The network's thread.
  package let inference = StageWatch()
  /// The decoder's thread; it also waits for the source, which `Cancellation` shows.
  let decoding = StageWatch()

  private let condition = NSCondition()
  private var state: State

  /// - Parameter budget: Seconds of the stream's latency budget, for the edges of its latencies.
  package init(budget: Double? = nil) {
    let buckets = LatencyBuckets(budget: budget)
    state = State(latencies: [.provisional: buckets, .final: buckets, .retracted: buckets])
  }

  /// Declares that no further frame is wanted.
  package func stop() { update { $0.stopTime = $0.stopTime ?? MonotonicClock.now } }

  /// Reads or changes the state and wakes whoever waits.
  func update<Result>(_ change: (inout State) -> Result) -> Result {
    condition.withLock {
      defer { condition.broadcast() }
      return change(&state)
    }
  }

  /// The publisher has sent `message`; called on its thread.
  func countSent(_ message: Message) {
    update { state in
      state.lastSent = MonotonicClock.now
      guard case .event(let event) = message.body, let latency = event.latencyMilliseconds else { return }
      state.statistics.countSent(event, latencyMilliseconds: latency)
      state.latencies[event.state]?.record(seconds: latency / 1e3)
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

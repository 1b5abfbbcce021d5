import Synchronization

/// Stops, from any thread, an open or a read that waits for data. Once cancelled it stays so.
///
/// Whoever waits keeps asking; that also shows others that it only waits and is not stuck.
public final class Cancellation: Sendable {
  private let flag = Atomic(false)
  /// When somebody last asked, in nanoseconds of the monotonic clock.
  private let asked: Atomic<UInt64>

  public init() { asked = Atomic(monotonicNanoseconds()) }

  public func cancel() { flag.store(true, ordering: .relaxed) }

  public var isCancelled: Bool {
    asked.store(monotonicNanoseconds(), ordering: .relaxed)
    return flag.load(ordering: .relaxed)
  }

  /// Seconds at `now` since somebody last asked whether to stop, or since this was made.
  package func secondsSinceAsked(at now: UInt64) -> Double {
    let last = asked.load(ordering: .relaxed)
    return last < now ? Double(now - last) / 1e9 : 0
  }
}

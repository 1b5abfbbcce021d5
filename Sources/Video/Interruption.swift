import Synchronization

/// Tells libav, while it waits, that it should no longer: after a cancellation, or when the time for what is waited for is over.
final class Interruption: Sendable {
  private let cancellation: Cancellation
  /// Nanoseconds of the monotonic clock.
  private let deadline = Atomic(UInt64.max)
  /// Demuxers take an interrupted read for the end of the data, give what they still have and only then fail: so it is kept
  /// that there was one.
  private let hasStruck = Atomic(false)

  init(_ cancellation: Cancellation) { self.cancellation = cancellation }

  /// Gives what is waited for so many seconds from now; nil: for ever.
  func expect(within seconds: Double?) {
    deadline.store(
      seconds.map { monotonicNanoseconds() + UInt64($0 * 1e9) } ?? .max, ordering: .relaxed)
  }

  var isCancelled: Bool { cancellation.isCancelled }

  /// Whether the time was over, now or once before.
  var isOverdue: Bool {
    if hasStruck.load(ordering: .relaxed) { return true }
    let deadline = deadline.load(ordering: .relaxed)
    guard deadline != .max && monotonicNanoseconds() >= deadline else { return false }
    hasStruck.store(true, ordering: .relaxed)
    return true
  }

  var isDue: Bool { isCancelled || isOverdue }
}

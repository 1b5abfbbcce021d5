import Synchronization

/// Tells libav, while it waits, that it should no longer: after a cancellation, or when the time for what is waited for is over.
final class Interruption: Sendable {
  private let cancellation: Cancellation
  /// Nanoseconds of the monotonic clock.
  private let deadline = Atomic(UInt64.max)

  init(_ cancellation: Cancellation) { self.cancellation = cancellation }

  /// Gives what is waited for so many seconds from now; nil: for ever.
  func expect(within seconds: Double?) {
    deadline.store(
      seconds.map { monotonicNanoseconds() + UInt64($0 * 1e9) } ?? .max, ordering: .relaxed)
  }

  var isCancelled: Bool { cancellation.isCancelled }

  var isOverdue: Bool {
    let deadline = deadline.load(ordering: .relaxed)
    return deadline != .max && monotonicNanoseconds() >= deadline
  }

  var isDue: Bool { isCancelled || isOverdue }
}

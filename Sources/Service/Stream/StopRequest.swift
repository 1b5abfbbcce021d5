import Bus
import Synchronization

/// The wish, uttered once by a signal, that everything end in order; whatever is to stop then registers what to do.
final class StopRequest: Sendable {
  private struct State {
    var time: UInt64?
    var actions: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  var isUttered: Bool { time != nil }

  /// When it was uttered, in nanoseconds of the monotonic clock.
  var time: UInt64? { state.withLock { $0.time } }

  /// Has `action` called when the wish comes, at once where it has come already.
  func whenUttered(_ action: @escaping @Sendable () -> Void) {
    let isUttered = state.withLock { state in
      if state.time == nil { state.actions.append(action) }
      return state.time != nil
    }
    if isUttered { action() }
  }

  func utter() {
    let actions = state.withLock { state in
      defer { state.actions = [] }
      state.time = state.time ?? MonotonicClock.now
      return state.actions
    }
    for action in actions { action() }
  }
}

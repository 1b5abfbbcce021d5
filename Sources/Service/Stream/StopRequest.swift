import Synchronization

/// The wish, uttered once by a signal, that everything end in order; whatever is to stop then registers what to do.
final class StopRequest: Sendable {
  private struct State {
    var isUttered = false
    var actions: [@Sendable () -> Void] = []
  }

  private let state = Mutex(State())

  var isUttered: Bool { state.withLock { $0.isUttered } }

  /// Has `action` called when the wish comes, at once where it has come already.
  func whenUttered(_ action: @escaping @Sendable () -> Void) {
    let isUttered = state.withLock { state in
      if !state.isUttered { state.actions.append(action) }
      return state.isUttered
    }
    if isUttered { action() }
  }

  func utter() {
    let actions = state.withLock { state in
      defer { state.actions = [] }
      state.isUttered = true
      return state.actions
    }
    for action in actions { action() }
  }
}

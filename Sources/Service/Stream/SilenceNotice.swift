import Bus

/// Says once that nothing has come yet: whoever mistyped an endpoint, or is not on the list of clients, learns nothing from ZeroMQ.
struct SilenceNotice {
  private let endpoint: String
  private let due: UInt64
  private var isOver = false

  init(endpoint: String, after quietTime: Duration) {
    self.endpoint = endpoint
    due = MonotonicClock.deadline(after: quietTime)
  }

  /// The line, when it is time for it.
  mutating func line(hasHeard: Bool) -> String? {
    if isOver || (!hasHeard && MonotonicClock.now < due) { return nil }
    isOver = true
    return hasHeard ? nil : "nothing has come yet from \(endpoint)"
  }
}

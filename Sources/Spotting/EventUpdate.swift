public import Timeline

/// A message of an event's life: `provisional`, then any number of `revised`, then exactly one of `final` and `retracted`.
/// An event that nothing announced early has one message, `final`.
public struct EventUpdate: Sendable, Hashable {
  public enum State: String, Sendable, CaseIterable {
    /// A first estimate.
    case provisional
    /// A later estimate that moved the frame, or the score noticeably.
    case revised
    /// Settled: nothing will change it.
    case final
    /// It did not happen after all; `event` is the last estimate.
    case retracted
  }

  /// Counts the events of an epoch, from 0; the same through all messages of one event.
  public let id: Int
  /// Counts the messages of one event, from 0.
  public let revision: Int
  public let state: State
  public let event: Event

  public init(id: Int, revision: Int, state: State, event: Event) {
    self.id = id
    self.revision = revision
    self.state = state
    self.event = event
  }
}

/// What of a run `spot compare` looks at.
public enum ComparedStates: String, Sendable, CaseIterable {
  /// What is settled: final events, gaps, the number of frames.
  case final
  /// Also how it came about: every state of every event in its order, and the counters and the reason of the end.
  case all
}

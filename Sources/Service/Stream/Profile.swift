/// How a stream's scores are made; the raw value stands in messages and configurations.
public enum Profile: String, Sendable, CaseIterable {
  /// Clips of the reference's grid: final events, seconds late.
  case exact
  /// One endless lane: provisional events at once, final ones after a chosen look-ahead.
  case live
  /// Provisional events from a live lane, final ones from the reference's clips.
  case both
}

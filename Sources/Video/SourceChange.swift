/// What becomes of a source while its frames are read.
public enum SourceChange: Sendable, Equatable {
  /// The run of frames broke after the last frame delivered; the next one begins a new epoch.
  case epochEnded(Discontinuity)
  /// The source is gone, for the reason given, and is tried again.
  case disconnected(String)
  /// The source is there again.
  case connected
}

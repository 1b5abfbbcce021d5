/// Whether pictures are taken apart into their two fields, each of which becomes a frame of its own time.
public enum Deinterlacing: String, Sendable, CaseIterable {
  /// From the first picture on that the video declares interlaced.
  case auto
  case off
  case on
}

/// Where the time to deliver a frame went, in nanoseconds: skipped frames and failed attempts are included.
public struct FrameTimes: Sendable, Equatable {
  /// Waiting for the source's packets and taking them apart.
  public internal(set) var receive: UInt64 = 0
  public internal(set) var decode: UInt64 = 0
  /// To RGB of the output size.
  public internal(set) var convert: UInt64 = 0
}

/// The civil time at which a frame was taken, as well as its origin knows it.
public struct CaptureTime: Sendable, Hashable {
  public enum Origin: Sendable {
    /// This machine's clock when the frame's data arrived.
    case system
    /// The sender's clock, from RTP timestamps and RTCP sender reports.
    case rtpNTP
    /// Metadata of the stream.
    case stream
  }

  /// Not negative.
  public let nanosecondsSince1970: Int64
  public let origin: Origin

  /// Nil for a time before 1970: no clock that was ever set shows it.
  public init?(nanosecondsSince1970: Int64, origin: Origin) {
    guard nanosecondsSince1970 >= 0 else { return nil }
    self.nanosecondsSince1970 = nanosecondsSince1970
    self.origin = origin
  }
}

/// Where a source's run of frames broke: what is known of the frames between its last one and the next epoch's first.
public struct Discontinuity: Sendable, Equatable {
  public enum Reason: Sendable {
    /// The source or its connection.
    case source
    /// Data that could not be decoded.
    case damage
  }

  /// Frames delivered in the epoch that ended.
  public let delivered: Int
  /// Frames of the video in it, those that a stride skipped included: also the first index that is missing.
  public let frames: Int
  /// Frames of the video that are missing after it; nil when nobody knows how many.
  public let missing: Int?
  public let reason: Reason
  /// What happened, for a person.
  public let cause: String

  public init(delivered: Int, frames: Int, missing: Int?, reason: Reason, cause: String) {
    self.delivered = delivered
    self.frames = frames
    self.missing = missing
    self.reason = reason
    self.cause = cause
  }
}

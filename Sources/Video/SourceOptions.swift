/// How a source is opened and read, where it leaves a choice. Times are in seconds.
public struct SourceOptions: Sendable, Equatable {
  /// How long the header may take; nil: as usual for the kind of source (`SourceAddress.Kind`).
  public var openTimeout: Double?
  /// How long the next frame may take before the source counts as broken; nil: as usual for the kind of source.
  public var stallTimeout: Double?
  public var retry = Retry.usual
  /// Options of libav's protocol and container, by name. One that neither knows is an error.
  public var native: [String: String] = [:]
  public var deinterlacing = Deinterlacing.off
  /// Whether frames are also counted by their timestamps, where those may break: see `FrameContinuity`.
  public var watchesContinuity = false

  /// Whether a source that ends or breaks is tried again.
  public enum Retry: Sendable, Equatable {
    /// Networks and devices at most 10 s apart; nothing else.
    case usual
    case never
    /// At most so many seconds apart, also a FIFO.
    case atMost(Double)
  }

  public init() {}
}

extension SourceOptions {
  private static let usualOpenTimeout = 10.0
  private static let usualStallTimeout = 5.0
  /// Three times the longest segment that is usual.
  private static let usualStallTimeoutInPieces = 30.0
  private static let usualLongestRetry = 10.0

  /// Seconds that opening `address` may take; nil: for ever.
  func openTimeout(for address: SourceAddress) -> Double? {
    openTimeout ?? (address.comesBack ? Self.usualOpenTimeout : nil)
  }

  /// Seconds that the next frame may take; nil: for ever. `inPieces`: many frames come at once, then none for long.
  func stallTimeout(for address: SourceAddress, inPieces: Bool) -> Double? {
    let usual = inPieces ? Self.usualStallTimeoutInPieces : Self.usualStallTimeout
    return stallTimeout ?? (address.comesBack ? usual : nil)
  }

  /// Seconds between two attempts at the most; nil: `address` is not tried again.
  func longestRetry(for address: SourceAddress) -> Double? {
    switch retry {
    case .never: nil
    case .usual: address.comesBack ? Self.usualLongestRetry : nil
    case .atMost(let seconds): address.comesBack || address.kind == .fifo ? seconds : nil
    }
  }
}

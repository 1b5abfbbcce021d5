/// What became of what was sent.
public struct SendingCounters: Sendable, Equatable {
  /// Coded pictures that went into the stream.
  public var pictures = 0
  /// Of the video's, those that no stream can carry: their times are out of order.
  public var unsendable = 0
  /// Datagrams or transport packets (see `Impairment`) that left; the damaged ones among them.
  public var packets = 0
  /// Lost and damaged on purpose.
  public var lost = 0
  public var damaged = 0
  /// Not sent because the line was cut.
  public var cut = 0
}

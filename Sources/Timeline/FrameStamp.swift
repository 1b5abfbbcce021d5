/// What is known of a decoded frame besides its pixels.
public struct FrameStamp: Sendable, Hashable {
  /// Counts the frames that the source delivered since its epoch began, from 0.
  public let index: Int
  /// The unbroken run of frames that this one belongs to, from 0.
  public let epoch: Int
  public let time: MediaTime
  /// When the packet that completed this frame arrived, in nanoseconds of the monotonic clock.
  public let arrival: UInt64

  public init(index: Int, epoch: Int, time: MediaTime, arrival: UInt64) {
    self.index = index
    self.epoch = epoch
    self.time = time
    self.arrival = arrival
  }
}

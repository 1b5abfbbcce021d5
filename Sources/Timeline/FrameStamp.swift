/// What is known of a decoded frame besides its pixels.
public struct FrameStamp: Sendable, Hashable {
  /// Counts the frames that the source delivered since its epoch began, from 0.
  public var index: Int
  /// The unbroken run of frames that this one belongs to, from 0.
  public var epoch: Int
  public var time: MediaTime
  /// When the packet that completed this frame arrived, in nanoseconds of the monotonic clock.
  public var arrival: UInt64
  /// When it was taken; nil where nothing is known, as in files.
  public var capture: CaptureTime?
  /// The label that the video gives it; nil where it gives none.
  public var timecode: Timecode?

  public init(
    index: Int, epoch: Int, time: MediaTime, arrival: UInt64, capture: CaptureTime? = nil, timecode: Timecode? = nil
  ) {
    self.index = index
    self.epoch = epoch
    self.time = time
    self.arrival = arrival
    self.capture = capture
    self.timecode = timecode
  }
}

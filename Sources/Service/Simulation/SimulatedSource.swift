import Bus
import Simulation
import Timeline
import Video

/// A simulated match as a stream of frames.
final class SimulatedSource: FrameSource {
  let outputSize: PictureSize
  let frameRate: Ratio?
  let losses = VideoLosses()
  private let match: SimulatedMatch
  /// Of the match, how many to show; nil: no end.
  private let frames: Int?
  private let stride: Int
  private var delivered = 0

  /// - Parameters:
  ///   - size: That of the pictures, whatever the input's options say.
  ///   - stride: Delivers the frames 0, stride, 2·stride, … of the match.
  init(_ input: TestInput, size: PictureSize, stride: Int) throws(ServiceError) {
    var clip = input.clip
    (clip.rows, clip.columns) = (size.rows, size.columns)
    match = try clip.match(0)
    frameRate = input.frameRate
    frames = input.frames
    outputSize = size
    self.stride = stride
  }

  func next(into picture: Picture) throws(VideoError) -> FrameStamp? {
    let frame = delivered * stride
    if let frames, frame >= frames { return nil }
    match.render(frame: frame, into: picture)
    let stamp = FrameStamp(
      index: delivered, epoch: 0, time: MediaTime(pts: Int64(frame), timeBase: match.settings.frameDuration),
      arrival: MonotonicClock.now)
    delivered += 1
    return stamp
  }
}

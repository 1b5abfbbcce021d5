/// Where clips lie on a stream's frames: the first starts at −padding, the next ones clip_len − clip_len/2 frames on
/// each.
public struct ClipGrid: Sendable, Hashable {
  /// Frames a clip.
  public let length: Int
  /// Black frames in front of the stream's first.
  public let padding: Int
  /// How the end of a stream is treated.
  public let tail: Tail

  /// Which clips at the end of a stream count.
  public enum Tail: Sendable, Hashable {
    /// Those that start before frames − clip_len/2, filled with black frames: the reference's evaluation.
    case filled
    /// Only full ones: what the published single-video script does, which leaves a video's last frames without scores.
    case dropped
  }

  public init(length: Int, padding: Int = 5, tail: Tail = .filled) {
    precondition(length >= 4 && padding >= 0)
    self.length = length
    self.padding = padding
    self.tail = tail
  }

  /// Frames between the starts of two clips.
  public var stride: Int { length - length / 2 }

  /// First frame of clip `number`, from 0.
  public func start(_ number: Int) -> Int { number * stride - padding }

  /// The clip that starts at `frame`, nil where none does.
  func clip(startingAt frame: Int) -> Int? {
    let offset = frame + padding
    return offset >= 0 && offset % stride == 0 ? offset / stride : nil
  }

  /// Whether clip `number` counts in a stream that turned out to have `frames` frames. Under `filled` the first always
  /// does, so that even a video of one frame gets scores.
  public func includes(_ number: Int, frames: Int) -> Bool {
    guard frames > 0 else { return false }
    switch tail {
    case .filled: return number == 0 || start(number) < frames - length / 2
    case .dropped: return start(number) + length <= frames
    }
  }

  /// How many clips cover a frame at the most, and so how many lanes run side by side.
  var overlap: Int { (length + stride - 1) / stride }
}

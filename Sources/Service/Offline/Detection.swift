public import AdaSpot
public import Timeline
public import Video

/// What was found in one video, and what it took.
public struct Detection: Sendable {
  public let classes: ClassList
  /// By rising frame, then label. `frame` counts the video's own frames, those that the model's stride skips included.
  public let events: [Event]
  /// Scored frames: the video's, or with a stride of s every s-th of them.
  public let frames: Int
  /// Wall time from the opened video to the last event.
  public let seconds: Double
  public let losses: VideoLosses
  public let info: VideoInfo
  public let notices: [VideoNotice]
  /// nil unless `DetectionSettings.keepsScores`.
  public let scores: DetectionScores?

  public var framesPerSecond: Double { Double(frames) / seconds }
  public var millisecondsPerFrame: Double { 1000 * seconds / Double(frames) }

  /// One line for a person: how many frames in which time.
  public var summary: String {
    "\(frames) frames in \(fixed(seconds, 2)) s: \(fixed(framesPerSecond, 1)) frames/s, "
      + "\(fixed(millisecondsPerFrame, 2)) ms a frame"
  }

  /// What a person should know of the video besides, a line each.
  public var warnings: [String] {
    var lines = notices.map { "\($0)" }
    if let factor = info.aspectMismatch {
      lines.append(
        "shapes are distorted: shown at \(info.displaySize), scored at \(info.outputSize), "
          + "\(fixed(factor, 2)) times as wide")
    }
    if let lost = losses.summary { lines.append("damaged: \(lost)") }
    return lines
  }
}

/// How far a detection has come.
public struct DetectionProgress: Sendable, Equatable {
  /// Frames scored so far.
  public let frames: Int
  /// Frames to score, if the container tells.
  public let expected: Int?
  public let seconds: Double
}

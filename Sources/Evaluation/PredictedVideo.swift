/// The events that a model found in one video.
public struct PredictedVideo: Sendable, Equatable {
  /// An event that a model spotted.
  public struct Event: Sendable, Hashable {
    /// Frame index in the video, from 0.
    public let frame: Int
    public let label: String
    /// Confidence; only its order matters to average precision.
    public let score: Double

    public init(frame: Int, label: String, score: Double) {
      self.frame = frame
      self.label = label
      self.score = score
    }
  }

  public let video: String
  /// Frames a second, when known.
  public let fps: Double?
  /// Number of frames, when known.
  public let frameCount: Int?
  public let events: [Event]

  public init(video: String, fps: Double? = nil, frameCount: Int? = nil, events: [Event]) {
    self.video = video
    self.fps = fps
    self.frameCount = frameCount
    self.events = events
  }
}
